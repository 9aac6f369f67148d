import * as z from 'zod';
import { index } from './requestSchemas';

/** Symbols of a prompt, and of a sample, at most. */
export const maxSampleLength = 2000;

/** How a text is sampled. */
export const sampleRequest = z.object({
  update: index,
  /** What the network reads first. */
  prompt: z.string().max(maxSampleLength),
  /** Divides the outputs before the softmax; 0 always takes the most probable symbol. */
  temperature: z.number().nonnegative(),
  seed: z.number().int(),
  /** Symbols to draw. */
  length: index.max(maxSampleLength),
});

/** See sampleRequest. */
export type SampleRequest = Readonly<z.infer<typeof sampleRequest>>;

/** Symbols drawn one by one from the net as it was before the update, each fed back as the next input. */
export interface Sample {
  readonly update: number;
  /** What was drawn, without the prompt. */
  readonly text: string;
  /** The probability that the net gave to each drawn symbol, at temperature 1. */
  readonly probabilities: Float64Array;
}

/** Which update, and which of the held-out sequences. */
export const heldOutRequest = z.object({ update: index, sequence: index });

/** See heldOutRequest. */
export type HeldOutRequest = Readonly<z.infer<typeof heldOutRequest>>;

/** How good the answers are at each step, over all sequences of a set that have a target there. */
export interface PositionScores {
  /** (T) the share that was answered rightly, or the root of the mean squared error; NaN where nothing is asked. */
  readonly scores: Float64Array;
  /** (T) targets at the step. */
  readonly counts: Float64Array;
  /** Over all steps. */
  readonly total: number;
}

/** One held-out sequence of values: what was asked, and what the net says. */
export interface HeldOutSeries {
  readonly sequence: number;
  /** (T,O) */
  readonly outputs: Float64Array;
  /** (T,O) */
  readonly targets: Float64Array;
  /** (T) 1 where something is asked. */
  readonly mask: Uint8Array;
}

/** The answers of the net as it was before the update, by position: on the batch of the update and on what is held out. */
export interface Scores {
  readonly update: number;
  /** `accuracy` for classes; for values the root of the mean squared error. */
  readonly kind: 'accuracy' | 'error';
  readonly batch: PositionScores;
  /** undefined where nothing is held out. */
  readonly heldOut: PositionScores | undefined;
  /** Sequences that are held out. */
  readonly heldOutSequences: number;
  /** For values, where something is held out. */
  readonly series: HeldOutSeries | undefined;
}

/** Which states to project onto two dimensions. */
export const projectionRequest = z.object({ update: index, sequence: index, layer: index });

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
  /** Share of the variance along each of the two, NaN where the states do not vary. */
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
