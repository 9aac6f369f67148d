import type { Finding } from './finding';
import type { Observations } from './observations';

/** What a rule says when it fires. */
export interface Verdict {
  readonly keyPath: readonly string[];
  readonly message: string;
  /** Where it is another than the rule's own. */
  readonly level?: Finding['level'];
}

/** A sign that something is wrong with a run. */
export interface Rule {
  readonly code: string;
  readonly level: Finding['level'];
  /** When it is looked at; a rule of `update` fires when it holds at three looks in a row. */
  readonly when: Finding['when'];
  /** undefined where all is well, or where it cannot be said. */
  look(observations: Observations): Verdict | undefined;
}
