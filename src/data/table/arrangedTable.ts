import type { CsvData } from '../../experiment/schema/schema';
import type { ReadTable } from './csvTable';
import { carryForward, interpolateGaps, type Gaps } from './gaps';
import { meanOf, rescale, rescalingOf, type Rescaling, type TableScaling } from './normalization';
import { orderRows, reorder, timeFacts, type RowOrder, type TimeFacts } from './time/rowOrder';
import { TableWindows, type TableRows } from './tableWindows';

/** The columns of a table in the order in which their rows are used. */
export interface ArrangedTable {
  readonly inputs: readonly Float64Array[];
  /** Of a class column the indices into `classNames`. */
  readonly targets: readonly Float64Array[];
  /** The classes in ascending order; undefined for targets that are numbers. */
  readonly classNames: readonly string[] | undefined;
  readonly order: RowOrder;
  readonly rows: number;
  /** Number of rows for training. */
  readonly training: number;
  readonly gaps: Gaps;
  /** Undefined without a column of times. */
  readonly times: TimeFacts | undefined;
}

/** Puts the rows of a table in their order, and the classes of its target in theirs; both in place. */
export function arrange(data: CsvData, { rows, columns, gaps }: Extract<ReadTable, { kind: 'table' }>): ArrangedTable {
  const { inputs, targets, sequence, time } = data;
  const count = inputs.length + targets.length;
  const sequences = sequence === undefined ? undefined : columns[count];
  const times = time === undefined ? undefined : columns[count + (sequence === undefined ? 0 : 1)];
  const order = orderRows(rows, sequences, times, data.validation);
  const used = columns.slice(0, count);
  if (order.rows !== undefined) {
    const scratch = new Float64Array(rows);
    // A column that is both input and target is one array, which is also rescaled once.
    const arrays = new Set([...used, ...(times === undefined ? [] : [times])].map(({ values }) => values));
    for (const values of arrays) reorder(values, order.rows, scratch);
  }
  const target = used[inputs.length];
  const classNames = target?.names === undefined ? undefined : sortClasses(target.values, target.names);
  return {
    inputs: used.slice(0, inputs.length).map(({ values }) => values),
    targets: used.slice(inputs.length).map(({ values }) => values),
    classNames,
    order,
    rows,
    training: sequence === undefined ? rows - Math.floor(rows * data.validation) : (order.starts[order.training] ?? 0),
    gaps,
    times: times === undefined ? undefined : timeFacts(times.values, order),
  };
}

/** Sorts the names of classes, as numbers if all are, and replaces each value, the index of a name, by its new index. */
function sortClasses(values: Float64Array, names: readonly string[]): readonly string[] {
  const areNumbers = names.every((name) => name !== '' && Number.isFinite(Number(name)));
  const order = [...names.keys()].sort((a, b) => {
    const [one = '', other = ''] = [names[a], names[b]];
    if (areNumbers && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : one > other ? 1 : 0;
  });
  const indices = new Float64Array(names.length);
  for (const [sorted, index] of order.entries()) indices[index] = sorted;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? NaN;
    if (!Number.isNaN(value)) values[row] = indices[value] ?? NaN;
  }
  return order.map((index) => names[index] ?? '');
}

/** The windows of a table, and how its columns were rescaled for them. */
export interface ScaledWindows {
  readonly windows: TableWindows;
  readonly scaling: TableScaling;
}

/**
 * Cuts windows from the columns, which it rescales in place by their measured values, and treats the gaps of the inputs as
 * the experiment says. Targets keep their gaps: a value that was not measured counts in no loss.
 */
export function cutWindows(
  data: CsvData,
  { inputs, targets, classNames, order, rows, training, gaps }: ArrangedTable,
): ScaledWindows {
  const numbers = classNames === undefined ? [...inputs, ...targets] : inputs;
  const rescalings = new Map<Float64Array, Rescaling>();
  for (const column of new Set(numbers)) {
    const rescaling = rescalingOf(column.subarray(0, training), data.normalize);
    rescale(column, rescaling);
    rescalings.set(column, rescaling);
  }
  const scalingOf = (columns: readonly Float64Array[]): readonly Rescaling[] =>
    columns.flatMap((column) => rescalings.get(column) ?? []);
  const filled =
    gaps.rows === 0 && data.gaps !== 'mask' ? inputs : fillInputs(data.gaps, inputs, targets, order, training);
  const table: TableRows = {
    inputs: filled,
    targets,
    rows,
    training,
    starts: order.starts,
    trainingSequences: order.training,
  };
  const indicators = filled.slice(inputs.length).map(() => ({ shift: 0, scale: 1 }));
  return {
    windows: new TableWindows(table, { ...data, skipsGaps: gaps.rows > 0 && data.gaps === 'skip' }),
    scaling: {
      kind: data.normalize,
      inputs: [...scalingOf(inputs), ...indicators],
      targets: classNames === undefined ? scalingOf(targets) : [],
    },
  };
}

/**
 * Inputs without gaps: interpolated, or with their last value in each gap and followed by an indicator of the gaps for each.
 * Where gaps are refused or skipped, they stay. An input that is a target, too, is copied: the target keeps its gaps.
 */
function fillInputs(
  treatment: CsvData['gaps'],
  inputs: readonly Float64Array[],
  targets: readonly Float64Array[],
  order: RowOrder,
  training: number,
): readonly Float64Array[] {
  const ownCopy = (column: Float64Array): Float64Array =>
    targets.includes(column) && column.some(Number.isNaN) ? column.slice() : column;
  switch (treatment) {
    case 'refuse':
    case 'skip':
      return inputs;
    case 'interpolate':
      return inputs.map((column) => {
        const filled = ownCopy(column);
        eachSequence(order, filled, interpolateGaps);
        return filled;
      });
    case 'mask': {
      // Float64Array.from would hold all numbers in a list first.
      const missing = inputs.map((column) => column.map((value) => (Number.isNaN(value) ? 1 : 0)));
      const kept = inputs.map((column) => {
        const mean = meanOf(column.subarray(0, training));
        const filled = ownCopy(column);
        eachSequence(order, filled, (part) => {
          carryForward(part, mean);
        });
        return filled;
      });
      return [...kept, ...missing];
    }
    default:
      return treatment satisfies never;
  }
}

function eachSequence({ starts }: RowOrder, column: Float64Array, act: (part: Float64Array) => void): void {
  for (let sequence = 0; sequence + 1 < starts.length; sequence++) {
    act(column.subarray(starts[sequence], starts[sequence + 1]));
  }
}
