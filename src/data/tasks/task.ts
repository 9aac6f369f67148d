import type { Batch } from '../batch';
import type { LossPattern } from '../lossPattern';
import type { Random } from '../random';

/** A number of steps, or the shortest and the longest. */
export type Length = number | readonly [number, number];

/** How long the sequences of a task are. */
export interface TaskLengths {
  readonly length: Length;
  /** The length of the held-out sequences, where it differs. */
  readonly heldOut?: Length | undefined;
}

/** A loss that is known without training, as the loss at each step. */
export interface TaskBaseline {
  readonly name: string;
  /** The definition or paper it follows from. */
  readonly source: string;
  /** The loss at each step of a sequence of `steps` steps. */
  pattern(steps: number): LossPattern;
}

/** The accuracy that can be expected of the best possible predictor, where chance keeps it below 1. */
export interface BestAccuracy {
  /** What that predictor answers. */
  readonly definition: string;
  /** The expected share of correct predictions at step t of a sequence, from 0 to 1; NaN where no sequence has a target. */
  at(t: number): number;
}

/** How the targets of a sequence follow from its symbols. */
export interface TypedTargets {
  /** In one sentence. */
  readonly rule: string;
  /** The target class of each step of these symbols, undefined where a step has none. */
  targetsOf(symbols: readonly number[]): readonly (number | undefined)[];
}

/** A generated task: its sequences, and what is known about them. */
export interface Task {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind: 'dense' | 'oneHot';
  readonly targetKind: 'values' | 'classes';
  /** T of the training sequences. */
  readonly length: Length;
  /** T of the held-out sequences, where it differs. */
  readonly heldOutLength?: Length | undefined;
  /** Steps from the relevant input to its target, for the longest sequences. */
  readonly lag: number;
  /** The best constant answer first. */
  readonly baselines: readonly TaskBaseline[];
  /** Tasks whose targets have an element of chance only. */
  readonly bestAccuracy?: BestAccuracy;
  /** Draws `batch` sequences. Tasks whose sequences have their own lengths pad to the longest and ignore `steps`. */
  draw(random: Random, steps: number, batch: number): Batch;
  /** Tasks of symbols whose targets follow from the symbols alone. */
  readonly typed?: TypedTargets;
  /** Grammar tasks: the symbols that the grammar allows after the given ones. */
  readonly allowedAfter?: (symbols: readonly number[]) => readonly number[];
}

/** The greatest number of steps that a length allows. */
export function maxLength(length: Length): number {
  return typeof length === 'number' ? length : length[1];
}

/** Next-symbol prediction: the last step has no target. */
export const nextSymbol: TypedTargets = {
  rule: 'The target of each symbol is the next one.',
  targetsOf: (symbols) => symbols.map((_, t) => symbols[t + 1]),
};
