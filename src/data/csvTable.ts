import { isLikely, nearestName } from '../experiment/nearestName';
import type { KeyPath, KeyProblem } from '../experiment/problem';
import { lineEndOf, longestRow, MalformedRow, mostRows, rowsOf, type CsvFormat, type CsvRow } from './csvRows';
import type { FileText } from './textFile';
import { formatCount, formatExact } from '../text/numbers';
import { quote, quoteAll } from '../text/quoting';

/** A column that an experiment asks for, and where it does. */
export interface RequestedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
}

/** The numbers of the columns asked for, in their order; a column that is asked for twice is the same array twice. */
export type ReadTable =
  | { readonly kind: 'table'; readonly rows: number; readonly columns: readonly Float64Array[] }
  | { readonly kind: 'refused'; readonly refusals: readonly KeyProblem[] };

const delimiters = [',', ';', '\t', '|'];
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const decimalComma = /^[+-]?\d+,\d+$/;

/** Missing columns that are named one by one; a list of a thousand wrong names is one mistake. */
const mostMissing = 10;

/**
 * Reads numeric columns of a CSV text with a header. Rows are named by their line in the file, the header being row 1.
 * The first row that is unequal, or holds a gap or a word in a column asked for, is refused.
 */
export function readTable(text: FileText, path: string, asked: readonly RequestedColumn[]): ReadTable {
  const refuse = (...refusals: readonly KeyProblem[]): ReadTable => ({ kind: 'refused', refusals });
  try {
    const lineEnd = lineEndOf(text.pieces());
    const format: CsvFormat = { lineEnd, delimiter: delimiterOf(text, lineEnd) };
    const names = headerOf(text, format);
    const places = new ColumnPlaces(names);
    // A column that is input and target at once is one mistake, at the input.
    const different = [...new Map(asked.toReversed().map((column) => [column.name, column])).values()].toReversed();
    const strangers: KeyProblem[] = [];
    for (const column of different) {
      const objection = strangers.length < mostMissing ? places.objectionTo(column, path) : undefined;
      if (objection !== undefined) strangers.push(objection);
    }
    if (strangers.length > 0) return refuse(...strangers);
    // A row has a character and a delimiter for each column asked for, so that the room is bounded by the file's size.
    const room = Math.min(mostRows(text.pieces(), format), Math.ceil(text.length / (2 * different.length)));
    const reader = new RowReader(
      names.length,
      different.map(({ name }) => ({ name, index: places.indexOf(name) })),
      room,
    );
    for (const row of rowsOf(text.pieces(), format)) {
      const fault = reader.take(row);
      if (fault !== undefined) return refuse(objectionTo(fault, path));
    }
    const columns = reader.columns();
    return { kind: 'table', rows: reader.rows, columns: asked.flatMap(({ name }) => columns.get(name) ?? []) };
  } catch (error) {
    if (error instanceof MalformedRow) return refuse(objectionTo(malformed(error), path));
    throw error;
  }
}

/** The delimiter that makes the most of the header: comma, semicolon, tab or bar. */
function delimiterOf(text: FileText, lineEnd: CsvFormat['lineEnd']): string {
  const widths = delimiters.map((delimiter) => firstRow(text, { delimiter, lineEnd }, (row) => row.width) ?? 0);
  return delimiters[widths.indexOf(Math.max(...widths))] ?? ',';
}

function headerOf(text: FileText, format: CsvFormat): readonly string[] {
  const names = (row: CsvRow): readonly string[] =>
    Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
  return firstRow(text, format, names) ?? [];
}

/** undefined where there is no row, or none that can be read. */
function firstRow<Result>(text: FileText, format: CsvFormat, read: (row: CsvRow) => Result): Result | undefined {
  try {
    for (const row of rowsOf(text.pieces(), format)) return read(row);
  } catch (error) {
    // Whoever reads all rows will meet it again, with the delimiter that was chosen.
    if (!(error instanceof MalformedRow)) throw error;
  }
  return undefined;
}

/** Where the columns of a header stand, by name. */
class ColumnPlaces {
  readonly #places = new Map<string, { readonly index: number; count: number }>();

