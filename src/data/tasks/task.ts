import type { Batch } from '../batch';
import type { LossPattern } from '../lossPattern';
import type { Random } from '../random';

/** A number of steps, or the shortest and the longest. */
export type Length = number | readonly [number, number];

/** How long the sequences of a task are. */
export interface TaskLengths {
  readonly length: Length;
  /** Of the held-out sequences, where it differs. */
  readonly heldOut?: Length | undefined;
}

/** A loss known without training, still as what it costs at each step. */
export interface TaskBaseline {
  readonly name: string;
  /** The definition or paper it follows from. */
  readonly source: string;
  /** What it costs on sequences of so many steps. */
  pattern(steps: number): LossPattern;
}

/** A generated task: what a sequence looks like, and what is known about it. */
export interface Task {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind: 'dense' | 'oneHot';
  readonly targetKind: 'values' | 'classes';
  /** T of the training sequences. */
  readonly length: Length;
  /** T of the held-out sequences, where it differs. */
  readonly heldOutLength?: Length | undefined;
  /** Steps from the input that matters to the answer, for sequences of the greatest length. */
  readonly lag: number;
  readonly baselines: readonly TaskBaseline[];
  /** Draws `batch` sequences. Tasks whose sequences end by themselves pad to the longest drawn and take no `steps`. */
  draw(random: Random, steps: number, batch: number): Batch;
  /** Grammar tasks: the symbols that may come after the symbols so far. */
  readonly legalAfter?: (symbols: readonly number[]) => readonly number[];
}

/** The greatest number of steps that a length allows. */
export function longest(length: Length): number {
  return typeof length === 'number' ? length : length[1];
}
