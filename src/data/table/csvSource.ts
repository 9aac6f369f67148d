import type { KeyProblem } from '../../experiment/problems/problem';
import { leavesClassesOpen, withClasses } from '../../experiment/problems/tableTargets';
import type { CsvData, ResolvedExperiment } from '../../experiment/schema/schema';
import { arrange, cutWindows, type ArrangedTable, type ScaledWindows } from './arrangedTable';
import { denseBatch, endsOf, inSinglePrecision, type Batch, type BatchTargets } from '../batch';
import { batchTooLarge } from '../batchSize';
import { readTable, type RequestedColumn } from './csvTable';
import { tableFindings } from './dataFindings';
import type { FileContent } from '../files/fileContent';
import { gapsProblem } from './gaps';
import { largestSize, type TableScaling } from './normalization';
import { randomFrom, randomFromState, type Random } from '../random';
import { describeSequence } from '../sequenceDescription';
import type {
  Baseline,
  DataFinding,
  DataMemory,
  DataScale,
  HeldOutBatch,
  HeldOutPart,
  OpenedSource,
  PreparedRows,
  SequenceDescription,
  Source,
  TableFacts,
  TableRowWindows,
} from '../sourceContract';
import { readSourceState, type SourceState } from '../sourceState';
import type { ColumnKind } from './tableColumns';
import { constantAnswers, heldOutPersistence, tableBaselines } from './baselines/tableBaselines';
import type { RowLines } from './rowLines';
import { rowWindows } from './rowWindows';
import { tableProblem, withoutWindow } from './tableProblems';
import { quote } from '../../text/quoting';
import { mostTargets, type TableWindow, type TableWindows } from './tableWindows';
import { decodeText } from '../files/textFile';

/** Maximum number of sequences in one held-out batch. */
const MAX_HELD_OUT_BATCH = 32;

/** Opens columns of a CSV file; a malformed row, too few rows and, where they are refused, missing values are problems. */
export function openCsv(
  experiment: ResolvedExperiment,
  data: CsvData,
  content: FileContent,
  maxBytes: number,
): OpenedSource {
  const refuse = (problem: KeyProblem): OpenedSource => ({ kind: 'refused', problems: [problem] });
  const decoded = decodeText(content, data.csv, ['data', 'csv']);
  if (decoded.kind === 'refused') return decoded;
  const requested = requestedColumns(experiment, data);
  const read = readTable(decoded.text, requested, data, maxBytes);
  if (read.kind === 'refused') return read;
  if (data.gaps === 'refuse') {
    const problem = gapsProblem(read.gaps, data.csv);
    if (problem !== undefined) return refuse(problem);
  }
  const table = arrange(data, read);
  const lineOf = (place: number): number => read.lines.lineOf(table.order.rows?.[place] ?? place);
  const problem = tableProblem(data, table, requested, lineOf);
  if (problem !== undefined) return refuse(problem);
  // Rescaling is done in place.
  const findings = tableFindings(data, table, requested, { wrongOrder: read.wrongOrder, lineOf });
  const scaled = cutWindows(data, table);
  const { windows } = scaled;
  const batch = experiment.training.batch ?? 1;
  const outputs = table.classNames?.length ?? data.targets.length;
  const tooLarge = batchTooLarge(windows.steps, batch, windows.table.inputs.length + outputs, [
    'data',
    data.length === undefined ? 'sequence' : 'length',
  ]);
  if (tooLarge !== undefined) return refuse(tooLarge);
  if (windows.count === 0) return refuse(withoutWindow(data));
  const all = [...findings, ...withoutHeldOut(data, windows)];
  return { kind: 'source', source: new CsvSource(experiment, data, table, scaled, batch, all, read.lines) };
}

/** The finding that no held-out row can be predicted, where rows are held out. */
function withoutHeldOut(data: CsvData, windows: TableWindows): readonly DataFinding[] {
  if (data.validation === 0 || data.gaps === 'refuse') return [];
  for (const window of windows.heldOut()) if (windows.hasTarget(window)) return [];
  const [found, reason] =
    data.gaps === 'skip'
      ? [
          'can be predicted',
          'each window there has a missing value, and "gaps" is "skip". Set "gaps" to "mask" or "interpolate" if only inputs are missing, or leave out the column with the most missing values',
        ]
      : [
          'has a value to compare with',
          'each one lacks a value of one target at least. Leave out the target with the most missing values',
        ];
  const message = `No held-out row of ${quote(data.csv)} ${found}, so there will be no validation loss: ${reason}.`;
  return [{ code: 'noHeldOutWindow', level: 'warning', keyPath: ['data', 'gaps'], at: ['data', 'gaps'], message }];
}

