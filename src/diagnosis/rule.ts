import type { Finding } from './finding';
import type { Observations } from './observations';
import type { Remedy } from './remedy';

/** The result of a rule that fires. */
export interface RuleResult {
  readonly keyPath: readonly string[];
  readonly message: string;
  /** Present if it differs from the level of the rule. */
  readonly level?: Finding['level'];
  /** Where a remedy is known; the most likely first, each on its own. */
  readonly remedies?: readonly Remedy[];
  /** See Finding. */
  readonly bestUpdate?: number;
}

/** A check for one kind of problem of a run. */
export interface Rule {
  readonly code: string;
  readonly level: Finding['level'];
  /** When the rule is checked; a rule for `update` fires if it holds at three consecutive checks. */
  readonly when: Finding['when'];
  /** The problem; undefined if there is none, or if it cannot be determined. */
  check(observations: Observations): RuleResult | undefined;
}
