import type { ResolvedExperiment } from '../experiment/schema';
import type { RunInfo } from '../run/runInfo';
import type { UpdateRecord } from '../run/records/recordBatch';
import type { Finding } from './finding';
import { Observations, type ObservationState } from './observations';
import type { Rule } from './rule';
import { rules } from './rules/all';

/** Updates between two looks. */
const updatesBetweenLooks = 20;
/** Looks in a row at which a rule must hold before it speaks. */
const hitsNeeded = 3;

/** Looks at a run while it trains, and says what stands out: every rule once. */
export class Diagnosis {
  readonly #observations: Observations;
  readonly #hits = new Map<Rule, number>();
  #findings: readonly Finding[] = [];

  constructor(experiment: ResolvedExperiment, facts: RunInfo) {
    this.#observations = new Observations(experiment, facts);
    this.#look('start', 1);
  }

  /** Everything found so far, in the order it was found. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** What a checkpoint keeps. */
  get outline(): ObservationState {
    return this.#observations.outline;
  }

  /**
   * Goes on with a run: what was found before its checkpoint stands, but for verdicts on the run as it ended then.
   *
   * @param updates done at the checkpoint
   * @param outline of the checkpoint; without one the run counts as beginning there
   */
  recall(updates: number, findings: readonly Finding[], outline: ObservationState | undefined): void {
    if (outline !== undefined) this.#observations.recall(outline);
    this.#findings = findings.filter(({ when, update }) => when === 'start' || (when === 'update' && update < updates));
    this.#look('start', 1);
  }

  /** Takes in the record of an update. */
  take(record: UpdateRecord): void {
    this.#observations.take(record);
    if (this.#observations.updates % updatesBetweenLooks === 0) this.#look('update', hitsNeeded);
  }

  /** Gives the verdict on a run that has done all its updates. */
  finish(): void {
    this.#look('end', 1);
  }

  /** Notes that the run has met a value that is not finite, and where. */
  diverge(update: number, message: string): void {
    const keyPath = update === 0 ? ['model', 'init'] : ['optimizer', 'learningRate'];
    this.#findings = [...this.#findings, { code: 'nonFinite', level: 'error', when: 'end', update, keyPath, message }];
  }

  #look(when: Finding['when'], needed: number): void {
    const { update } = this.#observations;
    for (const rule of rules) {
      if (rule.when !== when || this.#findings.some(({ code }) => code === rule.code)) continue;
      const verdict = rule.look(this.#observations);
      const hits = verdict === undefined ? 0 : (this.#hits.get(rule) ?? 0) + 1;
      this.#hits.set(rule, hits);
      if (verdict === undefined || hits < needed) continue;
      const { keyPath, message, level = rule.level } = verdict;
      const finding = { code: rule.code, level, when, update, keyPath: [...keyPath], message };
      this.#findings = [...this.#findings, finding];
    }
  }
}
