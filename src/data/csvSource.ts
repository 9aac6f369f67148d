import type { KeyProblem } from '../experiment/problem';
import type { CsvData, ResolvedExperiment } from '../experiment/schema';
import { denseBatch, inSinglePrecision, type Batch, type DenseBatch } from './batch';
import { readTable, type ReadTable, type RequestedColumn } from './csvTable';
import { carryForward, GapRows, gapsProblem, interpolateGaps, type Gaps } from './gaps';
import { describeSequence } from './sequenceDescription';
import { patternOf, reportedLoss } from './lossPattern';
import { meanOf, rescale, rescalingOf } from './normalization';
import { randomFrom, randomFromState, type Random } from './random';
import { batchTooLarge } from './batchSize';
import type { Baseline, DataMemory, SequenceDescription, OpenedSource, Source } from './sourceContract';
import { readSourceState, type SourceState } from './sourceState';
import { decodeText } from './textFile';
import { formatExact } from '../text/numbers';
import { quote } from '../text/quoting';

/** Maximum number of sequences in one held-out batch. */
const MAX_HELD_OUT_BATCH = 32;

/** Opens columns of a CSV file for forecasting; a text, an unequal row, too few rows and, where they are refused, missing values are problems. */
export function openCsv(experiment: ResolvedExperiment, data: CsvData, bytes: Uint8Array): OpenedSource {
  const decoded = decodeText(bytes, data.csv, ['data', 'csv']);
  if (decoded.kind === 'refused') return decoded;
  const requested = [
    ...data.inputs.map((name, index) => ({ name, keyPath: ['data', 'inputs', index] })),
    ...data.targets.map((name, index) => ({ name, keyPath: ['data', 'targets', index] })),
  ];
  const table = readTable(decoded.text, data.csv, requested, data);
  if (table.kind === 'refused') return table;
  const held = Math.floor(table.rows * data.validation);
  const training = table.rows - held;
  const batch = experiment.training.batch ?? 1;
  const problem =
    batchTooLarge(data.length, batch, requested.length, ['data', 'length']) ??
    (data.gaps === 'refuse' ? gapsProblem(table.gaps, data.csv) : undefined) ??
    tooShort(data, table.rows, training) ??
    emptyValidation(data, table.rows, held) ??
    withoutValues(data, requested, table.columns, training);
  if (problem) return { kind: 'refused', problems: [problem] };
  const split = splitTable(data, table, training);
  if (split.starts?.length === 0) return { kind: 'refused', problems: [withoutWindow(data)] };
  return { kind: 'source', source: new CsvSource(experiment, data, split, batch) };
}

/** The problem of a column that has no value in the training part. */
function withoutValues(
  { csv }: CsvData,
  requested: readonly RequestedColumn[],
  columns: readonly Float64Array[],
  training: number,
): KeyProblem | undefined {
  const empty = columns.findIndex((column) => column.subarray(0, training).every(Number.isNaN));
  const column = requested[empty];
  if (column === undefined) return undefined;
  const message = `Column ${quote(column.name)} of ${quote(csv)} has no value in the ${formatExact(training)} rows for training. Use another column.`;
  return { code: 'csv.gaps', message, keyPath: column.keyPath };
}

function withoutWindow({ csv, length, gaps }: CsvData): KeyProblem {
  const advice =
    gaps === 'skip' ? 'Use a smaller length, or set "gaps" to "mask" or "interpolate".' : 'Use another target.';
  const message = `${quote(csv)} has no window of ${formatExact(length)} rows that can be trained on: each one has a gap. ${advice}`;
  return { code: 'csv.gaps', message, keyPath: ['data', 'length'] };
}

/** Rescales the columns, and treats their gaps as the experiment says. */
function splitTable(data: CsvData, table: Extract<ReadTable, { kind: 'table' }>, training: number): SplitTable {
  const { rows, gaps } = table;
  const hasGaps = gaps.rows > 0;
  // A column that is both input and target is one array, which is rescaled once.
  const different = new Set(table.columns);
  for (const column of different) {
    if (hasGaps && data.gaps === 'interpolate') interpolateGaps(column);
    rescale(column, rescalingOf(column.subarray(0, training), data.normalize));
  }
  const inputs = table.columns.slice(0, data.inputs.length);
  const targets = table.columns.slice(data.inputs.length);
  const split = { inputs, targets, training, rows, gaps };
  if (data.gaps === 'mask') return maskGaps(data, split);
  if (!hasGaps || data.gaps !== 'skip') return split;
  const [inputGaps, targetGaps] = [new GapRows(inputs, rows), new GapRows(targets, rows)];
  const isWhole = (start: number, firstTarget = 0): boolean =>
    inputGaps.count(start, start + data.length) === 0 &&
    targetGaps.count(start + firstTarget + data.horizon, start + data.horizon + data.length) === 0;
  return { ...split, isWhole, starts: startsWhere(data, training, isWhole) };
}

