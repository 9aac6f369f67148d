import type { ResolvedExperiment } from '../experiment/schema';
import type { RunInfo } from '../run/runInfo';
import type { UpdateRecord } from '../run/records/recordBatch';
import type { Finding } from './finding';
import { Observations, type ObservationState } from './observations';
import type { Rule } from './rule';
import { rules } from './rules/all';

/** Updates between two checks of the rules. */
const checkInterval = 20;
/** Consecutive checks at which a rule must hold before it gives a finding. */
const consecutiveHits = 3;

/** Checks a run against all rules while it trains; each rule gives at most one finding. */
export class Diagnosis {
  readonly #observations: Observations;
  readonly #hits = new Map<Rule, number>();
  #findings: readonly Finding[] = [];

  constructor(experiment: ResolvedExperiment, info: RunInfo) {
    this.#observations = new Observations(experiment, info);
    this.#checkRules('start', 1);
  }

  /** All findings so far, in the order in which they were found. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The state for a checkpoint. */
  get state(): ObservationState {
    return this.#observations.state;
  }

  /**
   * Restores the diagnosis of a resumed run: the findings before its checkpoint, except those about the end of the run.
   *
   * @param updates done at the checkpoint
   * @param state in the checkpoint; without one, observations start at the checkpoint
   */
  restore(updates: number, findings: readonly Finding[], state: ObservationState | undefined): void {
    if (state !== undefined) this.#observations.restore(state);
    this.#findings = findings.filter(({ when, update }) => when === 'start' || (when === 'update' && update < updates));
    this.#checkRules('start', 1);
  }

  /** Observes the record of an update. */
  observe(record: UpdateRecord): void {
    this.#observations.observe(record);
    if (this.#observations.updates % checkInterval === 0) this.#checkRules('update', consecutiveHits);
  }

  /** Checks the rules about the run as a whole, after its last update. */
  finish(): void {
    this.#checkRules('end', 1);
  }

  /** Adds the finding that a value was not finite, with the key that most likely caused it. */
  diverge(update: number, message: string, keyPath: readonly string[]): void {
    const finding: Finding = { code: 'nonFinite', level: 'error', when: 'end', update, keyPath: [...keyPath], message };
    this.#findings = [...this.#findings, finding];
  }

  #checkRules(when: Finding['when'], minHits: number): void {
    const { update } = this.#observations;
    for (const rule of rules) {
      if (rule.when !== when || this.#findings.some(({ code }) => code === rule.code)) continue;
      const result = rule.check(this.#observations);
      const hits = result === undefined ? 0 : (this.#hits.get(rule) ?? 0) + 1;
      this.#hits.set(rule, hits);
      if (result === undefined || hits < minHits) continue;
      const { keyPath, message, level = rule.level } = result;
      const finding = { code: rule.code, level, when, update, keyPath: [...keyPath], message };
      this.#findings = [...this.#findings, finding];
    }
  }
}
