import { isLikely, nearestName } from '../experiment/nearestName';
import type { KeyPath, KeyProblem } from '../experiment/problem';
import type { CsvData } from '../experiment/schema';
import { findDelimiter, looksNumeric, separatorLine, type FoundDelimiter } from './csvDelimiter';
import { maxRowLength, MalformedRow, rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import { CellParser } from './csvCell';
import { dataTooLarge } from './dataSize';
import { GapCounter, type Gaps } from './gaps';
import { RowLines } from './rowLines';
import { TimeOrder, type WrongTimeOrder } from './timeOrder';
import { columnReader, type CellError, type ColumnKind, type ColumnReader } from './tableColumns';
import { unicodeAdvice } from './nearestFile';
import type { FileText } from './textFile';
import { formatCount, formatExact } from '../text/numbers';
import { quote, quoteAll } from '../text/quoting';

/** A column that an experiment names, what its cells are, and the key that names it. */
export interface RequestedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly keyPath: KeyPath;
}

/** A column of a table. */
export interface TableColumn {
  /** (rows): NaN for a missing value. */
  readonly values: Float64Array;
  /** The names of sequences or classes, by their value, in the order of their first rows; undefined for other columns. */
  readonly names: readonly string[] | undefined;
}

/** How a table is written. */
export type TableFormat = Pick<CsvData, 'delimiter' | 'decimal' | 'header' | 'missing'>;

/** The requested columns, in their order; a column that is requested twice for the same is the same array twice. */
export type ReadTable =
  | {
      readonly kind: 'table';
      readonly rows: number;
      readonly columns: readonly TableColumn[];
      readonly gaps: Gaps;
      readonly lines: RowLines;
      /** The order in time of a table without a column of times or sequences; undefined if it is not wrong. */
      readonly wrongOrder: WrongTimeOrder | undefined;
    }
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
  maxBytes = Infinity,
): ReadTable {
  const refuse = (...problems: readonly KeyProblem[]): ReadTable => ({ kind: 'refused', problems });
  try {
    const found = formatOf(text, written);
    if (found.kind === 'ambiguous') return refuse(ambiguousDelimiter(path, found.delimiters));
    const { format } = found;
    const names = namesOf(text, format, written.header);
    const places = new TableColumns(names, written.header);
    // A wrong column that is both input and target is reported once, at the input.
    const different = differentBy(({ name }) => name, requested);
    const missing: KeyProblem[] = [];
    for (const column of different) {
      const problem = missing.length < maxMissingColumns ? places.problemWith(column, path) : undefined;
      if (problem !== undefined) missing.push(problem);
    }
    if (missing.length > 0) return refuse(...missing);
    // A row has a character and a delimiter for each requested column, so that the capacity is bounded by the file's size.
    const capacity = Math.min(text.maxLines, Math.ceil((text.length + 1) / (2 * different.length - 1)));
    const columnBytes = Float64Array.BYTES_PER_ELEMENT * capacity * different.length;
    const tooLarge = dataTooLarge(path, columnBytes, maxBytes, ['data', 'csv']);
    if (tooLarge !== undefined) return refuse(tooLarge);
    const readers = differentBy(columnKey, requested).map((request) => {
      const { name, kind } = request;
      return { request, reader: columnReader(kind, name, places.indexOf(name), capacity, written) };
    });
    const isOrdered = requested.some(({ kind }) => kind === 'time' || kind === 'sequence');
    const rows = new RowReader(
      names.length,
      readers.map(({ reader }) => reader),
      written,
      new RowLines(capacity),
      isOrdered ? undefined : new TimeOrder(names, new CellParser(written.decimal, written.missing)),
    );
    for (const row of rowsOf(text.pieces(), format)) {
      const error = rows.add(row);
      if (error === undefined) continue;
      const request = readers.find(({ reader }) => reader === error.column)?.request;
      return refuse(rowProblem(error, path, request?.keyPath));
    }
    const columns = new Map<string, TableColumn>();
    for (const { request, reader } of readers) {
      const error = reader.finish(rows.rows);
      if (error !== undefined) return refuse(columnProblem(error, path, request));
      columns.set(columnKey(request), { values: reader.values.subarray(0, rows.rows), names: reader.names });
    }
    return {
      kind: 'table',
      rows: rows.rows,
      columns: requested.flatMap((request) => columns.get(columnKey(request)) ?? []),
      gaps: rows.gaps,
      lines: rows.lines,
      wrongOrder: rows.timeOrder?.wrong,
    };
  } catch (error) {
    if (error instanceof MalformedRow) return refuse(rowProblem(malformedRowError(error), path));
    throw error;
  }
}

