import type { KeyProblem } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import type { ArrangedTable } from './arrangedTable';
import type { RequestedColumn } from './csvTable';
import { gapFixes, leaveOut, settingFix } from './tableFixes';
import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

/**
 * The first reason why a table cannot be trained on; undefined if it can.
 *
 * @param lineOf the line in the file of a row, in the order in which the rows are used
 */
export function tableProblem(
  data: CsvData,
  table: ArrangedTable,
  requested: readonly RequestedColumn[],
  lineOf: (row: number) => number,
): KeyProblem | undefined {
  const lengthProblem = data.sequence === undefined ? tooShort(data, table) : undefined;
  return (
    lengthProblem ??
    emptyValidation(data, table) ??
    withoutValues(data, table, requested) ??
    notInterpolated(data, table, requested, lineOf) ??
    tooFewClasses(data, table)
  );
}

function tooShort({ csv, length = 1, horizon }: CsvData, { rows, training }: ArrangedTable): KeyProblem | undefined {
  const needed = length + horizon;
  if (training >= needed) return undefined;
  const message =
    `${quote(csv)} has ${formatCount(rows, 'row')}, ${formatExact(training)} of them for training; a window of ${formatExact(length)} and its target ` +
    `${formatExact(horizon)} later need ${formatExact(needed)}. Use a longer table, or a smaller length.`;
  const fixes = training > horizon ? [settingFix({ length: training - horizon })] : [];
  return { code: 'data.tooShort', message, keyPath: ['data', 'csv'], fixes };
}

function emptyValidation(
  { validation, sequence }: CsvData,
  { rows, training, order }: ArrangedTable,
): KeyProblem | undefined {
  if (validation === 0 || training < rows) return undefined;
  const count = sequence === undefined ? rows : order.training;
  const all = formatCount(count, sequence === undefined ? 'row' : 'sequence');
  const message = `A "validation" of ${validation} holds out ${count === 1 ? `nothing of ${all}` : `none of the ${all}`}: write a larger fraction, or 0 to hold nothing out.`;
  return {
    code: 'data.tooShort',
    message,
    keyPath: ['data', 'validation'],
    fixes: [settingFix({ validation: 0 }, 'hold nothing out')],
  };
}

/** The problem of a column that has no value in the training part. */
function withoutValues(
  data: CsvData,
  { inputs, targets, training }: ArrangedTable,
  requested: readonly RequestedColumn[],
): KeyProblem | undefined {
  const empty = [...inputs, ...targets].findIndex((column) => column.subarray(0, training).every(Number.isNaN));
  const column = requested[empty];
  if (column === undefined) return undefined;
  const message = `Column ${quote(column.name)} of ${quote(data.csv)} has no value in the ${formatCount(training, 'row')} for training. Use another column.`;
  const fix = leaveOut(data, column.keyPath, column.name);
  return { code: 'csv.gaps', message, keyPath: column.keyPath, fixes: fix === undefined ? [] : [fix] };
}

/** The problem of an input that has no value in a whole sequence, where gaps are to be interpolated within it. */
function notInterpolated(
  data: CsvData,
  { inputs, order: { starts } }: ArrangedTable,
  requested: readonly RequestedColumn[],
  lineOf: (row: number) => number,
): KeyProblem | undefined {
  if (data.gaps !== 'interpolate' || starts.length <= 2) return undefined;
  for (const [index, column] of inputs.entries()) {
    const empty = Array.from(starts.subarray(0, -1)).filter((start, sequence) =>
      column.subarray(start, starts[sequence + 1]).every(Number.isNaN),
    );
    const [first] = empty;
    const { name = '', keyPath = ['data', 'inputs'] } = requested[index] ?? {};
    if (first === undefined) continue;
    const line = lineOf(first);
    const more = empty.length > 1 ? ` and in ${formatCount(empty.length - 1, 'other sequence')}` : '';
    const found = `no value in the sequence that begins in row ${formatExact(line)}`;
    const message = `Column ${quote(name)} of ${quote(data.csv)} has ${found}${more}: there is nothing to interpolate between. Set "gaps" to "mask" or "skip", or leave out the column.`;
    const leave = leaveOut(data, keyPath, name);
    return {
      ...{ code: 'csv.gaps', message, keyPath },
      fixes: [...gapFixes(['mask', 'skip']), ...(leave === undefined ? [] : [leave])],
      dataPlaces: [{ path: data.csv, line, column: 1, length: 0, label: `Column ${quote(name)} has ${found}` }],
    };
  }
  return undefined;
}

/** Most classes that are predicted: the output layer has a row of weights for each. */
const maxClasses = 10_000;

function tooFewClasses({ csv, targets }: CsvData, { classNames }: ArrangedTable): KeyProblem | undefined {
  if (classNames === undefined || (classNames.length > 1 && classNames.length <= maxClasses)) return undefined;
  const [only = ''] = classNames;
  const found =
    classNames.length > 1
      ? `${formatExact(classNames.length)} different values, at most ${formatExact(maxClasses)} classes are allowed`
      : `only the class ${quote(only)}`;
  const message = `Column ${quote(targets[0] ?? '')} of ${quote(csv)} has ${found}. Use another target.`;
  return { code: 'csv.classes', message, keyPath: ['data', 'targets'] };
}

/** The problem of a table without a single window that can be trained on. */
export function withoutWindow({ csv, length, gaps, sequence, horizon }: CsvData): KeyProblem {
  if (sequence !== undefined) {
    const message = `${quote(csv)} has no sequence for training that is longer than the horizon, ${formatCount(horizon, 'row')}, and has a target. Use a smaller horizon or another sequence column.`;
    return { code: 'data.tooShort', message, keyPath: ['data', 'sequence'] };
  }
  const advice =
    gaps === 'skip' ? 'Use a smaller length, or set "gaps" to "mask" or "interpolate".' : 'Use another target.';
  const reason = gaps === 'skip' ? 'each one has a gap' : 'in none a row has a value of every target';
  const message = `${quote(csv)} has no window of ${formatCount(length ?? 1, 'row')} that can be trained on: ${reason}. ${advice}`;
  const fixes = gaps === 'skip' ? gapFixes(['mask', 'interpolate']) : [];
  return { code: 'csv.gaps', message, keyPath: ['data', 'length'], fixes };
}
