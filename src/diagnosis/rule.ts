import type { Finding } from './finding';
import type { Observations } from './observations';

/** The result of a rule that fires. */
export interface RuleResult {
  readonly keyPath: readonly string[];
  readonly message: string;
  /** If it differs from the level of the rule. */
  readonly level?: Finding['level'];
}

/** A check for one kind of problem of a run. */
export interface Rule {
  readonly code: string;
  readonly level: Finding['level'];
  /** When it is checked; a rule of `update` fires if it holds at three consecutive checks. */
  readonly when: Finding['when'];
  /** undefined if there is no problem, or if that is not known. */
  check(observations: Observations): RuleResult | undefined;
}
