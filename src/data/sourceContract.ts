import type { KeyProblem } from '../experiment/problem';
import type { Batch } from './batch';
import type { SourceState } from './sourceState';

/** A loss that is known without training, drawn beside the loss curve. */
export interface Baseline {
  readonly name: string;
  /** In the unit of the reported loss: nats or squares, per target for `mean`, per window for `sum`. */
  readonly value: number;
  /** Where the value comes from: the definition, a paper, or the part of the data it was measured on. */
  readonly source: string;
  /** Measured on the held-out part, so that it stands beside the validation loss and not beside the training loss. */
  readonly heldOut?: boolean;
}

/** One lane of a batch in words, for people: a token or the numbers of x_t, and what is asked for (or nothing). */
export interface SequenceDescription {
  readonly inputs: readonly string[];
  readonly targets: readonly (string | undefined)[];
}

/** Bytes that the data of a source take, the files that they come from not counted. */
export interface DataMemory {
  /** As long as it lives. */
  readonly kept: number;
  /** While it is opened, at the most: what is kept included. */
  readonly opening: number;
}

/** An endless supply of training batches, and a fixed set of held-out ones. */
export interface Source {
  /** I: width of x_t; for `oneHot` the number of symbols. */
  readonly inputs: number;
  /** O: width of ŷ_t; for `classes` the number of classes. */
  readonly outputs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind: 'dense' | 'oneHot';
  readonly targetKind: 'values' | 'classes';
  /** T of the longest training batch. */
  readonly steps: number;
  /** B of every training batch. */
  readonly batch: number;
  /** Steps the task must remember, where that is known: the distance from the input that matters to the answer. */
  readonly lag: number | undefined;
  readonly baselines: readonly Baseline[];
  readonly memory: DataMemory;
  /**
   * True when each training batch goes on where the one before ended (contiguous text): then a batch is already one
   * window. False when every batch holds whole sequences, which truncated training cuts into windows.
   */
  readonly continues: boolean;
  /** The next training batch, in arrays of its own. */
  next(): Batch;
  /** The held-out batches, the same every time; none where nothing is held out. */
  validation(): Iterable<Batch>;
  state(): SourceState;
  /**
   * Goes on from a state that a source of the same experiment and data gave.
   * @throws where it is no such state
   */
  restore(state: unknown): void;
  describe(batch: Batch, lane: number): SequenceDescription;
  /** Grammar tasks only: the symbols that may legally come after step t of a lane, in the order of `outputNames`. */
  legal?(batch: Batch, lane: number, t: number): readonly number[];
}

/** A source, or why the data cannot be trained on. */
export type OpenedSource =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'refused'; readonly refusals: readonly KeyProblem[] };
