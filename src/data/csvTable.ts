import { isLikely, nearestName } from '../experiment/nearestName';
import type { KeyPath, KeyProblem } from '../experiment/problem';
import { lineEndOf, longestRow, MalformedRow, maxRows, rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import type { FileText } from './textFile';
import { formatCount, formatExact } from '../text/numbers';
import { quote, quoteAll } from '../text/quoting';

/** A column that an experiment names, and the key that names it. */
export interface RequestedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
}

/** The numbers of the requested columns, in their order; a column that is requested twice is the same array twice. */
export type ReadTable =
  | { readonly kind: 'table'; readonly rows: number; readonly columns: readonly Float64Array[] }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

const delimiters = [',', ';', '\t', '|'];
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const decimalComma = /^[+-]?\d+,\d+$/;

/** Missing columns that are reported: a list of a thousand wrong names is one mistake. */
const maxMissingColumns = 10;

/**
 * Reads numeric columns of a CSV text with a header. Rows are numbered by their line in the file; the header is row 1.
 * The first row with another number of cells, or with a requested cell that is empty or not a number, is a problem.
 */
export function readTable(text: FileText, path: string, requested: readonly RequestedColumn[]): ReadTable {
  const refuse = (...problems: readonly KeyProblem[]): ReadTable => ({ kind: 'refused', problems });
  try {
    const lineEnd = lineEndOf(text.pieces());
    const format: CsvFormat = { lineEnd, delimiter: delimiterOf(text, lineEnd) };
    const names = headerOf(text, format);
    const places = new HeaderColumns(names);
    // A wrong column that is both input and target is reported once, at the input.
    const different = [...new Map(requested.toReversed().map((column) => [column.name, column])).values()].toReversed();
    const missing: KeyProblem[] = [];
    for (const column of different) {
      const problem = missing.length < maxMissingColumns ? places.problemWith(column, path) : undefined;
      if (problem !== undefined) missing.push(problem);
    }
    if (missing.length > 0) return refuse(...missing);
    // A row has a character and a delimiter for each requested column, so that the capacity is bounded by the file's size.
    const capacity = Math.min(maxRows(text.pieces(), format), Math.ceil(text.length / (2 * different.length)));
    const reader = new RowReader(
      names.length,
      different.map(({ name }) => ({ name, index: places.indexOf(name) })),
      capacity,
    );
    for (const row of rowsOf(text.pieces(), format)) {
      const error = reader.add(row);
      if (error !== undefined) return refuse(rowProblem(error, path));
    }
    const columns = reader.columns();
    return { kind: 'table', rows: reader.rows, columns: requested.flatMap(({ name }) => columns.get(name) ?? []) };
  } catch (error) {
    if (error instanceof MalformedRow) return refuse(rowProblem(malformedRowError(error), path));
    throw error;
  }
}

/** The delimiter that splits the header into most cells: comma, semicolon, tab or bar. */
function delimiterOf(text: FileText, lineEnd: CsvFormat['lineEnd']): string {
  const widths = delimiters.map((delimiter) => firstRow(text, { delimiter, lineEnd }, (row) => row.width) ?? 0);
  return delimiters[widths.indexOf(Math.max(...widths))] ?? ',';
}

function headerOf(text: FileText, format: CsvFormat): readonly string[] {
  const names = (row: CsvRow): readonly string[] =>
    Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
  return firstRow(text, format, names) ?? [];
}

/** The result for the first row; undefined if there is no row, or if it cannot be parsed. */
function firstRow<Result>(text: FileText, format: CsvFormat, read: (row: CsvRow) => Result): Result | undefined {
  try {
    for (const row of rowsOf(text.pieces(), format)) return read(row);
  } catch (error) {
    // It is reported when all rows are read, with the chosen delimiter.
    if (!(error instanceof MalformedRow)) throw error;
  }
  return undefined;
}

/** The columns of a header, by name. */
class HeaderColumns {
  readonly #places = new Map<string, { readonly index: number; count: number }>();

  constructor(readonly names: readonly string[]) {
    for (const [index, name] of names.entries()) {
      const place = this.#places.get(name);
      if (place === undefined) this.#places.set(name, { index, count: 1 });
      else place.count += 1;
    }
  }

  /** Index of the first column of a name; -1 if there is none. */
  indexOf(name: string): number {
    return this.#places.get(name)?.index ?? -1;
  }

