import type { KeyProblem } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { maxRowLength, type CellPlace, type CsvRow, type MalformedRow } from './csvRows';
import { looksNumeric } from './csvDelimiter';
import { GapCounter, type Gaps } from './gaps';
import { LineRuns, type RowLines } from './rowLines';
import type { ColumnReader } from './cellReader';
import { columnFixes, type Remedy } from './tableFixes';
import type { TableFormat } from './tableFormat';
import type { NamedColumn } from './tableNames';
import type { TimeOrder } from './time/timeOrder';
import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** What is wrong with a row, and advice. */
export interface RowError {
  readonly line: number;
  readonly found: string;
  readonly advice: string;
  /** The column with the wrong cell; undefined where the row is wrong. */
  readonly column?: ColumnReader;
  /** Whether the column is of another kind than the experiment says, so that its key is the place to correct. */
  readonly isColumn?: boolean;
  readonly remedies?: readonly Remedy[];
  /** The wrong cell in the file; undefined where the row is wrong. */
  readonly place?: CellPlace;
}

/** The problem of a row, at the table or at the column that is of another kind; and its place in the table. */
export function rowProblem(
  { line, found, advice, isColumn, remedies = [], place = { line, column: 1, length: 0 } }: RowError,
  data: CsvData,
  delimiter = ',',
  request?: NamedColumn,
): KeyProblem {
  const message = `${quote(data.csv)}, row ${formatExact(line)} ${found}. ${advice}`;
  const fixes = request === undefined ? [] : columnFixes(data, request.keyPath, request.name, remedies, delimiter);
  const keyPath = isColumn === true && request !== undefined ? request.keyPath : ['data', 'csv'];
  const dataPlaces = [{ ...place, path: data.csv, label: `Row ${formatExact(line)} ${found}` }];
  return { code: 'csv.badRow', message, keyPath, fixes, dataPlaces };
}

/** Collects the cells of rows, after the header. */
export class RowReader {
  rows = 0;
  readonly #gaps = new GapCounter();
  #isHeader: boolean;
  /** Line of the first blank line that no row has followed. */
  #blank: number | undefined;
  /** Rows of empty cells that no other row has followed: a spreadsheet may end a table with them. */
  readonly #empty = new LineRuns();

  constructor(
    readonly width: number,
    readonly columns: readonly ColumnReader[],
    format: TableFormat,
    readonly lines: RowLines,
    readonly timeOrder: TimeOrder | undefined,
    readonly delimiter: string,
  ) {
    this.#isHeader = format.header;
  }

  get gaps(): Gaps {
    return this.#gaps.gaps;
  }

  add(row: CsvRow): RowError | undefined {
    if (this.#isHeader) {
      this.#isHeader = false;
    } else if (isBlankLine(row, this.width)) {
      // A file may end with blank lines, but nothing may follow them.
      this.#blank ??= row.line;
    } else if (this.#blank !== undefined) {
      return { line: this.#blank, found: 'is blank', advice: 'Delete the line, or fill it in.' };
    } else if (isEmptyRow(row)) {
      // Also one of another number of delimiters: a spreadsheet may end a table so.
      this.#empty.add(row.line);
    } else if (row.width !== this.width) {
      const found = `has ${formatCount(row.width, 'cell')}, but the first row has ${formatExact(this.width)}`;
      return { line: row.line, found, advice: this.#widthAdvice(row) };
    } else {
      const cellAt = (index: number): string => (row.cell(index) ?? '').trim();
      return this.#addEmptyRows() ?? this.#addCells(row.line, cellAt, (index) => row.placeOf(index));
    }
    return undefined;
  }

  /** What to do about a row of another number of cells: with commas between numbers they may be decimal commas. */
  #widthAdvice(row: CsvRow): string {
    const cells = Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
    if (this.rows === 0 && row.width === this.width + 1) {
      if (cells.at(-1) === '') return 'Add a delimiter at the end of the first row, or remove that of the others.';
      // So does `write.table` of R, which gives the column of the names of the rows no name.
      if (!looksNumeric.test(cells[0] ?? '') || !this.#mayBeDecimals(row.width, cells)) {
        return 'If its first cell is the name of the row, as R writes it, write a name for that column at the beginning of the first row. Otherwise give every row the same number of cells.';
      }
    }
    return this.#mayBeDecimals(row.width, cells)
      ? 'If commas stand before its decimals, too, they cannot be told from those between its cells: save the table with ";" between its cells, or with decimal points. Otherwise give every row the same number of cells.'
      : 'Give every row the same number of cells.';
  }

  #mayBeDecimals(width: number, cells: readonly string[]): boolean {
    return this.delimiter === ',' && width > this.width && cells.filter((cell) => /^[+-]?\d+$/.test(cell)).length > 1;
  }

  #addEmptyRows(): RowError | undefined {
    for (const line of this.#empty.takeAll()) {
      const place = { line, column: 1, length: 0 };
      const error = this.#addCells(
        line,
        () => '',
        () => place,
      );
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #addCells(
    line: number,
    cellAt: (index: number) => string,
    placeOf: (index: number) => CellPlace,
  ): RowError | undefined {
    for (const column of this.columns) {
      const cell = cellAt(column.index);
      const outcome = column.add(this.rows, cell);
      if (typeof outcome === 'object') {
        return { ...outcome, line, column, place: placeOf(column.index) };
      }
      if (outcome === 'missing') this.#gaps.add(line, column.name, cell, () => placeOf(column.index));
    }
    this.timeOrder?.add(line, cellAt);
    this.lines.add(this.rows, line);
    this.rows += 1;
    return undefined;
  }
}

/**
 * Whether a row is a blank line, also one of white space or of quotes alone. In a table of one column those are an empty
 * cell, as pandas reads them.
 */
export function isBlankLine(row: CsvRow, width: number): boolean {
  if (row.width !== 1) return false;
  return width > 1 ? row.cell(0)?.trim() === '' : row.cell(0) === '' && !row.isQuoted(0);
}

/** Whether all cells of a row are empty. */
export function isEmptyRow(row: CsvRow): boolean {
  for (let index = 0; index < row.width; index++) if (row.cell(index)?.trim() !== '') return false;
  return true;
}

/** What is wrong with a row that cannot be parsed. */
export function malformedRowError({ line, kind }: MalformedRow): RowError {
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
