import Papa from 'papaparse';
import { counted, listed, printed } from '../experiment/fields';
import { isLikely, nearestName } from '../experiment/nearestName';
import type { KeyPath, Objection } from '../experiment/refusal';

/** A column that an experiment asks for, and where it does. */
export interface AskedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
}

/** The numbers of the columns asked for, in their order. */
export type ReadTable =
  | { readonly kind: 'table'; readonly rows: number; readonly columns: readonly Float64Array[] }
  | { readonly kind: 'refused'; readonly refusals: readonly Objection[] };

const delimiters = [',', ';', '\t', '|'];
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const decimalComma = /^[+-]?\d+,\d+$/;

/**
 * Reads numeric columns of a CSV text with a header. Rows are named by their line in the file, the header being row 1.
 * The first row that is unequal, or holds a gap or a word in a column asked for, is refused.
 */
export function readTable(text: string, path: string, asked: readonly AskedColumn[]): ReadTable {
  const delimiter = delimiterOf(text);
  const [header = []] = Papa.parse<string[]>(text, { delimiter, preview: 1 }).data;
  // A column that is input and target at once is one mistake.
  const different = asked.filter(({ name }, index) => asked.findIndex((other) => other.name === name) === index);
  const strangers = different.flatMap((column) => unfindable(column, header, path));
  if (strangers.length > 0) return { kind: 'refused', refusals: strangers };
  const reader = new RowReader(text, header, asked, path);
  Papa.parse<string[]>(text, {
    delimiter,
    step: ({ data, errors, meta }, parser) => {
      reader.take(data, errors, meta.cursor);
      if (reader.objection) parser.abort();
    },
  });
  if (reader.objection) return { kind: 'refused', refusals: [reader.objection] };
  return { kind: 'table', rows: reader.rows, columns: reader.columns() };
}

/** The delimiter that makes the most of the header: comma, semicolon, tab or bar. */
function delimiterOf(text: string): string {
  const widths = delimiters.map(
    (delimiter) => Papa.parse<string[]>(text, { delimiter, preview: 1 }).data[0]?.length ?? 0,
  );
  return delimiters[widths.indexOf(Math.max(...widths))] ?? ',';
}

function unfindable({ name, keyPath }: AskedColumn, header: readonly string[], path: string): readonly Objection[] {
  const found = header.filter((column) => column.trim() === name).length;
  if (found === 1) return [];
  if (found > 1) {
    const message = `"${path}" has ${found} columns called "${name}", and it is not clear which is meant: rename all but one.`;
    return [{ code: 'csv.ambiguousColumn', message, keyPath }];
  }
  const known = header.map((column) => column.trim());
  const nearest = nearestName(name, known);
  const meant = isLikely(name, nearest) ? `did you mean "${nearest}"? The` : 'the';
  const message = `"${path}" has no column "${name}": ${meant} columns are ${listed(known)}.`;
  return [{ code: 'csv.missingColumn', message, keyPath }];
}

/** What is wrong with a row, and what to do about it. */
interface Fault {
  readonly line: number;
  readonly found: string;
  readonly advice: string;
}

/** Takes rows one by one as the parser finds them, counting the lines they stand on. */
class RowReader {
  rows = 0;
  objection: Objection | undefined;
  readonly #text: string;
  readonly #path: string;
  readonly #width: number;
  readonly #asked: readonly { readonly name: string; readonly index: number; readonly numbers: number[] }[];
  #line = 1;
  #read = 0;
  #header = true;
  #blank: number | undefined;

  constructor(text: string, header: readonly string[], asked: readonly AskedColumn[], path: string) {
    this.#text = text;
    this.#path = path;
    this.#width = header.length;
    const names = header.map((column) => column.trim());
    this.#asked = asked.map(({ name }) => ({ name, index: names.indexOf(name), numbers: [] }));
  }

  columns(): readonly Float64Array[] {
    return this.#asked.map(({ numbers }) => Float64Array.from(numbers));
  }

  take(cells: readonly string[], errors: readonly { readonly message: string }[], cursor: number): void {
    const line = this.#line;
    this.#line += lineEndings(this.#text, this.#read, cursor);
    this.#read = cursor;
    const [malformed] = errors;
    if (malformed) {
      this.#refuse({ line, found: `cannot be read (${malformed.message.toLowerCase()})`, advice: 'Mend its quotes.' });
    } else if (this.#header) {
      this.#header = false;
    } else if (cells.length === 1 && cells[0] === '') {
      // Blank lines may end a file, but nothing may follow them.
      this.#blank ??= line;
    } else if (this.#blank === undefined) {
      this.#takeCells(cells, line);
    } else {
      this.#refuse({ line: this.#blank, found: 'is blank', advice: 'Delete the line, or fill it in.' });
    }
  }

  #takeCells(cells: readonly string[], line: number): void {
    if (cells.length !== this.#width) {
      const found = `has ${counted(cells.length, 'cell')}, but the header has ${printed(this.#width)}`;
      this.#refuse({ line, found, advice: 'Give every row as many cells as the header.' });
      return;
    }
    for (const { name, index, numbers } of this.#asked) {
      const cell = (cells[index] ?? '').trim();
      const value = Number(cell);
      if (number.test(cell) && Number.isFinite(value)) numbers.push(value);
      else this.#refuse({ line, ...faultOf(name, cell) });
    }
    this.rows += 1;
  }

  #refuse({ line, found, advice }: Fault): void {
    this.objection ??= {
      code: 'csv.badRow',
      message: `"${this.#path}", row ${printed(line)} ${found}. ${advice}`,
      keyPath: ['data', 'csv'],
    };
  }
}

function faultOf(column: string, cell: string): Omit<Fault, 'line'> {
  if (cell === '')
    return { found: `has nothing in column "${column}"`, advice: 'Fill the cell in, or delete the row.' };
  const shown = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell;
  return {
    found: `has "${shown}" in column "${column}", which is not a number`,
    advice: decimalComma.test(cell) ? 'Write a point for the decimal comma.' : 'Write a number, or delete the row.',
  };
}

function lineEndings(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) count += 1;
  }
  return count;
}
