import type { CsvData } from '../../experiment/schema/schema';
import { GapRows } from './gaps';

/** A window of consecutive rows of one sequence of a table. */
export interface TableWindow {
  /** Its first row. */
  readonly start: number;
  /** Number of its rows that are inputs. */
  readonly steps: number;
  /** The first step with a target. */
  readonly firstTarget: number;
}

/** The numbers of a table that windows are cut from; rows from `training` on are held out. A gap is NaN. */
export interface TableRows {
  readonly inputs: readonly Float64Array[];
  readonly targets: readonly Float64Array[];
  readonly rows: number;
  /** Number of rows for training. */
  readonly training: number;
  /** (sequences + 1): the first row of each sequence, and the number of rows. */
  readonly starts: Int32Array;
  /** Number of training sequences. */
  readonly trainingSequences: number;
}

/** How windows are cut. */
export type WindowRules = Pick<CsvData, 'horizon' | 'targetAt' | 'length'> & {
  /** Windows with a gap are skipped. */
  readonly skipsGaps: boolean;
};

/** Cuts windows from the sequences of a table. */
export class TableWindows {
  /** T: steps of the longest window. */
  readonly steps: number;
  /** The first rows of the training windows; undefined if there is one at each of the first `count` rows. */
  readonly #starts: Int32Array | undefined;
  /** Number of windows that training draws from. */
  readonly count: number;
  readonly #inputGaps: GapRows;
  readonly #targetGaps: GapRows;

