import type { TableColumn } from '../csvTable';
import { meanOf } from '../normalization';

/** The rows of a table in the order in which they are used. */
export interface RowOrder {
  /** (rows): the row of the file at each place; undefined if all rows stay in their places. */
  readonly rows: Int32Array | undefined;
  /** (sequences + 1): the place of the first row of each sequence, and the number of rows. The training sequences come first. */
  readonly starts: Int32Array;
  /** Number of training sequences; the only sequence of a table without a column of sequences is one. */
  readonly training: number;
}

/**
 * Arranges the rows by sequence, in the order of the sequences' first rows, and within each by time, where the table has
 * such columns; rows with equal times keep their order. Held-out sequences come last: of n sequences ⌊n·validation⌋,
 * spread evenly over the table, since tables are often sorted by class.
 *
 * @param rows number of rows
 * @param validation fraction of the sequences to hold out, from 0 to 1
 */
export function orderRows(
  rows: number,
  sequences: TableColumn | undefined,
  times: TableColumn | undefined,
  validation: number,
): RowOrder {
  const count = sequences?.names?.length ?? 1;
  const isHeldOut = (index: number): boolean =>
    sequences !== undefined && Math.floor((index + 1) * validation) > Math.floor(index * validation);
  const all = Array.from({ length: count }, (_, index) => index);
  const ordered = [...all.filter((index) => !isHeldOut(index)), ...all.filter(isHeldOut)];
  const training = count - all.filter(isHeldOut).length;
  const starts = startsOf(rows, sequences, ordered);
  const order = new Int32Array(rows);
  if (sequences === undefined) {
    for (let row = 0; row < rows; row++) order[row] = row;
  } else {
    const next = new Int32Array(count);
    for (const [place, index] of ordered.entries()) next[index] = starts[place] ?? 0;
    for (let row = 0; row < rows; row++) {
      const index = sequences.values[row] ?? 0;
      const place = next[index] ?? 0;
      order[place] = row;
      next[index] = place + 1;
    }
  }
  if (times !== undefined) sortByTime(order, starts, times.values);
  const isAsInFile = order.every((row, place) => row === place);
  return { rows: isAsInFile ? undefined : order, starts, training };
}

function startsOf(rows: number, sequences: TableColumn | undefined, ordered: readonly number[]): Int32Array {
  if (sequences === undefined) return Int32Array.of(0, rows);
  const lengths = new Int32Array(ordered.length);
  for (const index of sequences.values) lengths[index] = (lengths[index] ?? 0) + 1;
  const starts = new Int32Array(ordered.length + 1);
  for (const [place, index] of ordered.entries()) starts[place + 1] = (starts[place] ?? 0) + (lengths[index] ?? 0);
  return starts;
}

function sortByTime(order: Int32Array, starts: Int32Array, times: Float64Array): void {
  for (let sequence = 0; sequence + 1 < starts.length; sequence++) {
    const part = order.subarray(starts[sequence], starts[sequence + 1]);
    const isSorted = part.every((row, place) => place === 0 || (times[row] ?? 0) >= (times[part[place - 1] ?? 0] ?? 0));
    // The rows of a part are ascending, so that equal times keep their order.
    if (!isSorted) part.sort((one, other) => (times[one] ?? 0) - (times[other] ?? 0) || one - other);
  }
}

/**
 * Puts the values of a column in a given order, in place: copies of all columns would be as large as the data.
 *
 * @param order (rows): the row whose value comes to each place
 * @param scratch (rows): overwritten
 */
export function reorder(values: Float64Array, order: Int32Array, scratch: Float64Array): void {
  for (let place = 0; place < order.length; place++) scratch[place] = values[order[place] ?? 0] ?? NaN;
  values.set(scratch);
}

/** What the times of a table tell, over all of its sequences. */
export interface TimeFacts {
  /** Whether the rows were not in the order of their times. */
  readonly isSorted: boolean;
  /** Rows whose time is that of the row before them. */
  readonly repeated: number;
  /** Times that are missing, where the steps between the others are regular. */
  readonly missing: number;
  /** Number of rows. */
  readonly rows: number;
  /** The first row whose time is that of the row before; undefined if there is none. */
  readonly firstRepeated: number | undefined;
  /** The first row before which times are missing; undefined if there is none. */
  readonly firstMissing: number | undefined;
}

/** The share of the steps between two times that the usual one must have, for times to be called missing. */
const regularShare = 0.5;

/**
 * Counts repeated and missing times. The usual step is the median; a step of k times the usual one leaves out k − 1 times.
 *
 * @param times (rows), in the order in which they are used
 */
export function timeFacts(times: Float64Array, { rows, starts }: RowOrder): TimeFacts {
  const steps = new Float64Array(times.length);
  let count = 0;
  let repeated = 0;
  let firstRepeated: number | undefined;
  for (let sequence = 0; sequence + 1 < starts.length; sequence++) {
    const part = times.subarray(starts[sequence], starts[sequence + 1]);
    for (let row = 1; row < part.length; row++) {
      const step = (part[row] ?? 0) - (part[row - 1] ?? 0);
      if (step > 0) {
        steps[count++] = step;
      } else {
        repeated += 1;
        firstRepeated ??= (starts[sequence] ?? 0) + row;
      }
    }
  }
  const positive = steps.subarray(0, count);
  const usual = positive.slice().sort()[Math.floor(count / 2)] ?? 1;
  const isRegular = meanOf(positive, (step) => (Math.round(step / usual) === 1 ? 1 : 0)) > regularShare;
  const leftOut = positive.reduce((sum, step) => sum + Math.max(0, Math.round(step / usual) - 1), 0);
  const missing = isRegular ? leftOut : 0;
  const firstMissing = missing === 0 ? undefined : firstAfterStep(times, starts, 1.5 * usual);
  return { isSorted: rows !== undefined, repeated, missing, rows: times.length, firstRepeated, firstMissing };
}

/** The first row whose time is at least a given step after that of the row before, in its sequence. */
function firstAfterStep(times: Float64Array, starts: Int32Array, step: number): number | undefined {
  const isStart = new Set(starts);
  const found = times.findIndex((time, row) => row > 0 && !isStart.has(row) && time - (times[row - 1] ?? 0) >= step);
  return found < 0 ? undefined : found;
}
