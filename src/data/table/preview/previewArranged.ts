import type { KeyProblem } from '../../../experiment/problems/problem';
import type { CsvData } from '../../../experiment/schema/schema';
import { cutWindows, type ArrangedTable } from '../arrangedTable';
import { formatFacts, formatLabeledLines, gapEffects, namedBy, scalingEffects, type LabeledLine } from './previewFacts';
import { rowsAt, type WrittenRow } from './previewRows';
import { previewColumns, scaleNames, type PreviewColumn } from './previewColumns';
import { namesOf, type FoundFormat } from '../tableFormat';
import { withoutWindow } from '../tableProblems';
import type { FileText } from '../../files/textFile';
import { formatCount, formatExact, formatShortNumber } from '../../../text/numbers';
import { singleLine } from '../../../text/plainText';
import { quote, quoteAll } from '../../../text/quoting';
import { formatTextTable } from '../../../text/textTable';

/** Rows, and further rows with missing values, that are shown. */
const [maxShownRows, maxGapRows] = [20, 5];

/** A table that can be read as its experiment says. */
export interface ArrangedPreview {
  readonly data: CsvData;
  readonly text: FileText;
  readonly found: Extract<FoundFormat, { kind: 'format' }>;
  /** Its columns are rescaled in place. */
  readonly table: ArrangedTable;
}

/** The parts of a preview of a table that can be read, and why it still cannot be trained on. */
export function arrangedParts({ data, text, found, table }: ArrangedPreview): {
  readonly parts: readonly string[];
  readonly problem: KeyProblem | undefined;
} {
  const names = namesOf(text, found.format, data.header);
  const first = Array.from({ length: Math.min(maxShownRows, table.rows) }, (_, place) => place);
  const further = placesWithGaps(table);
  const places = [...first, ...further, Math.max(0, table.rows - 1)];
  const columns = previewColumns(data, table, places);
  const { windows, scaling } = cutWindows(data, table);
  const rescalings = new Map([
    ...table.inputs.map((values, index) => [values, scaling.inputs[index]] as const),
    ...table.targets.map((values, index) => [values, scaling.targets[index]] as const),
  ]);
  const indices = new Set(places.map((place) => fileRow(table, place)));
  const written = rowsAt(text, found.format, data.header, indices, names.length);
  const at = (place: number): WrittenRow | undefined => written.get(fileRow(table, place));
  const keys = [data.time, data.sequence].filter((name) => name !== undefined);
  const cellAt = (place: number, name: string): string => cellOf(at(place), names, name);
  const rowAt = (place: number): readonly string[] => [
    formatExact(at(place)?.line ?? 0),
    place < table.training ? 'training' : 'held out',
    ...keys.map((name) => singleLine(cellAt(place, name))),
    ...columns.map((column) => column.formatCell(cellAt(place, column.name), place, windows.table.inputs)),
  ];
  const header = ['line', 'part', ...[...keys, ...columns.map(({ name }) => name)].map(singleLine)];
  const show = (shown: readonly number[]): string => formatTextTable([header, ...shown.map(rowAt)]);
  const order = table.order.rows === undefined ? '' : ', in the order in which they are used';
  const parts = [
    formatLabeledLines([
      ...formatFacts(data, found, names.length),
      ...usedFacts(data, table, cellAt),
      ['windows', `${formatCount(windows.count, 'window')} for training, ${describeWindow(data)}`],
    ]),
    formatColumns(data, columns, names, (column) => rescalings.get(column)),
    `First ${formatCount(first.length, 'row')}${order} (value in the file → what the net reads)\n\n${show(first)}`,
    ...(further.length === 0 ? [] : [`First missing values after them\n\n${show(further)}`]),
  ];
  return { parts, problem: windows.count === 0 ? withoutWindow(data) : undefined };
}

const fileRow = ({ order }: ArrangedTable, place: number): number => order.rows?.[place] ?? place;

const cellOf = (row: WrittenRow | undefined, names: readonly string[], name: string): string =>
  row?.cells[names.indexOf(name)] ?? '';

