import type { ResolvedExperiment } from '../experiment/schema/schema';
import type { RunInfo } from '../run/runInfo';
import type { UpdateRecord } from '../run/records/recordBatch';
import {
  clipByNorm,
  divergenceCause,
  divergenceStory,
  lacksClip,
  type DivergenceCause,
  type FirstNonFinite,
} from './divergence';
import type { Finding } from './finding';
import { Observations, type ObservationState } from './observations';
import type { Remedy } from './remedy';
import type { Rule, RuleResult } from './rule';
import { hasLearned } from './progress';
import { rules, symptoms } from './rules/all';
import { causes, initialFault, unscaledInputs } from './rules/causes';

/** Updates between two checks of the rules. */
const checkInterval = 20;
/** Updates from which a run is expected to have learned something: no net learns in five. */
const minUpdates = 100;
/** Consecutive checks at which a rule must hold before it gives a finding, and must not before that is withdrawn. */
const consecutiveHits = 3;

/**
 * Checks a run against all rules while it trains; each rule gives at most one finding, which is withdrawn when it no
 * longer holds.
 */
export class Diagnosis {
  readonly #observations: Observations;
  /** By rule: at how many checks in a row its result was other than its finding, or than none. */
  readonly #changes = new Map<Rule, number>();
  #findings: readonly Finding[] = [];
  #isResumed = false;

  constructor(experiment: ResolvedExperiment, info: RunInfo) {
    this.#observations = new Observations(experiment, info);
    this.#addDataFindings();
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
    this.#isResumed = true;
    if (state !== undefined) this.#observations.restore(state);
    this.#findings = findings.filter(({ when, update }) => when === 'start' || (when === 'update' && update < updates));
    this.#addDataFindings();
    this.#checkRules('start', 1);
  }

