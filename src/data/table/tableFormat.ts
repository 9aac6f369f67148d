import type { KeyProblem } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { findDelimiter, separatorLine, type Delimiter } from './csvDelimiter';
import { MalformedRow, rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import { settingFix } from './tableFixes';
import type { FileText } from '../files/textFile';
import { quote, quoteAll } from '../../text/quoting';

/** How a table is written. */
export type TableFormat = Pick<CsvData, 'delimiter' | 'decimal' | 'header' | 'missing'>;

/** The delimiter of a table and what tells it; or the problem of one that can be read with several. */
export type FoundFormat =
  | {
      readonly kind: 'format';
      readonly format: CsvFormat;
      readonly delimiter: Delimiter;
      /** `key`: the experiment; `line`: the first line, `sep=;`; `rows`: the first rows. */
      readonly source: 'key' | 'line' | 'rows';
    }
  | { readonly kind: 'refused'; readonly problem: KeyProblem };

/** Finds the delimiter of a table. */
export function findFormat(
  text: FileText,
  { csv, delimiter: written, decimal }: Pick<CsvData, 'csv' | 'delimiter' | 'decimal'>,
): FoundFormat {
  const line = separatorLine(text);
  const hasSeparatorLine = line !== undefined;
  const found = (delimiter: Delimiter, source: 'key' | 'line' | 'rows'): FoundFormat => ({
    kind: 'format',
    format: { delimiter, hasSeparatorLine },
    delimiter,
    source,
  });
  if (isJson(text)) {
    const message = `${quote(csv)} is JSON, not a table of rows and cells. Convert it to CSV, such as with pandas.read_json and to_csv.`;
    return { kind: 'refused', problem: { code: 'file.format', message, keyPath: ['data', 'csv'] } };
  }
  if (written !== 'auto') return found(written, 'key');
  if (line?.delimiter !== undefined) return found(line.delimiter, 'line');
  if (line !== undefined) return { kind: 'refused', problem: unknownSeparator(csv, line.written) };
  const inRows = findDelimiter(text.pieces, decimal);
  if (inRows.kind === 'ambiguous') return { kind: 'refused', problem: ambiguousDelimiter(csv, inRows.delimiters) };
  return found(inRows.delimiter, 'rows');
}

/** Whether a text begins as a list of objects, or as one object, in JSON. */
function isJson({ pieces }: FileText): boolean {
  for (const piece of pieces()) return /^\s*\[?\s*\{\s*"/.test(piece.slice(0, 200));
  return false;
}

function unknownSeparator(path: string, written: string): KeyProblem {
  const message =
    `The first line of ${quote(path)} says that ${written === '' ? 'nothing' : quote(written)} is between its cells ("sep="). A comma, a semicolon, a tab, ` +
    'a vertical bar or blanks can be. Save the table with one of them, and delete that line.';
  return { code: 'csv.delimiter', message, keyPath: ['data', 'csv'] };
}

function ambiguousDelimiter(path: string, delimiters: readonly Delimiter[]): KeyProblem {
  const fixes = delimiters.map((delimiter) => settingFix({ delimiter }));
  const message = `${quote(path)} can be read with ${quoteAll(delimiters)} between its cells. Name one of them in "delimiter".`;
  return { code: 'csv.delimiter', message, keyPath: ['data', 'csv'], fixes };
}

/** The names of the columns: the cells of the first row, or their numbers from 1 in a table without a header. */
export function namesOf(text: FileText, format: CsvFormat, hasHeader: boolean): readonly string[] {
  return (
    firstRow(text, format, (row) =>
      Array.from({ length: row.width }, (_, index) => (hasHeader ? (row.cell(index)?.trim() ?? '') : `${index + 1}`)),
    ) ?? []
  );
}

/** The result for the first row; undefined if there is no row, or if it cannot be parsed. */
function firstRow<Result>(text: FileText, format: CsvFormat, read: (row: CsvRow) => Result): Result | undefined {
  try {
    for (const row of rowsOf(text.pieces(), format)) return read(row);
  } catch (error) {
    // It is reported when all rows are read.
    if (!(error instanceof MalformedRow)) throw error;
  }
  return undefined;
}