/** How the cells of a text are separated; several delimiters if its first rows can be read with each of them. */
export function formatOf(
  text: FileText,
  { delimiter }: Pick<TableFormat, 'delimiter'>,
): { readonly kind: 'format'; readonly format: CsvFormat } | Extract<FoundDelimiter, { kind: 'ambiguous' }> {
  const separator = separatorLine(text);
  const hasSeparatorLine = separator !== undefined;
  if (delimiter !== 'auto') return { kind: 'format', format: { delimiter, hasSeparatorLine } };
  const found = separator === undefined ? findDelimiter(text.pieces) : { kind: 'delimiter' as const, ...separator };
  return found.kind === 'ambiguous'
    ? found
    : { kind: 'format', format: { delimiter: found.delimiter, hasSeparatorLine } };
}

const columnKey = ({ name, kind }: RequestedColumn): string => `${kind} ${name}`;

/** The first one of the columns with each key. */
function differentBy(
  key: (column: RequestedColumn) => string,
  columns: readonly RequestedColumn[],
): readonly RequestedColumn[] {
  return [...new Map(columns.toReversed().map((column) => [key(column), column])).values()].toReversed();
}

function columnProblem({ found, advice }: CellError, path: string, { keyPath }: RequestedColumn): KeyProblem {
  return { code: 'csv.badRow', message: `${quote(path)} ${found}. ${advice}`, keyPath };
}

function ambiguousDelimiter(path: string, delimiters: readonly string[]): KeyProblem {
  const message = `${quote(path)} can be read with ${quoteAll(delimiters)} between its cells. Name one of them in "delimiter".`;
  return { code: 'csv.delimiter', message, keyPath: ['data', 'csv'] };
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
    if (this.names.every((cell) => looksNumeric.test(cell))) {
      const message = `${quote(path)} has no column ${quote(name)}: its first row has only numbers. Set "header" to false to use the columns "1" to "${formatExact(this.names.length)}", or add a first row with the names of the columns.`;
      return { code: 'csv.missingColumn', message, keyPath };
    }
    const same = this.names.find((known) => known.normalize() === name.normalize());
    if (same !== undefined) {
      const message = `${quote(path)} has no column ${quote(name)}: did you mean ${quote(same)}? ${unicodeAdvice}`;
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
  /** The column that is of another kind than the experiment says; undefined where the row is wrong. */
  readonly column?: ColumnReader;
}

function rowProblem({ line, found, advice }: RowError, path: string, keyPath: KeyPath = ['data', 'csv']): KeyProblem {
  const message = `${quote(path)}, row ${formatExact(line)} ${found}. ${advice}`;
  return { code: 'csv.badRow', message, keyPath };
}

/** Collects the cells of rows, after the header. */
class RowReader {
  rows = 0;
  readonly #gaps = new GapCounter();
  #isHeader: boolean;
  /** Line of the first blank line that no row has followed. */
  #blank: number | undefined;
  /** Rows of empty cells that no other row has followed: a spreadsheet may end a table with them. */
  #empty = { count: 0, line: 0 };

  constructor(
    readonly width: number,
    readonly columns: readonly ColumnReader[],
    format: TableFormat,
    readonly lines: RowLines,
    readonly timeOrder: TimeOrder | undefined,
  ) {
    this.#isHeader = format.header;
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
      return this.#addEmptyRows() ?? this.#addCells(row.line, (index) => (row.cell(index) ?? '').trim());
    }
    return undefined;
  }

  #addEmptyRows(): RowError | undefined {
    const { count, line } = this.#empty;
    this.#empty.count = 0;
    for (let row = 0; row < count; row++) {
      const error = this.#addCells(line + row, () => '');
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #addCells(line: number, cellAt: (index: number) => string): RowError | undefined {
    for (const column of this.columns) {
      const cell = cellAt(column.index);
      const outcome = column.add(this.rows, cell);
      if (typeof outcome === 'object') {
        const { found, advice, isColumn } = outcome;
        return isColumn === true ? { line, found, advice, column } : { line, found, advice };
      }
      if (outcome === 'missing') this.#gaps.add(line, column.name, cell);
    }
    this.timeOrder?.add(line, cellAt);
    this.lines.add(this.rows, line);
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
        found: `has more than ${formatExact(maxRowLength)} characters`,
        advice: 'Look for a quote that is never closed, or write fewer columns.',
      };
    default:
      return kind satisfies never;
  }
}
