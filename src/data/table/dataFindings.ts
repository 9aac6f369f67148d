import type { DataPlace } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { formatCount, formatExact, formatNumber, formatPercentage, formatShortNumber } from '../../text/numbers';
import { quote } from '../../text/quoting';
import type { ArrangedTable } from './arrangedTable';
import type { RequestedColumn } from './csvTable';
import { extremesOf, isolatedValues, type IsolatedValue, type IsolatedValues } from './extremeValues';
import { isConstant, rangeOf, rootMeanSquare } from './normalization';
import type { DataFinding } from '../sourceContract';
import type { Context, UsedColumn } from './findingContext';
import { gapFindings } from './gapFindings';
import { leaveOut, missingFixes, settingFix } from './tableFixes';
import { timeFindings, type TimesToCheck } from './time/timeFindings';
import { parseTime } from './time/timestamps';

/** Most findings of one table: a hundred columns with the same fault are one mistake. */
const maxFindings = 8;
/** Most columns, values or rows that are named for one of them. */
const maxNamed = 3;

/**
 * What is noticeable in the columns of a table, before they are rescaled and before training starts: codes for missing
 * values, isolated values, constant columns, the order of the rows in time, and values that are not rescaled.
 */
export function tableFindings(
  data: CsvData,
  table: ArrangedTable,
  requested: readonly RequestedColumn[],
  times: Pick<TimesToCheck, 'wrongOrder' | 'lineOf'>,
): readonly DataFinding[] {
  const columns = numberColumns(table, requested);
  const context = { data, table, lineOf: times.lineOf };
  const found = [
    ...dateClassFindings(context),
    ...imbalanceFindings(context),
    ...binaryTargetFindings(context, requested),
    ...isolatedFindings(columns, context),
    ...timeFindings({ data, times: table.times, ...times }),
    ...unscaledFindings(columns, context),
    ...constantFindings(columns, context),
    ...gapFindings(columns, context),
  ];
  return found.length <= maxFindings ? found : [...found.slice(0, maxFindings - 1), moreFindings(found, data)];
}

/** Class names that are looked at. */
const lookedAt = 20;

/** Dates that are predicted as classes, though the experiment does not say that they are classes. */
function dateClassFindings({ data, table: { classNames = [] } }: Context): readonly DataFinding[] {
  const names = classNames.slice(0, lookedAt);
  if (data.classes !== undefined || names.length === 0) return [];
  if (names.some((name) => parseTime(name) === undefined)) return [];
  const [column = ''] = data.targets;
  const time =
    data.time === undefined
      ? `Set "time" to ${quote(column)}, which sorts the rows, and use another target`
      : 'Use another target';
  const message = `The target ${quote(column)} of ${quote(data.csv)} has dates, which are predicted as ${formatExact(classNames.length)} classes. ${time}. If the dates are meant as classes, set "classes" to true.`;
  const keyPath = ['data', 'targets'];
  return [
    { code: 'inputScale', level: 'warning', keyPath, at: keyPath, message, fixes: [settingFix({ classes: true })] },
  ];
}

/** The share of the training targets that one class has, from which the accuracy says little. */
const dominantShare = 0.8;

/** A class that most targets have: a net that always predicts it has a high accuracy, and has learned nothing. */
function imbalanceFindings(context: Context): readonly DataFinding[] {
  const { data, table } = context;
  const { classNames, targets, training, order } = table;
  const [column] = targets;
  if (classNames === undefined || column === undefined) return [];
  const counts = new Int32Array(classNames.length);
  const count = (row: number): void => {
    const index = column[row] ?? NaN;
    if (!Number.isNaN(index)) counts[index] = (counts[index] ?? 0) + 1;
  };
  // The target of a whole sequence is that of its last row.
  if (data.length === undefined) for (const end of order.starts.subarray(1, order.training + 1)) count(end - 1);
  else for (let row = 0; row < training; row++) count(row);
  const all = counts.reduce((sum, one) => sum + one, 0);
  const most = Math.max(...counts);
  const single = counts.filter((one) => one === 1).length;
  // Of dates there is another finding, which says more.
  if (all >= leastTargets && single > 0.5 * all && dateClassFindings(context).length === 0)
    return [unrepeatedClasses(context, classNames.length, all)];
  if (all === 0 || most === all || most < dominantShare * all) return [];
  const share = formatPercentage(most / all, most / all > 0.995 ? 2 : 1);
  const message =
    `Class ${quote(classNames[counts.indexOf(most)] ?? '')} of ${quote(data.targets[0] ?? '')} has ${share} of the ${formatExact(all)} training targets of ${quote(data.csv)}: ` +
    'always predicting it is correct as often. Compare the accuracy with that, and the loss with the class frequencies.';
  const keyPath = ['data', 'targets'];
  return [{ code: 'inputScale', level: 'hint', keyPath, at: keyPath, message }];
}

/** Fewest training targets of which it is said that their classes do not repeat. */
const leastTargets = 20;