/** Inputs keep their last value over a gap, and a second input for each says where; targets keep their gaps. */
function maskGaps(data: CsvData, { inputs, targets, training, rows, gaps }: SplitTable): SplitTable {
  const missing = inputs.map((column) => Float64Array.from(column, (value) => (Number.isNaN(value) ? 1 : 0)));
  const filled = inputs.map((column) => {
    const copy = targets.includes(column) ? column.slice() : column;
    carryForward(copy, meanOf(column.subarray(0, training)));
    return copy;
  });
  const targetGaps = new GapRows(targets, rows);
  const hasTarget = (start: number): boolean =>
    targetGaps.count(start + data.horizon, start + data.horizon + data.length) < data.length;
  const starts = startsWhere(data, training, hasTarget);
  return { inputs: [...filled, ...missing], targets, training, rows, gaps, starts };
}

function startsWhere({ length, horizon }: CsvData, training: number, isUsable: (start: number) => boolean): Int32Array {
  const all = Int32Array.from({ length: training - length - horizon + 1 }, (_, start) => start);
  return all.filter((start) => isUsable(start));
}

function tooShort({ csv, length, horizon }: CsvData, rows: number, training: number): KeyProblem | undefined {
  const needed = length + horizon;
  if (training >= needed) return undefined;
  const message =
    `${quote(csv)} has ${formatExact(rows)} rows, ${formatExact(training)} of them for training; a window of ${formatExact(length)} and its target ` +
    `${formatExact(horizon)} later need ${formatExact(needed)}. Use a longer table, or a smaller length.`;
  return { code: 'data.tooShort', message, keyPath: ['data', 'csv'] };
}

function emptyValidation({ validation }: CsvData, rows: number, held: number): KeyProblem | undefined {
  if (validation === 0 || held > 0) return undefined;
  const message = `A "validation" of ${validation} holds out none of the ${formatExact(rows)} rows: write a larger fraction, or 0 to hold nothing out.`;
  return { code: 'data.tooShort', message, keyPath: ['data', 'validation'] };
}

/** Rescaled columns; rows from `training` on are held out. A gap is NaN. */
interface SplitTable {
  readonly inputs: readonly Float64Array[];
  readonly targets: readonly Float64Array[];
  readonly training: number;
  readonly rows: number;
  readonly gaps: Gaps;
  /** The first rows of the windows that can be trained on; undefined for all. */
  readonly starts?: Int32Array;
  /** Whether a window from a row has no gap, in its targets from step `firstTarget` on; undefined if none has one. */
  readonly isWhole?: (start: number, firstTarget: number) => boolean;
}

class CsvSource implements Source {
  readonly inputs: number;
  readonly outputs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind = 'dense';
  readonly targetKind = 'values';
  readonly steps: number;
  readonly lag = undefined;
  readonly baselines: readonly Baseline[];
  readonly memory: DataMemory;
  readonly isContiguous = false;
  readonly gaps: Gaps;
  readonly #table: SplitTable;
  readonly #horizon: number;
  #random: Random;

  constructor(
    experiment: ResolvedExperiment,
    data: CsvData,
    table: SplitTable,
    readonly batch: number,
  ) {
    this.#table = table;
    this.#horizon = data.horizon;
    this.#random = randomFrom(experiment.seed, 'training');
    this.gaps = table.gaps;
    this.inputs = table.inputs.length;
    this.outputs = data.targets.length;
    this.inputNames = [...data.inputs, ...data.inputs.map((name) => `${name} missing`)].slice(0, this.inputs);
    this.outputNames = data.targets;
    this.steps = data.length;
    this.baselines = baselinesOf(experiment, data, table);
    const retained = 8 * table.rows * new Set([...table.inputs, ...table.targets]).size;
    // While it is opened, rows with gaps are counted.
    const counted = data.gaps === 'refuse' ? 0 : 16 * table.rows;
    this.memory = { retained, opening: retained + counted };
  }

  next(): Batch {
    const window = denseBatch(this.steps, this.batch, this.inputs, this.outputs);
    const { starts, training } = this.#table;
    const last = starts === undefined ? training - this.steps - this.#horizon : starts.length - 1;
    for (let sequence = 0; sequence < this.batch; sequence++) {
      const drawn = this.#random.integer(0, last);
      this.#fillSequence(window, sequence, starts?.[drawn] ?? drawn, 0);
    }
    return inSinglePrecision(window);
  }

  /**
   * Every held-out row with a value is a target once. Each window has targets in its second half only, so that the net has
   * seen at least half a window before its first prediction; these inputs may be in the training part. Where windows with
   * gaps are skipped, rows that no other window reaches are not targets.
   */
  *validation(): Iterable<Batch> {
    const windows = [...this.#heldOutWindows()];
    for (let at = 0; at < windows.length; at += MAX_HELD_OUT_BATCH) {
      const sequences = windows.slice(at, at + MAX_HELD_OUT_BATCH);
      const window = denseBatch(this.steps, sequences.length, this.inputs, this.outputs);
      for (const [sequence, { start, firstTarget }] of sequences.entries()) {
        this.#fillSequence(window, sequence, start, firstTarget);
      }
      if (window.mask.includes(1)) yield inSinglePrecision(window);
    }
  }

  *#heldOutWindows(): Iterable<{ readonly start: number; readonly firstTarget: number }> {
    const { training, rows, isWhole } = this.#table;
    const maxTargets = Math.ceil(this.steps / 2);
    for (let first = training; first < rows;) {
      let count = Math.min(maxTargets, rows - first);
      const start = (): number => first + count - this.#horizon - this.steps;
      while (count > 0 && isWhole?.(start(), this.steps - count) === false) count -= 1;
      if (count > 0) yield { start: start(), firstTarget: this.steps - count };
      first += Math.max(count, 1);
    }
  }

  state(): SourceState {
    return { random: this.#random.state() };
  }

  restore(state: unknown): void {
    this.#random = randomFromState(readSourceState(state).random);
  }

  describe(batch: Batch, sequence: number): SequenceDescription {
    return describeSequence(batch, sequence, this.inputNames, this.outputNames);
  }

  #fillSequence(window: DenseBatch, sequence: number, start: number, firstTarget: number): void {
    const { inputs, targets } = this.#table;
    for (let t = 0; t < window.steps; t++) {
      const cell = t * window.batch + sequence;
      for (const [input, column] of inputs.entries()) {
        window.inputs.values[cell * inputs.length + input] = column[start + t] ?? 0;
      }
      const row = start + t + this.#horizon;
      if (t < firstTarget || targets.some((column) => Number.isNaN(column[row]))) continue;
      for (const [output, column] of targets.entries()) {
        window.targets.values[cell * targets.length + output] = column[row] ?? 0;
      }
      window.mask[cell] = 1;
    }
  }
}

/** Mean squared difference between each row of a range and the row `horizon` before it, summed over the targets. */
function persistenceLoss(targets: readonly Float64Array[], from: number, to: number, horizon: number): number {
  return targets.reduce((total, column) => {
    const late = column.subarray(from + horizon, to);
    return total + meanOf(late, (value, index) => (value - (column[from + index] ?? 0)) ** 2);
  }, 0);
}

function baselinesOf(experiment: ResolvedExperiment, data: CsvData, table: SplitTable): readonly Baseline[] {
  const { targets, training, rows } = table;
  const baseline = (name: string, source: string, squares: number, heldOut = false): Baseline => ({
    name,
    source,
    heldOut,
    value: reportedLoss(
      patternOf(data.length, () => squares),
      experiment,
      targets.length,
    ),
  });
  const variance = targets.reduce((total, column) => {
    const trainingColumn = column.subarray(0, training);
    const mean = meanOf(trainingColumn);
    return total + meanOf(trainingColumn, (value) => (value - mean) ** 2);
  }, 0);
  const definition = `row t+${data.horizon} is row t`;
  const heldOut =
    rows > training
      ? [
          baseline(
            'persistence, held out',
            `${definition}, measured on the held-out rows`,
            persistenceLoss(targets, training - data.horizon, rows, data.horizon),
            true,
          ),
        ]
      : [];
  return [
    baseline('mean', 'the mean of the training part, measured on it', variance),
    baseline(
      'persistence',
      `${definition}, measured on the training part`,
      persistenceLoss(targets, 0, training, data.horizon),
    ),
    ...heldOut,
  ];
}
