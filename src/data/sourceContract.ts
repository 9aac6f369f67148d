import type { KeyPath, KeyProblem } from '../experiment/problems/problem';
import type { Batch } from './batch';
import type { Gaps } from './table/gaps';
import type { TableScaling } from './table/normalization';
import type { TimeFacts } from './table/time/rowOrder';
import type { SourceState } from './sourceState';
import type { BestAccuracy } from './tasks/task';

/** A loss that is known without training, drawn in the loss chart. */
export interface Baseline {
  readonly name: string;
  /** In the unit of the reported loss: nats or squares, per target for `mean`, per window for `sum`. */
  readonly value: number;
  /** Where the value comes from: the definition, a paper, or the part of the data it was measured on. */
  readonly source: string;
  /** Measured on the held-out part, so that it compares with the validation loss and not with the training loss. */
  readonly heldOut?: boolean;
  /**
   * `constant`: the best constant answer, which knows nothing of time; `persistence`: the last row; `seasonal`: the last
   * row of the same phase of a period. Undefined for others.
   */
  readonly answer?: 'constant' | 'persistence' | 'seasonal';
}

/** One sequence of a batch as text: the symbol or numbers of each x_t, and each target, undefined for none. */
export interface SequenceDescription {
  readonly inputs: readonly string[];
  readonly targets: readonly (string | undefined)[];
}

/** Bytes that the data of a source use, without the files that they are read from. */
export interface DataMemory {
  /** For the lifetime of the source. */
  readonly retained: number;
  /** Peak while it is opened, the retained bytes included. */
  readonly opening: number;
}

/** Root mean squares of the training part, as the net gets it, of the input and the target where they are largest. */
export interface DataScale {
  readonly inputs: number;
  /** 0 for classes. */
  readonly targets: number;
}

/** Something noticeable in the data, found before training starts; it stops nothing. */
export interface DataFinding extends Pick<KeyProblem, 'fixes' | 'dataPlaces'> {
  readonly code: 'inputScale' | 'noHeldOutWindow';
  readonly level: 'warning' | 'hint';
  /** The key that can solve it, which the experiment may not have. */
  readonly keyPath: readonly string[];
  /** The key that it is about, which the experiment has. */
  readonly at: KeyPath;
  /** What was found and where, and what to do. */
  readonly message: string;
}

/** What was found in the columns of a table that are used. */
export interface TableFacts {
  readonly gaps: Gaps;
  /** Undefined without a column of times. */
  readonly times: TimeFacts | undefined;
  /** Number of classes of the target; undefined for numbers. */
  readonly classes: number | undefined;
  /** Number of sequences, of those for training, and the rows of the shortest and the longest one; undefined without a column of sequences. */
  readonly sequences:
    { readonly count: number; readonly training: number; readonly least: number; readonly most: number } | undefined;
}

/** A batch of held-out windows of a table, and the rows that it predicts. */
export interface HeldOutBatch {
  readonly batch: Batch;
  /** (T,B): the place of the row that a step predicts; -1 for a step before the first prediction, and for padding. */
  readonly places: Int32Array;
}

/**
 * The held-out rows of a table, in the order in which they are used. Places count from the lead-in: training rows that
 * the net reads before the first prediction, where the held-out part is the end of one sequence.
 */
export interface HeldOutPart {
  /** Number of rows of the lead-in. */
  readonly lead: number;
  /** (lead-in and held-out rows): the row of the file at each place, from 0, without the header. */
  readonly fileRows: Int32Array;
  /** The place of the first row of each held-out sequence; the end of a table of one sequence begins after the lead-in. */
  readonly starts: Int32Array;
  /** Rows from an input to its target. */
  readonly horizon: number;
  /** Steps that a window reads before its first prediction, except at the start of a sequence. */
  readonly warmUp: number;
  /** (targets): the row of the file with the last known value before place 0; -1 where there is none. */
  readonly earlier: Int32Array;
  /**
   * (targets): what persistence answers before the first known value: the mean of the training part, as the net gets it, or
   * its most frequent class.
   */
  readonly answers: readonly number[];
  /** The batches of `validation`, and those without a target. */
  batches(): Iterable<HeldOutBatch>;
}