/** A target that is 0 or 1 in every row, and is predicted as a number: the two are probably classes. */
function binaryTargetFindings(
  { data, table: { inputs, targets, classNames, training } }: Context,
  requested: readonly RequestedColumn[],
): readonly DataFinding[] {
  const [column, ...others] = targets;
  const { kind, keyPath: at = ['data', 'targets'] } = requested[inputs.length] ?? {};
  // The experiment leaves open whether the target, which is no input, holds classes.
  if (kind !== 'numberOrClass' || classNames !== undefined || column === undefined || others.length > 0) return [];
  const counts = new Map<number, number>();
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    if (value !== 0 && value !== 1) return [];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size < 2 || training < leastTargets) return [];
  const keyPath = ['data', 'classes'];
  const message =
    `Target ${quote(data.targets[0] ?? '')} of ${quote(data.csv)} has only the values 0 and 1, which are predicted as numbers, with the squared error. ` +
    'If they are classes, set "classes" to true, for cross-entropy and the accuracy; if they are numbers, set it to false.';
  const fixes = [settingFix({ classes: true }), settingFix({ classes: false })];
  return [{ code: 'inputScale', level: 'hint', keyPath, at, message, fixes }];
}

/** Classes of which most occur once, as the names or numbers of rows do: a net cannot learn what it sees once. */
function unrepeatedClasses({ data }: Context, classes: number, targets: number): DataFinding {
  const keyPath = ['data', 'targets'];
  const message =
    `Target ${quote(data.targets[0] ?? '')} of ${quote(data.csv)} has ${formatExact(classes)} classes, and most of the ${formatExact(targets)} training targets have one of their own, ` +
    'as the names of rows do: they cannot be learned. Use a column whose values repeat, or one of numbers.';
  return { code: 'inputScale', level: 'warning', keyPath, at: keyPath, message };
}

function numberColumns({ inputs, targets, classNames }: ArrangedTable, requested: readonly RequestedColumn[]) {
  const columns = new Map<Float64Array, UsedColumn>();
  for (const [index, values] of [...inputs, ...(classNames === undefined ? targets : [])].entries()) {
    const column = requested[index];
    if (column === undefined || columns.has(values)) continue;
    columns.set(values, { ...column, values, isTarget: index >= inputs.length });
  }
  return [...columns.values()];
}

function moreFindings(found: readonly DataFinding[], { csv }: CsvData): DataFinding {
  const more = found.length - maxFindings + 1;
  const message = `${formatExact(more)} more columns of ${quote(csv)} have isolated values or values that are not rescaled.`;
  return { code: 'inputScale', level: 'hint', keyPath: ['data'], at: ['data', 'csv'], message };
}

/** Codes for missing values, one finding for each code, and other isolated values, one for each column. */
function isolatedFindings(columns: readonly UsedColumn[], context: Context): readonly DataFinding[] {
  const codes = new Map<number, CodeIn[]>();
  const outliers: DataFinding[] = [];
  for (const column of columns) {
    const found = isolatedValues(extremesOf(column.values));
    if (found === undefined) continue;
    for (const value of found.isolated.filter(({ isCode }) => isCode)) {
      codes.set(value.value, [...(codes.get(value.value) ?? []), { column, value, others: found.others }]);
    }
    const single = found.isolated.filter(({ isCode }) => !isCode);
    if (single.length > 0) outliers.push(outlierFinding(column, single, found.others, context));
  }
  return [...[...codes.values()].map((places) => codeFinding(places, context)), ...outliers];
}

interface CodeIn {
  readonly column: UsedColumn;
  readonly value: IsolatedValue;
  readonly others: IsolatedValues['others'];
}

function codeFinding(places: readonly CodeIn[], { data, lineOf }: Context): DataFinding {
  const [first] = places;
  if (first === undefined) throw new Error('A code is in at least one column.');
  const { column, value, others } = first;
  const code = String(value.value);
  const rows = namedList(
    value.rows.map((row) => formatExact(lineOf(row))),
    value.count,
  );
  const range = `${formatShortNumber(others.min)} to ${formatShortNumber(others.max)}`;
  const found =
    places.length === 1
      ? `Column ${quote(column.name)} of ${quote(data.csv)} is ${code} in ${formatCount(value.count, 'row')} (${rows}), and from ${range} in all others.`
      : `${quote(data.csv)} has ${code} in ${formatExact(places.length)} columns, far from all other values: ${namedList(
          places
            .slice(0, maxNamed)
            .map((place) => `${formatCount(place.value.count, 'time')} in ${quote(place.column.name)}`),
          places.length,
        )}; in ${quote(column.name)} in row ${rows}, with ${range} in all others.`;
  const list = data.missing.length === 0 ? `list it in "missing", as [${code}]` : `add it to "missing"`;
  const gaps = data.gaps === 'refuse' ? ', and set "gaps" to "skip", "mask" or "interpolate"' : '';
  const message = `${found} It looks like a code for a missing value: ${list}${gaps}.`;
  return {
    ...{ code: 'inputScale', level: 'warning', keyPath: ['data', 'missing'], at: column.keyPath, message },
    fixes: missingFixes(data, [value.value]),
    dataPlaces: placesOf(value, column, data, lineOf),
  };
}