  constructor(readonly names: readonly string[]) {
    for (const [index, name] of names.entries()) {
      const place = this.#places.get(name);
      if (place === undefined) this.#places.set(name, { index, count: 1 });
      else place.count += 1;
    }
  }

  /** Of the first column of a name; -1 where there is none. */
  indexOf(name: string): number {
    return this.#places.get(name)?.index ?? -1;
  }

  /** Why it is not clear which column is asked for, or there is none. */
  objectionTo({ name, keyPath }: RequestedColumn, path: string): KeyProblem | undefined {
    const found = this.#places.get(name)?.count ?? 0;
    if (found === 1) return undefined;
    if (found > 1) {
      const message = `${quote(path)} has ${found} columns called ${quote(name)}, and it is not clear which is meant: rename all but one.`;
      return { code: 'csv.ambiguousColumn', message, keyPath };
    }
    const nearest = nearestName(name, this.names);
    const meant = isLikely(name, nearest) ? `did you mean ${quote(nearest)}? The` : 'the';
    const message = `${quote(path)} has no column ${quote(name)}: ${meant} columns are ${quoteAll(this.names)}.`;
    return { code: 'csv.missingColumn', message, keyPath };
  }
}

/** What is wrong with a row, and what to do about it. */
interface Fault {
  readonly line: number;
  readonly found: string;
  readonly advice: string;
}

function objectionTo({ line, found, advice }: Fault, path: string): KeyProblem {
  const message = `${quote(path)}, row ${formatExact(line)} ${found}. ${advice}`;
  return { code: 'csv.badRow', message, keyPath: ['data', 'csv'] };
}

/** Takes rows one by one as they are found, the header first. */
class RowReader {
  rows = 0;
  readonly #columns: readonly { readonly name: string; readonly index: number; readonly numbers: Float64Array }[];
  #isHeader = true;
  #blank: number | undefined;

  constructor(
    readonly width: number,
    asked: readonly { readonly name: string; readonly index: number }[],
    /** Rows that there is room for; the system provides only the memory that is written to. */
    room: number,
  ) {
    this.#columns = asked.map(({ name, index }) => ({ name, index, numbers: new Float64Array(room) }));
  }

  /** What was read, by name. */
  columns(): ReadonlyMap<string, Float64Array> {
    return new Map(this.#columns.map(({ name, numbers }) => [name, numbers.subarray(0, this.rows)]));
  }

  take(row: CsvRow): Fault | undefined {
    if (this.#isHeader) {
      this.#isHeader = false;
    } else if (row.width === 1 && row.cell(0) === '') {
      // Blank lines may end a file, but nothing may follow them.
      this.#blank ??= row.line;
    } else if (this.#blank === undefined) {
      return this.#takeCells(row);
    } else {
      return { line: this.#blank, found: 'is blank', advice: 'Delete the line, or fill it in.' };
    }
    return undefined;
  }

  #takeCells(row: CsvRow): Fault | undefined {
    const { line } = row;
    if (row.width !== this.width) {
      const found = `has ${formatCount(row.width, 'cell')}, but the header has ${formatExact(this.width)}`;
      return { line, found, advice: 'Give every row as many cells as the header.' };
    }
    for (const { name, index, numbers } of this.#columns) {
      const cell = (row.cell(index) ?? '').trim();
      const value = Number(cell);
      if (!number.test(cell) || !Number.isFinite(value)) return { line, ...faultOf(name, cell) };
      numbers[this.rows] = value;
    }
    this.rows += 1;
    return undefined;
  }
}

function faultOf(column: string, cell: string): Omit<Fault, 'line'> {
  if (cell === '')
    return { found: `has nothing in column ${quote(column)}`, advice: 'Fill the cell in, or delete the row.' };
  return {
    found: `has ${quote(cell)} in column ${quote(column)}, which is not a number`,
    advice: decimalComma.test(cell) ? 'Write a point for the decimal comma.' : 'Write a number, or delete the row.',
  };
}

function malformed({ line, kind }: MalformedRow): Fault {
  switch (kind) {
    case 'trailingQuote':
      return {
        line,
        found: 'cannot be read (trailing quote on quoted field is malformed)',
        advice: 'Mend its quotes.',
      };
    case 'openQuote':
      return { line, found: 'cannot be read (quoted field unterminated)', advice: 'Mend its quotes.' };
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
