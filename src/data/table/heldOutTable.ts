import type { CsvData } from '../../experiment/schema/schema';
import { CellParser } from './csvCell';
import { rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import type { FileContent } from '../files/fileContent';
import { findFormat, namesOf } from './tableFormat';
import { isBlankLine } from './tableRows';
import type { HeldOutPart, Source } from '../sourceContract';
import { decodeText, type FileText } from '../files/textFile';

/** The held-out rows of a table as they are in its file, the lead-in included. */
export interface HeldOutTable {
  /** (rows) the line of each row in the file, from 1. */
  readonly lines: Int32Array;
  /** (rows) the text of the time column; undefined without one. */
  readonly times: readonly string[] | undefined;
  /** The first place and the name of each held-out sequence, in ascending order; no name without a column of sequences. */
  readonly sequences: readonly { readonly place: number; readonly name: string | undefined }[];
  /** (targets)(rows) the target columns: numbers as they are written, or indices of classes; NaN for a missing value. */
  readonly targets: readonly Float64Array[];
  /** (targets) the last known value before the first of these rows; NaN where there is none. */
  readonly before: readonly number[];
}

/**
 * Reads the held-out rows of a table from its file. They are read when they are shown, because training needs
 * neither their times nor their unscaled numbers.
 *
 * @param source the opened table
 * @throws Error if it is another file
 */
export function readHeldOutTable(
  content: FileContent,
  data: CsvData,
  { outputNames, targetKind }: Pick<Source, 'outputNames' | 'targetKind'>,
  { fileRows, starts, earlier }: HeldOutPart,
): HeldOutTable {
  const { text, format } = openText(content, data);
  const names = namesOf(text, format, data.header);
  const rows = fileRows.length;
  const earlierRows = Int32Array.from(new Set(earlier.filter((row) => row >= 0))).sort();
  const lead = earlierRows.length;
  const all = new Int32Array(lead + rows);
  all.set(earlierRows);
  all.set(fileRows, lead);
  const cells = new CellParser(data.decimal, data.missing);
  const classes = targetKind === 'classes' ? new Map(outputNames.map((name, index) => [name, index])) : undefined;
  const columns = data.targets.map((name) => ({ index: names.indexOf(name), values: new Float64Array(all.length) }));
  const timeIndex = data.time === undefined ? -1 : names.indexOf(data.time);
  const sequenceIndex = data.sequence === undefined ? -1 : names.indexOf(data.sequence);
  const times: string[] | undefined = timeIndex < 0 ? undefined : new Array<string>(rows).fill('');
  const lines = new Int32Array(rows);
  const sequenceNames = new Map<number, string>();
  const begins = new Set(starts);
  // A part of a piece of the file would keep the whole piece in memory.
  const own = (cell: string): string => structuredClone(cell);
  for (const { place: at, line, cellAt } of placedRows(text, format, data.header, all, names.length)) {
    for (const { index, values } of columns) {
      const cell = cellAt(index);
      const number = cells.parse(cell);
      const isMissing = number !== undefined && Number.isNaN(number);
      values[at] = classes === undefined ? (number ?? NaN) : isMissing ? NaN : (classes.get(cell) ?? NaN);
    }
    const place = at - lead;
    if (place < 0) continue;
    lines[place] = line;
    if (times !== undefined) times[place] = own(cellAt(timeIndex));
    if (sequenceIndex >= 0 && begins.has(place)) sequenceNames.set(place, own(cellAt(sequenceIndex)));
  }
  return {
    lines,
    times,
    sequences: Array.from(starts, (place) => ({ place, name: sequenceNames.get(place) })),
    targets: columns.map(({ values }) => values.subarray(lead)),
    before: columns.map(({ values }, target) => values[earlierRows.indexOf(earlier[target] ?? -1)] ?? NaN),
  };
}

function openText(content: FileContent, data: CsvData): { readonly text: FileText; readonly format: CsvFormat } {
  const decoded = decodeText(content, data.csv, ['data', 'csv']);
  const found = decoded.kind === 'text' ? findFormat(decoded.text, data) : undefined;
  if (decoded.kind !== 'text' || found?.kind !== 'format') throw new Error(`"${data.csv}" can't be read again.`);
  return { text: decoded.text, format: found.format };
}

/** A row of a file that has a place; its cells are valid until the next one is read. */
interface PlacedRow {
  readonly place: number;
  readonly line: number;
  /** Without leading and trailing white space. */
  readonly cellAt: (index: number) => string;
}

/** The rows of a file that have a place, in the order of the file. */
function* placedRows(
  text: FileText,
  format: CsvFormat,
  hasHeader: boolean,
  fileRows: Int32Array,
  width: number,
): Generator<PlacedRow> {
  const order = Int32Array.from(fileRows.keys());
  // Most tables are in the order of the file.
  const isInOrder = fileRows.every((row, place) => place === 0 || row > (fileRows[place - 1] ?? row));
  if (!isInOrder) order.sort((a, b) => (fileRows[a] ?? 0) - (fileRows[b] ?? 0));
  let next = 0;
  let fileRow = hasHeader ? -1 : 0;
  for (const row of rowsOf(text.pieces(), format)) {
    // A valid table ends with its blank lines. Rows of empty cells count, as other rows may follow them.
    if (fileRow >= 0 && isBlankLine(row, width)) return;
    const place = order[next];
    if (place === undefined) return;
    if (fileRows[place] === fileRow) {
      next += 1;
      yield placedRow(place, row);
    }
    fileRow += 1;
  }
}

function placedRow(place: number, row: CsvRow): PlacedRow {
  return { place, line: row.line, cellAt: (index) => (row.cell(index) ?? '').trim() };
}