/** The first rows of the file that have a value in a column. */
function placesOf(
  { value, rows }: IsolatedValue,
  { name }: UsedColumn,
  { csv }: CsvData,
  lineOf: Context['lineOf'],
): readonly DataPlace[] {
  const label = `${value} in column ${quote(name)}`;
  return rows.slice(0, maxNamed).map((row) => ({ path: csv, line: lineOf(row), column: 1, length: 0, label }));
}

/** Some items and how many others there are: "1, 2, 3 and 5 more". */
function namedList(items: readonly string[], total: number): string {
  return `${items.join(', ')}${total > items.length ? ` and ${formatExact(total - items.length)} more` : ''}`;
}

function outlierFinding(
  column: UsedColumn,
  values: readonly IsolatedValue[],
  { min, max }: IsolatedValues['others'],
  { data, lineOf }: Context,
): DataFinding {
  const { csv, normalize } = data;
  const { name, keyPath } = column;
  const named = values
    .slice(0, maxNamed)
    .map(({ value, rows }) => `${value} in row ${formatExact(lineOf(rows[0] ?? 0))}`);
  const scale = normalize === 'none' ? '' : ', and rescaling leaves little of the differences between the others';
  const message =
    `Column ${quote(name)} of ${quote(csv)} has ${namedList(named, values.length)}, and from ${formatShortNumber(min)} to ` +
    `${formatShortNumber(max)} in all others: the loss of such a row outweighs all others${scale}. ` +
    `If it is an error, correct it, or list it in "missing".`;
  return {
    ...{ code: 'inputScale', level: 'warning', keyPath: ['data', 'missing'], at: keyPath, message },
    fixes: missingFixes(
      data,
      values.map(({ value }) => value),
    ),
    dataPlaces: values.slice(0, maxNamed).flatMap((value) => placesOf(value, column, data, lineOf).slice(0, 1)),
  };
}

/** Sizes (root mean square) from which values that are not rescaled are too large or small for the initial weights. */
const [largeSize, smallSize] = [10, 0.01];

function unscaledFindings(columns: readonly UsedColumn[], { data, table }: Context): readonly DataFinding[] {
  if (data.normalize !== 'none') return [];
  const sizes = columns.map((column) => ({
    column,
    size: rootMeanSquare(column.values.subarray(0, table.training)),
  }));
  const off = sizes.filter(({ size }) => size > largeSize || (size > 0 && size < smallSize));
  if (off.length === 0) return [];
  const named = off.slice(0, maxNamed).map(({ column, size }) => `${quote(column.name)} (${formatNumber(size)})`);
  const columnsAre = off.length === 1 ? 'a column has a size' : 'columns have sizes';
  const message =
    `With "normalize" "none" ${columnsAre} far from 1, for which the initial weights are made: ${namedList(named, off.length)}, ` +
    'as root mean square. Set "normalize" to "standard".';
  const keyPath = ['data', 'normalize'];
  const fixes = [settingFix({ normalize: 'standard' })];
  return [{ code: 'inputScale', level: 'warning', keyPath, at: keyPath, message, fixes }];
}

function constantFindings(columns: readonly UsedColumn[], context: Context): readonly DataFinding[] {
  const { training } = context.table;
  const constant = columns.filter(({ values }) => isConstant(rangeOf(values.subarray(0, training))));
  const [inputs, targets] = [constant.filter(({ isTarget }) => !isTarget), constant.filter(({ isTarget }) => isTarget)];
  return [inputs, targets].flatMap((some) => (some.length === 0 ? [] : [constantFinding(some, context)]));
}

function constantFinding(columns: readonly UsedColumn[], { data, table, lineOf }: Context): DataFinding {
  const { training } = table;
  const [first] = columns;
  if (first === undefined) throw new Error('At least one column is constant.');
  const { min, max } = rangeOf(first.values.subarray(0, training));
  const value = min === max ? `is ${min}` : `varies by rounding only, from ${min} to ${max},`;
  const others = columns.slice(1, maxNamed).map(({ name }) => quote(name));
  const more = columns.length > 1 ? ` So are ${namedList(others, columns.length - 1)}.` : '';
  const change = first.values.findIndex(
    (one, row) => row >= training && !Number.isNaN(one) && (one < min || one > max),
  );
  const later =
    change < 0
      ? ''
      : ` It changes to ${first.values[change] ?? NaN} in row ${formatExact(lineOf(change))}, which is held out.`;
  const effect = first.isTarget
    ? 'any net learns to predict it. Use another target'
    : `it tells the net nothing${data.normalize === 'none' ? '' : ', and is shifted to 0 without rescaling'}. Leave it out of "inputs"`;
  const message = `Column ${quote(first.name)} of ${quote(data.csv)} ${value} in all ${formatCount(training, 'row')} for training: ${effect}.${later}${more}`;
  const key = first.isTarget ? 'targets' : 'inputs';
  const fix = columns.length === 1 && !first.isTarget ? leaveOut(data, first.keyPath, first.name) : undefined;
  const fixes = fix === undefined ? [] : [fix];
  return { code: 'inputScale', level: 'hint', keyPath: ['data', key], at: first.keyPath, message, fixes };
}