/** The rows of a table as the net gets them, in the order in which they are used, and the windows that are cut from them. */
export interface PreparedRows {
  /** (inputs)(rows) scaled; NaN in a row that no window reads. */
  readonly inputs: readonly Float64Array[];
  /** (targets)(rows) scaled numbers, or one column of classes; NaN for a missing value. */
  readonly targets: readonly Float64Array[];
  /** (rows): 1 where a row counts in the loss. */
  readonly counts: Uint8Array;
  /** (windows, 3): first row, steps, and first step with a target of each window that training draws from. */
  readonly training: Int32Array;
  /** (windows, 3): the same of each window of a validation, in batches of `heldOutBatch`. */
  readonly heldOut: Int32Array;
  readonly heldOutBatch: number;
  /** Rows from an input to its target. */
  readonly horizon: number;
}

/** What makes a sequence with targets of symbols that a person types. */
export interface TypedSequences {
  /** How the targets follow from the symbols, in one sentence. */
  readonly rule: string;
  /** A batch of one sequence; the symbols are indices into `inputNames`. */
  batchOf(symbols: readonly number[]): Batch;
}

/** The windows that can begin at the rows of a table. */
export interface TableRowWindows {
  /** The lines of the file, from 1, at which its first and its last row begin. */
  readonly first: number;
  readonly last: number;
  /** The line at which a row of the file begins, by its index from 0. */
  lineOf(row: number): number;
  /**
   * The window that begins at a row, as long as the training windows, or up to the end of the row's sequence.
   * @param line of the file, from 1
   * @throws RangeError with a message for people where no row begins at that line, and where no window begins at that row
   */
  batchAt(line: number): Batch;
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
  /** Steps that the task requires to remember, if known: the distance from the relevant input to its target. */
  readonly lag: number | undefined;
  readonly baselines: readonly Baseline[];
  readonly memory: DataMemory;
  /** Typical sizes of the numbers that the net gets; undefined for generated and one-hot data. */
  readonly scale?: DataScale;
  /** What was found in a table; undefined for other data. */
  readonly table?: TableFacts;
  /** How the columns of a table are rescaled; undefined for other data. */
  readonly scaling?: TableScaling;
  /** The held-out rows of a table; undefined for other data and where nothing is held out. */
  heldOut?(): HeldOutPart | undefined;
  /** Texts only: the number of characters, the held-out ones included. */
  readonly characters?: number;
  /** Tables only; the rows are views. */
  preparedRows?(): PreparedRows;
  /** Tables of numbers with a horizon: the held-out loss of persistence for each target, in the scaled unit. */
  heldOutPersistence?(): readonly number[] | undefined;
  /** Data whose targets follow from the symbols alone. */
  readonly typed?: TypedSequences;
  /** Tables only. */
  readonly rowWindows?: TableRowWindows;
  /** What is noticeable in the data; undefined for data that are not checked. */
  readonly findings?: readonly DataFinding[];
  /**
   * Whether each training batch continues where the previous one ended (contiguous text): a batch is then one window.
   * Otherwise every batch holds whole sequences, which truncated training splits into windows.
   */
  readonly isContiguous: boolean;
  /** The next training batch, in new arrays. */
  next(): Batch;
  /** The held-out batches, the same every time; none where nothing is held out. */
  validation(): Iterable<Batch>;
  state(): SourceState;
  /**
   * Restores the state of a source of the same experiment and data.
   * @throws if it is not such a state
   */
  restore(state: unknown): void;
  describe(batch: Batch, sequence: number): SequenceDescription;
  /** Tasks whose targets have an element of chance only; steps count from the start of a sequence. */
  readonly bestAccuracy?: BestAccuracy;
  /** Grammar tasks only: the symbols that the grammar allows after step t of a sequence, as indices into `outputNames`. */
  readonly allowedNext?: (batch: Batch, sequence: number, t: number) => readonly number[];
}

/** A source, or why the data cannot be trained on. */
export type OpenedSource =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };
