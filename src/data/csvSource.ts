import type { KeyProblem } from '../experiment/problem';
import type { CsvData, ResolvedExperiment } from '../experiment/schema';
import { denseBatch, inSinglePrecision, type Batch, type DenseBatch } from './batch';
import { readTable } from './csvTable';
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

/** Opens columns of a CSV file for forecasting; an empty cell, text, an unequal row or too few rows are problems. */
export function openCsv(experiment: ResolvedExperiment, data: CsvData, bytes: Uint8Array): OpenedSource {
  const decoded = decodeText(bytes, data.csv, ['data', 'csv']);
  if (decoded.kind === 'refused') return decoded;
  const requested = [
    ...data.inputs.map((name, index) => ({ name, keyPath: ['data', 'inputs', index] })),
    ...data.targets.map((name, index) => ({ name, keyPath: ['data', 'targets', index] })),
  ];
  const table = readTable(decoded.text, data.csv, requested);
  if (table.kind === 'refused') return table;
  const held = Math.floor(table.rows * data.validation);
  const training = table.rows - held;
  const batch = experiment.training.batch ?? 1;
  const problem =
    batchTooLarge(data.length, batch, requested.length, ['data', 'length']) ??
    tooShort(data, table.rows, training) ??
    emptyValidation(data, table.rows, held);
  if (problem) return { kind: 'refused', problems: [problem] };
  // A column that is both input and target is one array, which is rescaled once.
  for (const column of new Set(table.columns)) {
    rescale(column, rescalingOf(column.subarray(0, training), data.normalize));
  }
  const inputs = table.columns.slice(0, data.inputs.length);
  const targets = table.columns.slice(data.inputs.length);
  return {
    kind: 'source',
    source: new CsvSource(experiment, data, { inputs, targets, training, rows: table.rows }, batch),
  };
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

/** Rescaled columns; rows from `training` on are held out. */
interface SplitTable {
  readonly inputs: readonly Float64Array[];
  readonly targets: readonly Float64Array[];
  readonly training: number;
  readonly rows: number;
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
    this.inputs = data.inputs.length;
    this.outputs = data.targets.length;
    this.inputNames = data.inputs;
    this.outputNames = data.targets;
    this.steps = data.length;
    this.baselines = baselinesOf(experiment, data, table);
    const retained = 8 * table.rows * new Set([...table.inputs, ...table.targets]).size;
    this.memory = { retained, opening: retained };
  }

  next(): Batch {
    const window = denseBatch(this.steps, this.batch, this.inputs, this.outputs);
    const lastStart = this.#table.training - this.steps - this.#horizon;
    for (let sequence = 0; sequence < this.batch; sequence++) {
      this.#fillSequence(window, sequence, this.#random.integer(0, lastStart), 0);
    }
    return inSinglePrecision(window);
  }

  /**
   * Every held-out row is a target exactly once. Each window has targets in its second half only, so that the net has seen
   * at least half a window before its first prediction; these inputs may be in the training part.
   */
  *validation(): Iterable<Batch> {
    const { training, rows } = this.#table;
    const predicted = Math.ceil(this.steps / 2);
    const ends: { readonly last: number; readonly count: number }[] = [];
    for (let first = training; first < rows; first += predicted) {
      const last = Math.min(first + predicted, rows) - 1;
      ends.push({ last, count: last - first + 1 });
    }
    for (let at = 0; at < ends.length; at += MAX_HELD_OUT_BATCH) {
      const sequences = ends.slice(at, at + MAX_HELD_OUT_BATCH);
      const window = denseBatch(this.steps, sequences.length, this.inputs, this.outputs);
      for (const [sequence, { last, count }] of sequences.entries()) {
        this.#fillSequence(window, sequence, last - this.#horizon - this.steps + 1, this.steps - count);
      }
      yield inSinglePrecision(window);
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
      if (t < firstTarget) continue;
      for (const [output, column] of targets.entries()) {
        window.targets.values[cell * targets.length + output] = column[start + t + this.#horizon] ?? 0;
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
  const known = (name: string, source: string, squares: number, heldOut = false): Baseline => ({
    name,
    source,
    heldOut,
    value: reportedLoss(
      patternOf(data.length, () => squares),
      experiment,
      targets.length,
    ),
  });
  const spread = targets.reduce((total, column) => {
    const own = column.subarray(0, training);
    const mean = meanOf(own);
    return total + meanOf(own, (value) => (value - mean) ** 2);
  }, 0);
  const today = `row t+${data.horizon} is row t`;
  const heldOut =
    rows > training
      ? [
          known(
            'persistence, held out',
            `${today}, measured on the held-out rows`,
            persistenceLoss(targets, training - data.horizon, rows, data.horizon),
            true,
          ),
        ]
      : [];
  return [
    known('mean', 'the mean of the training part, measured on it', spread),
    known(
      'persistence',
      `${today}, measured on the training part`,
      persistenceLoss(targets, 0, training, data.horizon),
    ),
    ...heldOut,
  ];
}
