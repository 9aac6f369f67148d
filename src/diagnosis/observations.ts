import * as z from 'zod';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import { maxNames } from '../run/records/layoutBounds';
import type { RunInfo } from '../run/runInfo';
import { saturatedCandidate } from './rules/gateValues';
import { Onset, onsetSchema } from './onset';
import type { StepSeries, UpdateRecord } from '../run/records/recordBatch';

/** Number of updates that count as recent. */
export const recentWindow = 100;
/** Number of updates over which the initial and the current loss of a run are averaged. */
export const shortWindow = 20;
/** Number of records with series through time that are retained. */
const maxProfiles = 5;

const sumSchema = z.object({ sum: z.number(), count: z.number().int().nonnegative() });

/** The recent values of one quantity, the newest last; null for NaN. */
const recentSchema = z.array(z.number().nullable()).max(recentWindow);

const stateSchema = z.object({
  updates: z.number().int().nonnegative(),
  firstLoss: sumSchema,
  firstLosses: sumSchema,
  largestGradNorm: z.number(),
  /** Absent in checkpoints of earlier versions; null before there are enough updates. */
  lowest: z.object({ update: z.number().int().nonnegative(), loss: z.number() }).nullable().optional(),
  /** null before the first validation. */
  bestValidation: z.number().nullable(),
  spikes: z.object({
    count: z.number().int().nonnegative(),
    last: z.object({ update: z.number(), norm: z.number(), mean: z.number() }),
  }),
  /** Absent in checkpoints of earlier versions: the recent values then start at the checkpoint. */
  recent: z
    .object({
      loss: recentSchema,
      gradNorm: recentSchema,
      clipped: recentSchema,
      updateRatios: z.array(recentSchema).max(maxNames),
    })
    .optional(),
  /** Absent in checkpoints of earlier versions. */
  onset: onsetSchema.optional(),
  /** Absent in checkpoints of earlier versions. */
  start: z
    .object({
      ratio: sumSchema,
      weightNorm: sumSchema,
      rates: sumSchema,
      /** null if not observed. */
      saturated: z.number().nullable(),
      growth: z.number().nullable(),
    })
    .optional(),
});

/** The observations as a checkpoint stores them. */
export type ObservationState = Readonly<z.infer<typeof stateSchema>>;