/** The columns of a table that an experiment uses: inputs, targets, sequence, time. */
export function requestedColumns(experiment: ResolvedExperiment, data: CsvData): readonly RequestedColumn[] {
  const target: ColumnKind =
    data.classes === true ? 'class' : leavesClassesOpen(experiment) ? 'numberOrClass' : 'number';
  const { inputs, targets, sequence, time } = data;
  return [
    ...inputs.map((name, index) => ({ name, kind: 'number' as const, keyPath: ['data', 'inputs', index] })),
    ...targets.map((name, index) => ({ name, kind: target, keyPath: ['data', 'targets', index] })),
    ...(sequence === undefined ? [] : [{ name: sequence, kind: 'sequence' as const, keyPath: ['data', 'sequence'] }]),
    ...(time === undefined ? [] : [{ name: time, kind: 'time' as const, keyPath: ['data', 'time'] }]),
  ];
}

class CsvSource implements Source {
  readonly inputs: number;
  readonly outputs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind = 'dense';
  readonly targetKind: 'values' | 'classes';
  readonly steps: number;
  readonly lag = undefined;
  readonly baselines: readonly Baseline[];
  readonly memory: DataMemory;
  readonly scale: DataScale;
  readonly isContiguous = false;
  readonly table: TableFacts;
  readonly scaling: TableScaling;
  readonly rowWindows: TableRowWindows;
  readonly #windows: TableWindows;
  /** The row of the file at each place; undefined where the order is that of the file. */
  readonly #fileRows: Int32Array | undefined;
  #random: Random;

