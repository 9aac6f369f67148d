import { isLikely, nearestName } from '../experiment/nearestName';
import type { KeyPath, KeyProblem } from '../experiment/problem';
import type { CsvData } from '../experiment/schema';
import { CellParser } from './csvCell';
import { findDelimiter } from './csvDelimiter';
import { longestRow, MalformedRow, maxRows, rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import { GapCounter, type Gaps } from './gaps';
import type { FileText } from './textFile';
import { formatCount, formatExact } from '../text/numbers';
import { quote, quoteAll } from '../text/quoting';

/** A column that an experiment names, and the key that names it. */
export interface RequestedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
}

/** How a table is written. */
export type TableFormat = Pick<CsvData, 'delimiter' | 'decimal' | 'header' | 'missing'>;

/**
 * The numbers of the requested columns, in their order; a column that is requested twice is the same array twice. A missing
 * value is NaN.
 */
export type ReadTable =
  | { readonly kind: 'table'; readonly rows: number; readonly columns: readonly Float64Array[]; readonly gaps: Gaps }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

/** Missing columns that are reported: a list of a thousand wrong names is one mistake. */
const maxMissingColumns = 10;

/**
 * Reads numeric columns of a CSV text. Rows are numbered by their line in the file, from 1. The first row with another
 * number of cells than the first one, or with a requested cell that is neither a number nor a missing value, is a problem.
 */
export function readTable(
  text: FileText,
  path: string,
  requested: readonly RequestedColumn[],
  written: TableFormat,
): ReadTable {
  const refuse = (...problems: readonly KeyProblem[]): ReadTable => ({ kind: 'refused', problems });
  try {
    let { delimiter } = written;
    if (delimiter === 'auto') {
      const found = findDelimiter(text.pieces);
      if (found.kind === 'ambiguous') return refuse(ambiguousDelimiter(path, found.delimiters));
      ({ delimiter } = found);
    }
    const format: CsvFormat = { delimiter };
    const names = namesOf(text, format, written.header);
    const places = new TableColumns(names, written.header);
    // A wrong column that is both input and target is reported once, at the input.
    const different = [...new Map(requested.toReversed().map((column) => [column.name, column])).values()].toReversed();
    const missing: KeyProblem[] = [];
    for (const column of different) {
      const problem = missing.length < maxMissingColumns ? places.problemWith(column, path) : undefined;
      if (problem !== undefined) missing.push(problem);
    }
    if (missing.length > 0) return refuse(...missing);
    // A row has a character and a delimiter for each requested column, so that the capacity is bounded by the file's size.
    const capacity = Math.min(maxRows(text.pieces()), Math.ceil((text.length + 1) / (2 * different.length - 1)));
    const reader = new RowReader(
      names.length,
      different.map(({ name }) => ({ name, index: places.indexOf(name) })),
      capacity,
      written,
    );
    for (const row of rowsOf(text.pieces(), format)) {
      const error = reader.add(row);
      if (error !== undefined) return refuse(rowProblem(error, path));
    }
    const columns = reader.columns();
    return {
      kind: 'table',
      rows: reader.rows,
      columns: requested.flatMap(({ name }) => columns.get(name) ?? []),
      gaps: reader.gaps,
    };
  } catch (error) {
    if (error instanceof MalformedRow) return refuse(rowProblem(malformedRowError(error), path));
    throw error;
  }
}

function ambiguousDelimiter(path: string, delimiters: readonly string[]): KeyProblem {
  const message = `${quote(path)} can be read with ${quoteAll(delimiters)} between its cells. Name one of them in "delimiter".`;
  return { code: 'csv.delimiter', message, keyPath: ['data', 'csv'] };
}