/** Parses the observations of a checkpoint; undefined if it has none, as in earlier versions, or if they are invalid. */
export function readObservationState(text: string | undefined): ObservationState | undefined {
  try {
    return stateSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** A validation loss and the training loss at the same update. */
export interface Validation {
  readonly validation: number;
  /** Mean over the last `shortWindow` updates. */
  readonly training: number;
}

/** The held-out loss of one target of several, and that of persistence over the same rows. */
export interface TargetLoss {
  readonly name: string;
  readonly loss: number;
  readonly persistence: number;
}

/** The input of the rules: statistics of the first and the recent updates of a run, in bounded memory. */
export class Observations {
  readonly loss = new RecentValues();
  readonly gradNorm = new RecentValues();
  readonly clipped = new RecentValues();
  /** By parameter, in the layout's order: ‖Δw‖/‖w‖, NaN where ‖w‖ is 0. */
  readonly updateRatios: readonly RecentValues[];
  /** Mean loss of the first updates. */
  readonly firstLoss = new FirstValues(shortWindow);
  /** Mean loss of the first `recentWindow` updates. */
  readonly firstLosses = new FirstValues(recentWindow);
  /** ‖g‖ after clipping. */
  readonly clippedNorm = new RecentValues();
  /** ‖w‖ over all parameters, before the update. */
  readonly weightNorm = new RecentValues();
  /** ‖Δw‖ of the update over all parameters. */
  readonly updateNorm = new RecentValues();
  /** ‖w‖ before the first update. */
  readonly firstWeightNorm = new FirstValues(1);
  /** The learning rate of an update, schedule included. */
  readonly learningRate = new RecentValues();
  /** Largest ‖Δw‖/‖w‖ of a weight matrix, over the first updates. */
  readonly firstRatio = new FirstValues(shortWindow);
  /** Sum of the learning rates of all updates. */
  rates = { sum: 0, count: 0 };
  /** The first series through time of the run; undefined before it, or if it was not observed. */
  firstProfile: FirstProfile | undefined;
  /** When the loss left the size of its first value; see Onset. */
  readonly onset = new Onset();
  /** The largest ‖g‖ of the run. */
  largestGradNorm = 0;
  /** The lowest mean loss of `shortWindow` updates in a row, and the last of them; undefined before there are so many. */
  lowest: { update: number; loss: number } | undefined;
  /** Number of updates whose ‖g‖ was more than ten times the mean of the recent ones before; the last of them. */
  spikes = { count: 0, last: { update: 0, norm: 0, mean: 0 } };
  /** Number of updates observed. */
  updates = 0;
  /** Index of the last update. */
  update = 0;
  /**
   * Measures, with the present parameters, the median share of a loss's gradient that so many steps back leave; undefined
   * where it can't be measured. It costs a forward and a backward pass per loss, so only the end of a run asks for it.
   */
  gradientOverLag: ((lag: number) => number | undefined) | undefined;
  /** Measures the held-out loss of each target with the present parameters; undefined where there are not several. */
  heldOutByTarget: (() => readonly TargetLoss[] | undefined) | undefined;
  readonly validations: Validation[] = [];
  /** The lowest validation loss; Infinity before the first. */
  bestValidation = Infinity;
  /** Series through time of the last `maxProfiles` updates that recorded them, the newest last. */
  readonly profiles: StepSeries[] = [];

  constructor(
    readonly experiment: ResolvedExperiment,
    readonly info: RunInfo,
  ) {
    this.updateRatios = info.layout.parameters.map(() => new RecentValues());
  }

  observe(record: UpdateRecord): void {
    const { loss, gradNorm, clipped, validationLoss } = record;
    const mean = this.gradNorm.mean();
    if (this.gradNorm.isFull && gradNorm > 10 * mean) {
      this.spikes = { count: this.spikes.count + 1, last: { update: record.update, norm: gradNorm, mean } };
    }
    this.update = record.update;
    this.updates++;
    this.loss.add(loss);
    this.onset.add(record.update, loss);
    this.gradNorm.add(gradNorm);
    this.clipped.add(clipped ? 1 : 0);
    this.firstLoss.add(loss);
    this.firstLosses.add(loss);
    this.largestGradNorm = Math.max(this.largestGradNorm, gradNorm);
    const recent = this.updates < shortWindow ? NaN : this.loss.mean(shortWindow);
    if (recent < (this.lowest?.loss ?? Infinity)) this.lowest = { update: record.update, loss: recent };
    this.clippedNorm.add(record.clippedNorm);
    this.learningRate.add(record.learningRate);
    this.rates = { sum: this.rates.sum + record.learningRate, count: this.rates.count + 1 };
    let [squares, updateSquares, largestRatio] = [0, 0, 0];
    record.parameterNorms.forEach(({ updateNorm, weightNorm }, p) => {
      const ratio = weightNorm > 0 ? updateNorm / weightNorm : NaN;
      this.updateRatios[p]?.add(ratio);
      squares += weightNorm ** 2;
      updateSquares += updateNorm ** 2;
      if (ratio > largestRatio && isWeight(this.info.layout.parameters[p])) largestRatio = ratio;
    });
    this.firstRatio.add(largestRatio);
    this.weightNorm.add(Math.sqrt(squares));
    this.updateNorm.add(Math.sqrt(updateSquares));
    this.firstWeightNorm.add(Math.sqrt(squares));
    if (record.record !== undefined) {
      if (this.updates === 1) this.firstProfile = firstProfileOf(record.record, this.info);
      keepLast(this.profiles, record.record, maxProfiles);
    }
    if (validationLoss !== undefined) {
      this.bestValidation = Math.min(this.bestValidation, validationLoss);
      keepLast(this.validations, { validation: validationLoss, training: this.loss.mean(shortWindow) }, 3);
    }
  }

  /** See ObservationState. */
  get state(): ObservationState {
    const { updates, largestGradNorm, spikes } = this;
    return {
      updates,
      firstLoss: this.firstLoss.sums,
      firstLosses: this.firstLosses.sums,
      largestGradNorm,
      lowest: this.lowest ?? null,
      bestValidation: Number.isFinite(this.bestValidation) ? this.bestValidation : null,
      spikes,
      ...(this.onset.state === undefined ? {} : { onset: this.onset.state }),
      recent: {
        loss: this.loss.state,
        gradNorm: this.gradNorm.state,
        clipped: this.clipped.state,
        updateRatios: this.updateRatios.map(({ state }) => state),
      },
      start: {
        ratio: this.firstRatio.sums,
        weightNorm: this.firstWeightNorm.sums,
        rates: this.rates,
        saturated: this.firstProfile?.saturated ?? null,
        growth: this.firstProfile?.growth ?? null,
      },
    };
  }

  /** Restores the state of a checkpoint. */
  restore({
    updates,
    firstLoss,
    firstLosses,
    largestGradNorm,
    lowest,
    bestValidation,
    spikes,
    recent,
    start,
    onset,
  }: ObservationState): void {
    this.onset.state = onset;
    this.loss.restore(recent?.loss ?? []);
    this.gradNorm.restore(recent?.gradNorm ?? []);
    this.clipped.restore(recent?.clipped ?? []);
    for (const [p, ratios] of this.updateRatios.entries()) ratios.restore(recent?.updateRatios[p] ?? []);
    this.bestValidation = bestValidation ?? Infinity;
    this.updates = updates;
    this.firstLoss.sums = firstLoss;
    this.firstLosses.sums = firstLosses;
    this.largestGradNorm = largestGradNorm;
    this.lowest = lowest ?? undefined;
    this.spikes = spikes;
    if (start === undefined) return;
    const { ratio, weightNorm, rates, saturated, growth } = start;
    this.firstRatio.sums = ratio;
    this.firstWeightNorm.sums = weightNorm;
    this.rates = rates;
    this.firstProfile = saturated === null || growth === null ? undefined : { saturated, growth };
  }

  /** The baseline of the best constant answer on the training data; undefined if it is not known. */
  get constantAnswer(): RunInfo['baselines'][number] | undefined {
    const ofTraining = this.info.baselines.filter(({ heldOut }) => heldOut !== true);
    const marked = ofTraining.find(({ answer }) => answer === 'constant');
    // Runs of earlier versions do not say which one it is; for generated tasks it is the highest.
    return marked ?? ofTraining.toSorted((one, other) => other.value - one.value)[0];
  }

  /** The baseline of that answer on the held-out data; undefined if it is not known. */
  get heldOutConstantAnswer(): RunInfo['baselines'][number] | undefined {
    return this.info.baselines.find(({ answer, heldOut }) => answer === 'constant' && heldOut === true);
  }
}

/** What the first update of a run shows through time. */
export interface FirstProfile {
  /** Largest share of saturated values of a candidate state, over the layers. */
  readonly saturated: number;
  /** Largest ‖∂L/∂h_t‖ of a layer, relative to that of the last step: above 1 where the gradient grows backwards. */
  readonly growth: number;
}

function firstProfileOf(series: StepSeries, info: RunInfo): FirstProfile {
  const growths = series.layers.map(({ dh }) => {
    const norms = [...dh].filter((norm) => !Number.isNaN(norm));
    const last = norms.findLast((norm) => norm > 0) ?? 1;
    return norms.reduce((most, norm) => Math.max(most, norm / last), 0);
  });
  return {
    saturated: saturatedCandidate(series, info)?.share ?? 0,
    growth: Math.min(Number.MAX_VALUE, Math.max(0, ...growths)),
  };
}

/** Whether a parameter is a weight matrix; biases may start at 0. */
export function isWeight(name: string | undefined): boolean {
  return name?.includes('weight') === true;
}

/** The last `recentWindow` values of a quantity, in a ring buffer. */
export class RecentValues {
  readonly #values = new Float64Array(recentWindow);
  #count = 0;

  get isFull(): boolean {
    return this.#count >= recentWindow;
  }

  /** The values, the newest last; null for NaN, which JSON cannot represent. */
  get state(): (number | null)[] {
    const length = Math.min(this.#count, recentWindow);
    return Array.from({ length }, (_, index) => {
      const value = this.#values[(this.#count - length + index) % recentWindow] ?? NaN;
      return Number.isNaN(value) ? null : value;
    });
  }

  restore(values: readonly (number | null)[]): void {
    this.#count = 0;
    for (const value of values) this.add(value ?? NaN);
  }

  add(value: number): void {
    this.#values[this.#count++ % recentWindow] = value;
  }

  /**
   * Standard deviation of the noise of a value, from the differences of successive ones, so that a trend does not count
   * (von Neumann 1941); 0 for fewer than two.
   */
  get noise(): number {
    const values = this.state;
    const squares = new RecentValues();
    for (const [index, value] of values.entries()) {
      if (index > 0) squares.add(((value ?? NaN) - (values[index - 1] ?? NaN)) ** 2 / 2);
    }
    const variance = squares.mean();
    return Number.isNaN(variance) ? 0 : Math.sqrt(variance);
  }

  /** Mean of the last `count` values, or of all if there are fewer, without NaN; NaN if there are none. */
  mean(count = recentWindow): number {
    let sum = 0;
    let numbers = 0;
    for (let back = 1; back <= Math.min(count, this.#count, recentWindow); back++) {
      const value = this.#values[(this.#count - back) % recentWindow] ?? NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      numbers++;
    }
    return sum / numbers;
  }
}

/** Mean of the first `length` values of a quantity. */
export class FirstValues {
  sums = { sum: 0, count: 0 };

  constructor(readonly length: number) {}

  add(value: number): void {
    const { sum, count } = this.sums;
    if (count < this.length) this.sums = { sum: sum + value, count: count + 1 };
  }

  /** The mean; undefined until there are `length` values. */
  get mean(): number | undefined {
    const { sum, count } = this.sums;
    return count < this.length ? undefined : sum / count;
  }
}

function keepLast<Value>(values: Value[], value: Value, maxLength: number): void {
  values.push(value);
  if (values.length > maxLength) values.shift();
}