/** The first places, after the rows that are shown anyway, at which a used column has no value. */
function placesWithGaps({ inputs, targets, rows, gaps }: ArrangedTable): readonly number[] {
  const columns = gaps.rows === 0 ? [] : [...inputs, ...targets];
  const found: number[] = [];
  // Those in the first rows are shown with them.
  for (let place = maxShownRows; place < rows && found.length < maxGapRows; place++) {
    if (columns.some((column) => Number.isNaN(column[place] ?? NaN))) found.push(place);
  }
  return found;
}

function usedFacts(
  data: CsvData,
  { rows, training, gaps, order, times, classNames }: ArrangedTable,
  cellAt: (place: number, name: string) => string,
): readonly LabeledLine[] {
  const lines: LabeledLine[] = [];
  if (gaps.rows > 0) {
    const where = `${formatCount(gaps.cells, 'missing value')} in ${formatCount(gaps.rows, 'row')}`;
    lines.push(['gaps', `${where}; "${data.gaps}": ${gapEffects[data.gaps]}`]);
  } else lines.push(['gaps', 'no missing values in the columns that are used']);
  if (data.time !== undefined && times !== undefined) {
    const range = data.sequence === undefined ? `, ${cellAt(0, data.time)} to ${cellAt(rows - 1, data.time)}` : '';
    const sorted = times.isSorted ? 'the rows are sorted by it' : 'the rows are in its order';
    const counts = `${formatExact(times.repeated)} repeated, ${formatExact(times.missing)} missing`;
    lines.push(['time', `${namedBy(data.time, 'time')}${range}; ${sorted}; ${counts}`]);
  }
  if (data.sequence !== undefined) {
    const count = order.starts.length - 1;
    const parts = `${formatExact(order.training)} for training, ${formatExact(count - order.training)} held out`;
    lines.push(['sequences', `${formatCount(count, 'sequence')} of ${namedBy(data.sequence, 'sequence')}; ${parts}`]);
  }
  if (classNames !== undefined) {
    lines.push([
      'classes',
      `${formatExact(classNames.length)} classes of ${quote(data.targets[0] ?? '')}: ${quoteAll(classNames)}`,
    ]);
  }
  lines.push([
    'rows',
    `${formatCount(rows, 'row')}: ${formatExact(training)} for training, ${formatExact(rows - training)} held out ("validation" ${formatShortNumber(data.validation)})`,
  ]);
  lines.push(['scaling', `"${data.normalize}": ${scalingEffects[data.normalize]}`]);
  return lines;
}

function describeWindow({ length, horizon, targetAt }: CsvData): string {
  const rows = length === undefined ? 'each a whole sequence' : `each of ${formatCount(length, 'row')}`;
  const target = horizon === 0 ? 'in the same row' : `${formatCount(horizon, 'row')} later`;
  return `${rows}; the target of ${targetAt === 'last' ? 'the last' : 'each'} step is ${target}`;
}

function formatColumns(
  data: CsvData,
  columns: readonly PreviewColumn[],
  names: readonly string[],
  rescalingOf: (column: Float64Array) => { readonly shift: number; readonly scale: number } | undefined,
): string {
  const header = ['column', 'used as', 'lowest', 'highest', 'missing', ...scaleNames(data.normalize)];
  const rows = columns.map(({ name, roles, values, range, missing, areClasses }) => {
    const rescaling = rescalingOf(values);
    const scale =
      data.normalize === 'none'
        ? []
        : rescaling === undefined
          ? ['', '']
          : [rescaling.shift, rescaling.scale].map(formatShortNumber);
    const ends = areClasses ? ['classes', ''] : [range.min, range.max].map(formatShortNumber);
    return [singleLine(name), roles.join(', '), ...ends, formatExact(missing), ...scale];
  });
  const used = new Set([...data.inputs, ...data.targets, data.time, data.sequence]);
  const unused = names.filter((name) => !used.has(name));
  const end = unused.length === 0 ? '' : `\n\nNot used: ${singleLine(quoteAll(unused))}`;
  const more = new Set([...data.inputs, ...data.targets]).size - columns.length;
  const note = more > 0 ? `\n\nand ${formatCount(more, 'more column')}` : '';
  return `Columns that are used\n\n${formatTextTable([header, ...rows], new Set([2, 3, 4, 5, 6]))}${note}${end}`;
}