  constructor(
    readonly table: TableRows,
    readonly rules: WindowRules,
  ) {
    this.steps = Math.max(1, rules.length ?? longestSequence(table) - rules.horizon);
    this.#inputGaps = new GapRows(table.inputs, table.rows);
    this.#targetGaps = new GapRows(table.targets, table.rows);
    const hasGaps = this.#inputGaps.count(0, table.rows) + this.#targetGaps.count(0, table.rows) > 0;
    const all = table.training - this.steps - rules.horizon + 1;
    if (table.trainingSequences === 1 && !hasGaps && all > 0 && rules.length !== undefined) {
      this.count = all;
    } else {
      // Int32Array.from would hold all numbers in a list first.
      const starts = new Int32Array(table.training);
      let count = 0;
      for (const start of this.#usableStarts()) starts[count++] = start;
      this.#starts = starts.slice(0, count);
      this.count = count;
    }
  }

  /** Bytes of what it holds beside the columns. */
  get bytes(): number {
    return (this.#starts?.buffer.byteLength ?? 0) + this.#inputGaps.bytes + this.#targetGaps.bytes;
  }

  /** The training window of an index from 0 to `count` − 1. */
  training(index: number): TableWindow {
    return this.#windowAt(this.#starts?.[index] ?? index);
  }

  /**
   * The window that begins at any row, also one of the held-out part: as long as the training windows, or up to the end
   * of the row's sequence; undefined where no step fits.
   */
  startingAt(start: number): TableWindow | undefined {
    const steps = Math.min(this.steps, this.#endOf(start) - this.rules.horizon - start);
    return steps > 0 ? { start, steps, firstTarget: this.#firstTarget(steps) } : undefined;
  }

  /** Whether a row counts in the loss where a window predicts it: it has a value of every target. */
  isTarget(row: number): boolean {
    return this.#targetGaps.count(row, row + 1) === 0;
  }

  /** Whether a window predicts a row that counts in the loss. */
  hasTarget({ start, steps, firstTarget }: TableWindow): boolean {
    const { horizon } = this.rules;
    const rows = steps - firstTarget;
    return this.#targetGaps.count(start + firstTarget + horizon, start + steps + horizon) < rows;
  }

  /**
   * The rows that training windows predict and that count in the loss, in ascending order. In one sequence of which no
   * window is skipped, the first rows, which none predicts, are among them: the mean of a scaled column is then 0, and the
   * loss of the mean 1.
   */
  trainingTargets(): Int32Array {
    const { table, rules } = this;
    const areAll = table.trainingSequences === 1 && rules.length !== undefined && !rules.skipsGaps;
    const isPredicted = areAll ? undefined : new Uint8Array(table.training);
    for (let index = 0; isPredicted !== undefined && index < this.count; index++) {
      const { start, steps, firstTarget } = this.training(index);
      // Windows overlap: of those that start one after another all but the last row are marked already.
      let row = start + steps + rules.horizon - 1;
      for (; row >= start + firstTarget + rules.horizon && isPredicted[row] === 0; row--) isPredicted[row] = 1;
    }
    const rows = new Int32Array(table.training);
    let count = 0;
    for (let row = 0; row < table.training; row++) {
      if (isPredicted?.[row] !== 0 && this.isTarget(row)) rows[count++] = row;
    }
    return rows.subarray(0, count);
  }

  /** The held-out rows that windows predict and that count in the held-out loss. */
  heldOutTargets(): Int32Array {
    const rows = new Int32Array(this.table.rows - this.table.training);
    let count = 0;
    for (const { start, steps, firstTarget } of this.heldOut()) {
      for (let t = firstTarget; t < steps; t++) {
        const row = start + t + this.rules.horizon;
        if (this.isTarget(row)) rows[count++] = row;
      }
    }
    return rows.subarray(0, count);
  }

  /**
   * The held-out windows. Every held-out row is predicted once, also one without a value. A window has targets in its
   * second half only, so that the net has seen at least half a window before its first prediction; in a table of one sequence
   * these inputs may be in the training part, and at the start of a held-out sequence there are fewer. With targets at the
   * last step only, every row is the target of a window of its own. Rows that no window without a gap reaches are not
   * predicted, where such windows are skipped.
   */
  *heldOut(): Generator<TableWindow> {
    const { table, rules } = this;
    for (let sequence = 0; sequence + 1 < table.starts.length; sequence++) {
      const [from = 0, to = 0] = table.starts.subarray(sequence, sequence + 2);
      // In a table of one sequence its end is held out.
      const first = Math.max(sequence < table.trainingSequences ? table.training : from, from);
      if (first >= to) continue;
      if (rules.length === undefined) {
        const window = { start: from, steps: to - from - rules.horizon, firstTarget: to - from - rules.horizon - 1 };
        if (window.steps > 0 && this.#canPredict(window)) yield window;
      } else {
        yield* this.#heldOutRows(from, Math.max(first, from + rules.horizon), to);
      }
    }
  }

  /** Windows whose targets are the rows from `first` to `to`, in a sequence that begins at `from`. */
  *#heldOutRows(from: number, first: number, to: number): Generator<TableWindow> {
    const { horizon, targetAt } = this.rules;
    const maxTargets = mostTargets(this.rules, this.steps);
    for (let row = first; row < to;) {
      const atStart = row - horizon === from ? this.steps : maxTargets;
      let count = Math.min(targetAt === 'last' ? 1 : atStart, to - row);
      const windowOf = (targets: number): TableWindow => {
        const end = row + targets - horizon;
        const start = Math.max(from, end - this.steps);
        return { start, steps: end - start, firstTarget: end - start - targets };
      };
      while (count > 0 && !this.#canPredict(windowOf(count))) count -= 1;
      if (count > 0) yield windowOf(count);
      row += Math.max(count, 1);
    }
  }

  *#usableStarts(): Generator<number> {
    const { table, rules } = this;
    for (let sequence = 0; sequence < table.trainingSequences; sequence++) {
      const [from = 0, to = 0] = table.starts.subarray(sequence, sequence + 2);
      const end = Math.min(to, table.training);
      const inputs = end - from - rules.horizon;
      if (inputs <= 0) continue;
      const last = rules.length === undefined ? from : Math.max(from, from + inputs - this.steps);
      for (let start = from; start <= last; start++) {
        const steps = Math.min(this.steps, from + inputs - start);
        if (this.#isUsable({ start, steps, firstTarget: this.#firstTarget(steps) })) yield start;
      }
    }
  }

  #firstTarget(steps: number): number {
    return this.rules.targetAt === 'last' ? steps - 1 : 0;
  }

  #windowAt(start: number): TableWindow {
    const { table, rules } = this;
    const end = Math.min(this.#endOf(start), table.training);
    const steps = Math.min(this.steps, end - rules.horizon - start);
    return { start, steps, firstTarget: this.#firstTarget(steps) };
  }

  /** The end of the sequence that a row belongs to. */
  #endOf(row: number): number {
    const { starts } = this.table;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return starts[low + 1] ?? this.table.rows;
  }

  /** Whether a window has a target and, where gaps are skipped, none of them. */
  #isUsable(window: TableWindow): boolean {
    return this.hasTarget(window) && this.#canPredict(window);
  }

  /** Whether a window has no gap, where gaps are skipped. */
  #canPredict({ start, steps, firstTarget }: TableWindow): boolean {
    const { horizon, skipsGaps } = this.rules;
    if (!skipsGaps) return true;
    const missing = this.#targetGaps.count(start + firstTarget + horizon, start + steps + horizon);
    return missing === 0 && this.#inputGaps.count(start, start + steps) === 0;
  }
}

/** The most targets of a held-out window, except at the start of a sequence: it has read the steps before them. */
export function mostTargets({ targetAt }: Pick<WindowRules, 'targetAt'>, steps: number): number {
  return targetAt === 'last' ? 1 : Math.ceil(steps / 2);
}

function longestSequence({ starts }: TableRows): number {
  let longest = 0;
  for (let sequence = 1; sequence < starts.length; sequence++) {
    longest = Math.max(longest, (starts[sequence] ?? 0) - (starts[sequence - 1] ?? 0));
  }
  return longest;
}
