import * as z from 'zod/mini';
import { probe } from './probe';
import { index } from './requestSchemas';

/** Maximum number of symbols of a prompt, and of a sample. */
export const maxSampleLength = 2000;

/** How a text is sampled. */
export const sampleRequest = z.object({
  update: index,
  /** The symbols that the network reads first. */
  prompt: z.string().check(z.maxLength(maxSampleLength)),
  /** Divides the outputs before the softmax; 0 always takes the most probable symbol. */
  temperature: z.number().check(z.nonnegative()),
  seed: z.int(),
  /** Symbols to sample. */
  length: index.check(z.maximum(maxSampleLength)),
});

/** See sampleRequest. */
export type SampleRequest = Readonly<z.infer<typeof sampleRequest>>;

/** Symbols sampled one by one from the net as it was before the update, each fed back as the next input. */
export interface Sample {
  readonly update: number;
  /** The sampled symbols, without the prompt. */
  readonly text: string;
  /** The probability of each sampled symbol, at temperature 1. */
  readonly probabilities: Float64Array;
}

/** Which update, and which of the held-out sequences. */
export const heldOutRequest = z.object({ update: index, sequence: index });

/** See heldOutRequest. */
export type HeldOutRequest = Readonly<z.infer<typeof heldOutRequest>>;

/** The score at each step, over all sequences of a set that have a target there. */
export interface PositionScores {
  /** (T) accuracy, or the root of the mean squared error; NaN where a step has no target. */
  readonly scores: Float64Array;
  /** (T) the number of targets at the step. */
  readonly counts: Float64Array;
  /** Over all steps. */
  readonly total: number;
}

/** One held-out sequence of values: targets and predictions. */
export interface HeldOutSeries {
  readonly sequence: number;
  /** (T,O) */
  readonly outputs: Float64Array;
  /** (T,O) */
  readonly targets: Float64Array;
  /** (T) 1 where the step has a target. */
  readonly mask: Uint8Array;
}

/** The accuracy that can be expected of the best possible predictor, where chance keeps it below 1. */
export interface BestScores {
  /** What that predictor answers. */
  readonly definition: string;
  /** (T) at each step of the update's batch; undefined where its windows do not begin with their sequences. */
  readonly batch: Float64Array | undefined;
  /** Over all targets of the held-out sequences; undefined if nothing is held out. */
  readonly heldOut: number | undefined;
}

/** How many held-out strings have the symbols that the grammar allows as the most probable ones at every step. */
export interface AllowedScore {
  readonly strings: number;
  readonly right: number;
}

/** The scores of the net as it was before the update, by step: on the update's batch and on the held-out sequences. */
export interface Scores {
  readonly update: number;
  /** `accuracy` for classes; for values the root of the mean squared error. */
  readonly kind: 'accuracy' | 'error';
  readonly batch: PositionScores;
  /** undefined if nothing is held out. */
  readonly heldOut: PositionScores | undefined;
  /** The number of held-out sequences. */
  readonly heldOutSequences: number;
  /** undefined where every target can be known, and where the best accuracy is not known. */
  readonly best: BestScores | undefined;
  /** undefined for data without a grammar. */
  readonly allowed: AllowedScore | undefined;
  /** undefined for classes, and if nothing is held out. */
  readonly series: HeldOutSeries | undefined;
}

/** Which states to project onto two dimensions: of some sequences of the batch, or of a probe. */
export const projectionRequest = z.object({
  update: index,
  sequence: index,
  layer: index,
  probe: z.optional(probe),
});

/** See projectionRequest. */
export type ProjectionRequest = Readonly<z.infer<typeof projectionRequest>>;

/** The states of a layer along their first two principal components. */
export interface Projection {
  readonly update: number;
  readonly sequence: number;
  readonly layer: number;
  /** How many sequences of the batch the N states belong to; the selected one is always included. */
  readonly sequenceCount: number;
  /** (N,2) */
  readonly points: Float64Array;
  /** Share of the variance along each component; NaN if the states do not vary. */
  readonly explained: readonly [number, number];
  /** (N) the sequence (row of the batch) of each state. */
  readonly sequences: Int32Array;
  /** (N) the time step of each state. */
  readonly steps: Int32Array;
  /** (N) index of the input symbol; -1 if inputs are numbers. */
  readonly inputs: Int32Array;
  /** (N) the target class; -1 if the step has no target, or targets are numbers. */
  readonly targets: Int32Array;
  /** (N) the most probable class; -1 if outputs are numbers. */
  readonly topPredictions: Int32Array;
  /** (N) the first output if outputs are numbers, else NaN. */
  readonly values: Float64Array;
}