  constructor(
    experiment: ResolvedExperiment,
    data: CsvData,
    table: ArrangedTable,
    { windows, scaling }: ScaledWindows,
    readonly batch: number,
    readonly findings: readonly DataFinding[],
    lines: RowLines,
  ) {
    const { inputs, targets } = windows.table;
    this.table = factsOf(table, data);
    this.scaling = scaling;
    this.#windows = windows;
    this.#fileRows = table.order.rows;
    this.#random = randomFrom(experiment.seed, 'training');
    this.inputs = inputs.length;
    this.outputNames = table.classNames ?? data.targets;
    this.outputs = this.outputNames.length;
    this.targetKind = table.classNames === undefined ? 'values' : 'classes';
    this.inputNames = [...data.inputs, ...data.inputs.map((name) => `${name} missing`)].slice(0, this.inputs);
    this.steps = windows.steps;
    this.baselines = tableBaselines(
      withClasses(experiment, table.classNames !== undefined),
      data,
      windows,
      table.classNames?.length,
    );
    const ofTraining = (columns: readonly Float64Array[]): number =>
      largestSize(columns.map((column) => column.subarray(0, table.training)));
    this.scale = { inputs: ofTraining(inputs), targets: table.classNames === undefined ? ofTraining(targets) : 0 };
    this.memory = memoryOf(data, table, windows, lines);
    this.rowWindows = rowWindows(lines, table.rows, (row) => this.#batchFrom(row));
  }

  next(): Batch {
    const windows = Array.from({ length: this.batch }, () =>
      this.#windows.training(this.#random.integer(0, this.#windows.count - 1)),
    );
    return this.#batchOf(windows);
  }

  *validation(): Iterable<Batch> {
    for (const { batch } of this.#heldOutBatches(this.#validated())) yield batch;
  }

  /** The held-out windows that have a loss. */
  #validated(): readonly TableWindow[] {
    return [...this.#windows.heldOut()].filter((window) => this.#windows.hasTarget(window));
  }

  preparedRows(): PreparedRows {
    const { table, rules, count } = this.#windows;
    const numbersOf = (windows: Iterable<TableWindow>): Int32Array =>
      Int32Array.from([...windows].flatMap(({ start, steps, firstTarget }) => [start, steps, firstTarget]));
    return {
      inputs: table.inputs,
      targets: table.targets,
      counts: Uint8Array.from({ length: table.rows }, (_, row) => (this.#windows.isTarget(row) ? 1 : 0)),
      training: numbersOf(Array.from({ length: count }, (_, index) => this.#windows.training(index))),
      heldOut: numbersOf(this.#validated()),
      heldOutBatch: MAX_HELD_OUT_BATCH,
      horizon: rules.horizon,
    };
  }

  heldOutPersistence(): readonly number[] | undefined {
    const isKnown = this.targetKind === 'values' && this.#windows.rules.horizon > 0;
    return isKnown ? heldOutPersistence(this.#windows) : undefined;
  }

  heldOut(): HeldOutPart | undefined {
    const { table, rules, steps } = this.#windows;
    const isOneSequence = table.starts.length === 2;
    const warmUp = rules.length === undefined ? 0 : steps - mostTargets(rules, steps);
    const lead = isOneSequence ? Math.min(table.training, warmUp + rules.horizon) : 0;
    const first = table.training - lead;
    if (table.training >= table.rows) return undefined;
    const places = Int32Array.from({ length: table.rows - first }, (_, index) => first + index);
    return {
      lead,
      fileRows: this.#fileRows?.subarray(first) ?? places,
      starts: isOneSequence
        ? Int32Array.of(lead)
        : table.starts.subarray(table.trainingSequences, -1).map((start) => start - first),
      horizon: rules.horizon,
      warmUp,
      earlier: Int32Array.from(table.targets, (column) => {
        const row = isOneSequence ? column.subarray(0, first).findLastIndex((value) => !Number.isNaN(value)) : -1;
        return row < 0 ? -1 : (this.#fileRows?.[row] ?? row);
      }),
      answers: constantAnswers(
        this.#windows,
        this.targetKind === 'classes' ? this.outputs : undefined,
        this.#windows.trainingTargets(),
      ),
      batches: () => this.#heldOutBatches([...this.#windows.heldOut()], first),
    };
  }

  /**
   * @param all held-out windows
   * @param first row of the table that has place 0
   */
  *#heldOutBatches(all: readonly TableWindow[], first = 0): Generator<HeldOutBatch> {
    const { horizon } = this.#windows.rules;
    for (let at = 0; at < all.length; at += MAX_HELD_OUT_BATCH) {
      const windows = all.slice(at, at + MAX_HELD_OUT_BATCH);
      const batch = this.#batchOf(windows);
      const places = new Int32Array(batch.steps * windows.length).fill(-1);
      for (const [sequence, { start, steps, firstTarget }] of windows.entries()) {
        for (let t = firstTarget; t < steps; t++) places[t * windows.length + sequence] = start + t + horizon - first;
      }
      yield { batch, places };
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

  /** The window that begins at a row of the file; undefined where none does. */
  #batchFrom(row: number): Batch | undefined {
    const place = this.#fileRows?.indexOf(row) ?? row;
    const window = this.#windows.startingAt(place);
    return window && this.#batchOf([window]);
  }

  /** After the last step of a shorter window, inputs are 0 and there is no target: neither changes loss or gradient. */
  #batchOf(windows: readonly TableWindow[]): Batch {
    const steps = windows.reduce((most, window) => Math.max(most, window.steps), 1);
    const areClasses = this.targetKind === 'classes';
    const batch = denseBatch(steps, windows.length, this.inputs, areClasses ? 0 : this.outputs);
    const targets: BatchTargets = areClasses
      ? { kind: 'classes', indices: new Int32Array(steps * windows.length).fill(-1) }
      : batch.targets;
    const { horizon } = this.#windows.rules;
    for (const [sequence, window] of windows.entries()) {
      for (let t = 0; t < window.steps; t++) {
        const cell = t * windows.length + sequence;
        this.#setInputs(batch.inputs.values, cell, window.start + t);
        if (t >= window.firstTarget && this.#setTarget(targets, cell, window.start + t + horizon)) batch.mask[cell] = 1;
      }
    }
    const lengths = windows.map((window) => window.steps);
    return inSinglePrecision({ ...batch, targets, ...endsOf(lengths, steps) });
  }

  #setInputs(values: Float64Array, cell: number, row: number): void {
    const { inputs } = this.#windows.table;
    for (const [input, column] of inputs.entries()) values[cell * inputs.length + input] = column[row] ?? 0;
  }

  /** Sets the target of a cell of a batch; false if the row lacks a value of one target at least. */
  #setTarget(into: BatchTargets, cell: number, row: number): boolean {
    if (!this.#windows.isTarget(row)) return false;
    const { targets } = this.#windows.table;
    if (into.kind === 'classes') into.indices[cell] = targets[0]?.[row] ?? -1;
    else
      for (const [output, column] of targets.entries()) into.values[cell * targets.length + output] = column[row] ?? 0;
    return true;
  }
}

function factsOf({ gaps, times, order, classNames }: ArrangedTable, { sequence }: CsvData): TableFacts {
  const lengths = Array.from(order.starts.subarray(1), (end, index) => end - (order.starts[index] ?? 0));
  const [least, most] = lengths.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, 0]);
  return {
    gaps,
    times,
    classes: classNames?.length,
    sequences: sequence === undefined ? undefined : { count: lengths.length, training: order.training, least, most },
  };
}

/**
 * Beside the columns, the order of the rows and the windows. While a table is opened, also the columns of times and of
 * sequences, and either what sorts and checks the times, or the rows that are targets.
 */
function memoryOf(data: CsvData, { rows, order }: ArrangedTable, windows: TableWindows, lines: RowLines): DataMemory {
  const { inputs, targets } = windows.table;
  const columns = 8 * rows * new Set([...inputs, ...targets]).size;
  const retained = columns + (order.rows?.byteLength ?? 0) + windows.bytes + lines.bytes;
  const named = (data.time === undefined ? 0 : 8 * rows) + (data.sequence === undefined ? 0 : 8 * rows);
  const orderBytes = 4 * rows;
  // The steps between times, and a sorted copy of them; a column that is put in order.
  const arranging = (data.time === undefined ? 0 : 16 * rows) + (order.rows === undefined ? 0 : 8 * rows);
  const cutting = windows.bytes + 5 * windows.table.training + 4 * rows;
  return { retained, opening: columns + named + orderBytes + Math.max(arranging, cutting) };
}
