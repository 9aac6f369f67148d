import { MalformedRow, rowsOf, type CsvFormat } from './csvRows';
import { delimiters, looksNumeric } from './csvDelimiter';
import type { FileText } from '../files/textFile';

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

function lineIn(name: string, text: FileText, format: CsvFormat): number | undefined {
  let [rows, firstLine] = [0, 0];
  try {
    for (const row of rowsOf(text.pieces(), format)) {
      firstLine ||= row.line;
      const cells = Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
      const isHeader = cells.includes(name) && !cells.some((cell) => looksNumeric.test(cell));
      if (isHeader && row.line > firstLine) return row.line;
      if (++rows >= searchedRows) return undefined;
    }
  } catch (error) {
    // Where a row cannot be parsed, no table follows.
    if (!(error instanceof MalformedRow)) throw error;
  }
  return undefined;
}