/** The names of the columns: the cells of the first row, or their numbers from 1 in a table without a header. */
function namesOf(text: FileText, format: CsvFormat, hasHeader: boolean): readonly string[] {
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

/** The columns of a table, by name. */
class TableColumns {
  readonly #places = new Map<string, { readonly index: number; count: number }>();

  constructor(
    readonly names: readonly string[],
    readonly hasHeader: boolean,
  ) {
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
    if (!this.hasHeader) {
      const message = `${quote(path)} has no column ${quote(name)}: without a header its columns are "1" to "${formatExact(this.names.length)}".`;
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

/** Collects the numbers of rows, after the header. */
class RowReader {
  rows = 0;
  readonly #columns: readonly { readonly name: string; readonly index: number; readonly numbers: Float64Array }[];
  readonly #cells: CellParser;
  readonly #gaps = new GapCounter();
  #isHeader: boolean;
  /** Line of the first blank line that no row has followed. */
  #blank: number | undefined;
  /** Rows of empty cells that no other row has followed: a spreadsheet may end a table with them. */
  #empty = { count: 0, line: 0 };

  constructor(
    readonly width: number,
    requested: readonly { readonly name: string; readonly index: number }[],
    /** Maximum number of rows; the system provides memory only for what is written. */
    capacity: number,
    format: TableFormat,
  ) {
    this.#columns = requested.map(({ name, index }) => ({ name, index, numbers: new Float64Array(capacity) }));
    this.#cells = new CellParser(format.decimal, format.missing);
    this.#isHeader = format.header;
  }

  /** The numbers read so far, by column; NaN for a missing value. */
  columns(): ReadonlyMap<string, Float64Array> {
    return new Map(this.#columns.map(({ name, numbers }) => [name, numbers.subarray(0, this.rows)]));
  }

  get gaps(): Gaps {
    return this.#gaps.gaps;
  }

  add(row: CsvRow): RowError | undefined {
    if (this.#isHeader) {
      this.#isHeader = false;
    } else if (row.width === 1 && row.cell(0) === '') {
      // A file may end with blank lines, but nothing may follow them.
      this.#blank ??= row.line;
    } else if (this.#blank !== undefined) {
      return { line: this.#blank, found: 'is blank', advice: 'Delete the line, or fill it in.' };
    } else if (row.width !== this.width) {
      const found = `has ${formatCount(row.width, 'cell')}, but the first row has ${formatExact(this.width)}`;
      return { line: row.line, found, advice: 'Give every row the same number of cells.' };
    } else if (isEmpty(row)) {
      if (this.#empty.count === 0) this.#empty.line = row.line;
      this.#empty.count += 1;
    } else {
      this.#addEmptyRows();
      return this.#addCells(row);
    }
    return undefined;
  }

  #addEmptyRows(): void {
    for (let row = 0; row < this.#empty.count; row++) {
      for (const { name, numbers } of this.#columns) {
        numbers[this.rows] = NaN;
        this.#gaps.add(this.#empty.line + row, name, '');
      }
      this.rows += 1;
    }
    this.#empty.count = 0;
  }

  #addCells(row: CsvRow): RowError | undefined {
    const { line } = row;
    for (const { name, index, numbers } of this.#columns) {
      const cell = (row.cell(index) ?? '').trim();
      const value = this.#cells.parse(cell);
      if (value === undefined) {
        const found = `has ${quote(cell)} in column ${quote(name)}, which is not a number`;
        return { line, found, advice: this.#cells.advice(cell) };
      }
      if (Math.abs(Math.fround(value)) === Infinity) {
        const found = `has ${quote(cell)} in column ${quote(name)}, which is beyond single precision (about ±3.4e38)`;
        return {
          line,
          found,
          advice: 'If it stands for a missing value, list it in "missing"; otherwise rescale the column.',
        };
      }
      if (Number.isNaN(value)) this.#gaps.add(line, name, cell);
      numbers[this.rows] = value;
    }
    this.rows += 1;
    return undefined;
  }
}

function isEmpty(row: CsvRow): boolean {
  for (let index = 0; index < row.width; index++) if (row.cell(index)?.trim() !== '') return false;
  return true;
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
