import { MalformedRow, rowsOf, type CsvFormat, type CsvRow } from '../csvRows';
import { delimiters, looksNumeric } from '../csvDelimiter';
import type { FileText } from '../../files/textFile';

/** Rows in which a header is looked for, below comments or a title. */
const searchedRows = 50;

/**
 * The line of a row below the first one that looks like the header of a table: a cell of it has the name of a column, and
 * none is a number. Undefined if there is none.
 */
export function lineOfHeader(name: string, text: FileText, format: CsvFormat): number | undefined {
  for (const delimiter of delimiters) {
    const line = lineIn(name, text, { ...format, delimiter });
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Where the rows of a table begin, and how many cells each has. */
export interface FirstRowOfTable {
  readonly line: number;
  readonly width: number;
}

/** Rows above a table without a header, at most. */
const mostRowsAbove = 10;
/** Rows with equally many cells that make a table. */
const leastRows = 5;

/**
 * The first row of a table without a header below rows with another number of cells: all the searched rows after it have as
 * many cells as it, at least two. Undefined if there is none.
 */
export function firstRowOfTable(text: FileText, format: CsvFormat): FirstRowOfTable | undefined {
  for (const delimiter of delimiters) {
    const rows = widthsIn(text, { ...format, delimiter });
    const width = rows.at(-1)?.width ?? 0;
    const above = rows.findLastIndex((row) => row.width !== width);
    const first = rows[above + 1];
    if (width < 2 || above < 0 || above >= mostRowsAbove || rows.length - above <= leastRows) continue;
    return first;
  }
  return undefined;
}

function widthsIn(text: FileText, format: CsvFormat): readonly FirstRowOfTable[] {
  const found: FirstRowOfTable[] = [];
  for (const row of readableRows(text, format)) {
    // A blank line, also the one after the last line end.
    if (row.width === 1 && row.cell(0)?.trim() === '') continue;
    found.push({ line: row.line, width: row.width });
    if (found.length >= searchedRows) break;
  }
  return found;
}

function lineIn(name: string, text: FileText, format: CsvFormat): number | undefined {
  let [rows, firstLine] = [0, 0];
  for (const row of readableRows(text, format)) {
    firstLine ||= row.line;
    const cells = Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
    const isHeader = cells.includes(name) && !cells.some((cell) => looksNumeric.test(cell));
    if (isHeader && row.line > firstLine) return row.line;
    if (++rows >= searchedRows) return undefined;
  }
  return undefined;
}

/** The rows before the first one that cannot be parsed: after it no table follows. */
function* readableRows(text: FileText, format: CsvFormat): Generator<CsvRow, undefined> {
  try {
    yield* rowsOf(text.pieces(), format);
  } catch (error) {
    if (!(error instanceof MalformedRow)) throw error;
  }
}
