import type { CsvData } from '../../../experiment/schema/schema';
import { formatExact } from '../../../text/numbers';
import { CellParser } from '../csvCell';
import type { CsvRow } from '../csvRows';
import type { RowError } from '../tableRows';

/** What a header that stands below the first row changes in the error of a row. */
type Explanation = Pick<RowError, 'advice' | 'isColumn' | 'remedies'>;

/** Rows after a text in which a number is looked for: pandas writes up to three rows of names, of columns and of the index. */
const searchedRows = 3;

/**
 * What explains a first row with a text where one of the next rows has a number: units or further names below the header, or
 * the names themselves in a table without a header.
 */
export function secondHeader(
  { column, line, isColumn }: RowError,
  written: CsvData,
  rows: Iterable<CsvRow>,
): Explanation | undefined {
  if (column === undefined || isColumn !== true) return undefined;
  const cells = new CellParser(written.decimal, written.missing);
  let searched = 0;
  for (const row of rows) {
    if (row.line <= line) continue;
    const value = cells.parse((row.cell(column.index) ?? '').trim());
    searched += 1;
    if (value === undefined || Number.isNaN(value)) {
      if (searched === searchedRows || !written.header) return undefined;
      continue;
    }
    return {
      advice: `${adviceAbove(row.line, searched, written)} If the text stands for a missing value, list it in "missing".`,
      isColumn: false,
      remedies: [],
    };
  }
  return undefined;
}

/** What to do about the rows above the first one with a number, which is the one after so many others. */
function adviceAbove(line: number, after: number, { header }: CsvData): string {
  if (!header) return 'The next row has a number: if the first row has the names of the columns, set "header" to true.';
  return after === 1
    ? 'The next row has a number: if this row has units or further names, delete it.'
    : `Row ${formatExact(line)} has a number: if the rows before it have units or further names, delete them.`;
}

/** What explains a row with the names of the columns below other rows, as in files that were joined. */
export function repeatedHeader(
  { column, line }: RowError,
  names: readonly string[],
  { header }: CsvData,
  rows: Iterable<CsvRow>,
): Explanation | undefined {
  if (column === undefined || !header) return undefined;
  for (const row of rows) {
    if (row.line < line) continue;
    if (row.line > line || names.some((name, index) => row.cell(index)?.trim() !== name)) return undefined;
    return { advice: 'The row repeats the names of the columns: delete it.', isColumn: false, remedies: [] };
  }
  return undefined;
}