  /** The problem of a requested column that is missing or ambiguous. */
  problemWith({ name, keyPath }: RequestedColumn, path: string): KeyProblem | undefined {
    const found = this.#places.get(name)?.count ?? 0;
    if (found === 1) return undefined;
    if (found > 1) {
      const message = `${quote(path)} has ${found} columns named ${quote(name)}: rename all but one.`;
      return { code: 'csv.ambiguousColumn', message, keyPath };
    }
    if (this.names.length === 0) {
      const message = `${quote(path)} has no column ${quote(name)}: its first row is too long or missing. Write the names of the columns there.`;
      return { code: 'csv.missingColumn', message, keyPath };
    }
    const nearest = nearestName(name, this.names);
    const meant = isLikely(name, nearest) ? `did you mean ${quote(nearest)}? The` : 'the';
    const message = `${quote(path)} has no column ${quote(name)}: ${meant} columns are ${quoteAll(this.names)}.`;
    return { code: 'csv.missingColumn', message, keyPath };
  }
}

/** What is wrong with a row, and advice. */
interface RowError {
  readonly line: number;
  readonly found: string;
  readonly advice: string;
}

function rowProblem({ line, found, advice }: RowError, path: string): KeyProblem {
  const message = `${quote(path)}, row ${formatExact(line)} ${found}. ${advice}`;
  return { code: 'csv.badRow', message, keyPath: ['data', 'csv'] };
}

/** Collects the numbers of rows, the header first. */
class RowReader {
  rows = 0;
  readonly #columns: readonly { readonly name: string; readonly index: number; readonly numbers: Float64Array }[];
  #isHeader = true;
  #blank: number | undefined;

  constructor(
    readonly width: number,
    requested: readonly { readonly name: string; readonly index: number }[],
    /** Maximum number of rows; the system provides memory only for what is written. */
    capacity: number,
  ) {
    this.#columns = requested.map(({ name, index }) => ({ name, index, numbers: new Float64Array(capacity) }));
  }

  /** The numbers read so far, by column. */
  columns(): ReadonlyMap<string, Float64Array> {
    return new Map(this.#columns.map(({ name, numbers }) => [name, numbers.subarray(0, this.rows)]));
  }

  add(row: CsvRow): RowError | undefined {
    if (this.#isHeader) {
      this.#isHeader = false;
    } else if (row.width === 1 && row.cell(0) === '') {
      // A file may end with blank lines, but nothing may follow them.
      this.#blank ??= row.line;
    } else if (this.#blank === undefined) {
      return this.#addCells(row);
    } else {
      return { line: this.#blank, found: 'is blank', advice: 'Delete the line, or fill it in.' };
    }
    return undefined;
  }

  #addCells(row: CsvRow): RowError | undefined {
    const { line } = row;
    if (row.width !== this.width) {
      const found = `has ${formatCount(row.width, 'cell')}, but the header has ${formatExact(this.width)}`;
      return { line, found, advice: 'Give every row as many cells as the header.' };
    }
    for (const { name, index, numbers } of this.#columns) {
      const cell = (row.cell(index) ?? '').trim();
      const value = Number(cell);
      if (!number.test(cell)) return { line, ...cellError(name, cell) };
      if (!Number.isFinite(Math.fround(value))) return { line, ...tooLargeError(name, cell) };
      numbers[this.rows] = value;
    }
    this.rows += 1;
    return undefined;
  }
}

function cellError(column: string, cell: string): Omit<RowError, 'line'> {
  if (cell === '')
    return { found: `has an empty cell in column ${quote(column)}`, advice: 'Write a number, or delete the row.' };
  return {
    found: `has ${quote(cell)} in column ${quote(column)}, which is not a number`,
    advice: decimalComma.test(cell)
      ? 'Write a decimal point instead of the comma.'
      : 'Write a number, or delete the row.',
  };
}

function tooLargeError(column: string, cell: string): Omit<RowError, 'line'> {
  return {
    found: `has ${quote(cell)} in column ${quote(column)}, which is beyond single precision (about ±3.4e38)`,
    advice: 'If it stands for a missing value, delete the row; otherwise rescale the column.',
  };
}

function malformedRowError({ line, kind }: MalformedRow): RowError {
  switch (kind) {
    case 'trailingQuote':
      return {
        line,
        found: 'cannot be parsed (text after the closing quote of a cell)',
        advice: 'Fix its quotes.',
      };
    case 'openQuote':
      return { line, found: 'cannot be parsed (a quoted cell is not terminated)', advice: 'Fix its quotes.' };
    case 'tooLong':
      return {
        line,
        found: `has more than ${formatExact(longestRow)} characters`,
        advice: 'Look for a quote that is never closed, or write fewer columns.',
      };
    default:
      return kind satisfies never;
  }
}