  /** Observes the record of an update. */
  observe(record: UpdateRecord): void {
    this.#observations.observe(record);
    if (this.#observations.updates % checkInterval === 0) this.#checkRules('update', consecutiveHits);
  }

  /**
   * Checks the rules about the run as a whole, after its last update. Of a run that has not learned, the cause comes first
   * and its symptoms are withdrawn. They are also withdrawn when the run has learned after all.
   *
   * @param measured what is measured once, with the last parameters; see Observations
   */
  finish({
    gradientOverLag,
    heldOutByTarget,
  }: Partial<Pick<Observations, 'gradientOverLag' | 'heldOutByTarget'>> = {}): void {
    this.#observations.gradientOverLag = gradientOverLag;
    this.#observations.heldOutByTarget = heldOutByTarget;
    const { update, updates, loss } = this.#observations;
    // Resumed from a checkpoint of an earlier version, a run has no recent values at first.
    if (updates >= minUpdates && loss.isFull) {
      if (this.#canWithdraw) this.#findings = this.#findings.filter((finding) => this.#stillHolds(finding));
      const learned = hasLearned(this.#observations);
      const isWithdrawn = ({ code, level }: Finding): boolean =>
        symptoms.has(code) && level !== 'error' && !(learned && code === 'overfit');
      const rest = this.#findings.filter((finding) => !isWithdrawn(finding));
      const cause = learned ? [] : causeOf(this.#observations, update);
      // The cause says what was found in the data, and what it led to.
      const isSaid = ({ when, code, keyPath }: Finding): boolean =>
        when === 'start' && cause.some((one) => one.code === code && one.keyPath.join() === keyPath.join());
      this.#findings = [...cause, ...rest.filter((finding) => !isSaid(finding))];
    }
    this.#checkRules('end', 1);
  }

  /**
   * The most likely cause of a divergence: the scale of the data or the initial weights, where they are far off, else what
   * `divergenceCause` says.
   */
  causeOfDivergence(place: FirstNonFinite): DivergenceCause {
    const observations = this.#observations;
    const origin =
      place.tensor === 'inputs' ? undefined : (unscaledInputs(observations) ?? initialFault(observations, 10));
    const { experiment } = observations;
    if (origin === undefined) return divergenceCause(place, experiment);
    // What the story advises can be tried, too.
    const remedies = [...(origin.remedies ?? []), ...(lacksClip(place, experiment) ? [clipByNorm] : [])];
    return { keyPath: origin.keyPath, advice: origin.message, remedies };
  }

  /** When the divergence began, by the loss; undefined where it came suddenly. */
  get divergenceBegan(): number | undefined {
    return this.#observations.onset.state?.began ?? undefined;
  }

  /** What happened before a divergence, for people; see `divergenceStory`. A value of the data tells it by itself. */
  divergenceStory(place: FirstNonFinite): string {
    if (place.tensor === 'inputs') return '';
    const { onset, firstProfile, info, experiment } = this.#observations;
    return divergenceStory({
      onset: onset.state,
      updates: place.update,
      growth: firstProfile?.growth,
      steps: info.layout.steps,
      lacksClip: lacksClip(place, experiment),
    });
  }

  /** Adds the finding that a value was not finite, with its cause, and withdraws its symptoms. */
  diverge(update: number, message: string, { keyPath, remedies }: Omit<DivergenceCause, 'advice'>): void {
    const finding: Finding = {
      ...{ code: 'nonFinite', level: 'error', when: 'end', update, keyPath: [...keyPath], message },
      ...asStored(remedies),
    };
    this.#findings = [finding, ...this.#findings.filter(({ code }) => !symptoms.has(code))];
  }

  /** Adds what was found in the data before training; a resumed run has it already, if it was found then. */
  #addDataFindings(): void {
    const known = new Set(this.#findings.map(({ message }) => message));
    const fresh = this.#observations.info.dataFindings.filter(({ message }) => !known.has(message));
    this.#findings = [
      ...this.#findings,
      ...fresh.map((found) => ({ ...found, keyPath: [...found.keyPath], when: 'start' as const, update: 0 })),
    ];
  }

  /** A resumed run has neither series through time nor validations of before its checkpoint. */
  get #canWithdraw(): boolean {
    const { profiles, validations, bestValidation } = this.#observations;
    return !this.#isResumed || (profiles.length > 0 && (validations.length >= 3 || bestValidation === Infinity));
  }

  #stillHolds({ when, code }: Finding): boolean {
    const rule = rules.find((one) => one.code === code && one.when === 'update');
    return when !== 'update' || rule === undefined || rule.check(this.#observations) !== undefined;
  }

  #checkRules(when: Finding['when'], minHits: number): void {
    const { update } = this.#observations;
    for (const rule of rules) {
      if (rule.when !== when) continue;
      const known = this.#findings.find(({ code }) => code === rule.code);
      // What was found in another way stays: in the data, or as the cause at the end.
      if (known !== undefined && (when !== 'update' || known.when !== 'update')) continue;
      const result = rule.check(this.#observations);
      const changes = isSame(known, result) ? 0 : (this.#changes.get(rule) ?? 0) + 1;
      this.#changes.set(rule, changes);
      if (changes === 0 || changes < minHits || (known !== undefined && !this.#canWithdraw)) continue;
      this.#changes.set(rule, 0);
      const rest = this.#findings.filter((finding) => finding !== known);
      this.#findings = result === undefined ? rest : [...rest, findingOf(rule, result, when, update)];
    }
  }
}

/** Whether the result of a rule is what its finding says, at the same key; its numbers may have changed. */
function isSame(known: Finding | undefined, result: RuleResult | undefined): boolean {
  if (known === undefined || result === undefined) return known === result;
  return known.keyPath.join() === result.keyPath.join();
}

function findingOf(rule: Rule, result: RuleResult, when: Finding['when'], update: number): Finding {
  const { keyPath, message, level = rule.level, remedies, bestUpdate } = result;
  return {
    ...{ code: rule.code, level, when, update, keyPath: [...keyPath], message },
    ...asStored(remedies),
    ...(bestUpdate === undefined ? {} : { bestUpdate }),
  };
}

/** Remedies as a finding has them: none are absent. */
function asStored(remedies: readonly Remedy[] = []): Pick<Finding, 'remedies'> {
  return remedies.length === 0 ? {} : { remedies: remedies.map((remedy) => [...remedy]) };
}

/** The first cause that holds, as a finding. */
function causeOf(observations: Observations, update: number): readonly Finding[] {
  for (const cause of causes) {
    const result = cause.check(observations);
    if (result === undefined) continue;
    return [findingOf(cause, result, 'end', update)];
  }
  return [];
}
