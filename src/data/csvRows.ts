/** The characters that end a row; one kind for the whole file. */
export type LineEnd = '\n' | '\r\n' | '\r';

/** How cells and rows are separated. */
export interface CsvFormat {
  readonly delimiter: string;
  readonly lineEnd: LineEnd;
}

/** One row of a table; valid until the next one is read. */
export interface CsvRow {
  /** The line in the file on which it begins, from 1. */
  readonly line: number;
  /** Number of cells. */
  readonly width: number;
  /** The text of a cell without its quotes; undefined beyond the last one. */
  cell(index: number): string | undefined;
}

/** A row that cannot be parsed. */
export class MalformedRow extends Error {
  override readonly name = 'MalformedRow';

  constructor(
    /** The line in the file on which the row begins, from 1. */
    readonly line: number,
    /** `tooLong`: the row is longer than `longestRow`. */
    readonly kind: 'trailingQuote' | 'openQuote' | 'tooLong',
  ) {
    super(kind);
  }
}

/** Characters of the longest row that is read: a hundred thousand columns of forty characters each. */
export const longestRow = 4 * 1024 * 1024;

const [quote, lineFeed, carriageReturn] = [34, 10, 13];
/** White space that is allowed between a closing quote and the end of its cell. */
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/**
 * The rows of a text that comes in pieces, in time linear in the length of the text, whatever it contains. (The parsers
 * that were tried need time quadratic in the row for a malformed quote, and hold whole rows of strings where a few numbers
 * are needed.) A cell may be in double quotes, with `""` for a quote inside.
 *
 * @throws MalformedRow where the quotes are broken or a row is longer than `longestRow`
 */
export function* rowsOf(pieces: Iterable<string>, format: CsvFormat): Generator<CsvRow, void, undefined> {
  const scanner = new RowScanner(format);
  let pending = '';
  let line = 1;
  const source = pieces[Symbol.iterator]();
  let isLast = false;
  while (!isLast) {
    // The pending text holds no whole row. It is doubled before the next scan, so that no character is scanned often.
    const wanted = 2 * pending.length;
    do {
      const next = source.next();
      if (next.done === true) isLast = true;
      else pending += next.value;
    } while (!isLast && pending.length < wanted);
    let at = 0;
    while (scanner.scan(pending, at, isLast, line)) {
      yield scanner;
      line += lineEndings(pending, at, scanner.end);
      at = scanner.end;
      if (scanner.isLast) return;
    }
    pending = pending.slice(at);
    if (pending.length > longestRow) throw new MalformedRow(line, 'tooLong');
  }
}

/** Finds the cells of one row after another in a text that may end in the middle of a row. */
class RowScanner implements CsvRow {
  line = 1;
  /** Offset after the row and its line end. */
  end = 0;
  /** Whether nothing follows the row, not even an empty row. */
  isLast = false;
  readonly #delimiter: number;
  readonly #lineEnd: LineEnd;
  #text = '';
  /** Start and end offset of each cell; x is stored as −1 − x for a quoted cell, which may contain doubled quotes. */
  readonly #bounds: number[] = [];
  #width = 0;

  constructor({ delimiter, lineEnd }: CsvFormat) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#lineEnd = lineEnd;
  }

  get width(): number {
    return this.#width;
  }

  cell(index: number): string | undefined {
    if (index >= this.#width) return undefined;
    const [from = 0, to = 0] = [this.#bounds[2 * index], this.#bounds[2 * index + 1]];
    return from >= 0 ? this.#text.slice(from, to) : this.#text.slice(-1 - from, -1 - to).replaceAll('""', '"');
  }

  /** Scans the row at `at`; false if the text ends before the row does and more text follows. */
  scan(text: string, at: number, isComplete: boolean, line: number): boolean {
    this.#text = text;
    this.#width = 0;
    this.line = line;
    let cursor = at;
    for (;;) {
      const end =
        text.charCodeAt(cursor) === quote ? this.#scanQuotedCell(cursor, isComplete) : this.#scanPlainCell(cursor);
      if (end === undefined) return false;
      if (end === text.length) {
        this.end = end;
        this.isLast = isComplete;
        return isComplete;
      }
      if (text.charCodeAt(end) === this.#delimiter) {
        cursor = end + 1;
        continue;
      }
      const length = this.#lineEndAt(end);
      // A carriage return at the end of the text may be the first half of a line end.
      if (length === undefined) return false;
      this.end = end + length;
      return true;
    }
  }

  /** The end of a cell without quotes: a delimiter, a line end or the end of the text. */
  #scanPlainCell(from: number): number {
    const text = this.#text;
    const [delimiter, ending] = [this.#delimiter, this.#lineEnd.charCodeAt(0)];
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter) break;
      if (code === ending && this.#lineEndAt(at) !== 0) break;
    }
    this.#addCell(from, at);
    return at;
  }

  /** The end of a cell that starts with a quote; undefined if more of the text is needed to tell. */
  #scanQuotedCell(from: number, isComplete: boolean): number | undefined {
    const text = this.#text;
    let closing = from;
    for (;;) {
      closing = text.indexOf('"', closing + 1);
      if (closing < 0 || (closing + 1 === text.length && !isComplete)) {
        if (isComplete) throw new MalformedRow(this.line, 'openQuote');
        return undefined;
      }
      if (text.charCodeAt(closing + 1) !== quote) break;
      closing += 1;
    }
    this.#addCell(-2 - from, -1 - closing);
    for (let at = closing + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === this.#delimiter) return at;
      if (code === this.#lineEnd.charCodeAt(0) && this.#lineEndAt(at) !== 0) return at;
      if (!isBlank(code)) throw new MalformedRow(this.line, 'trailingQuote');
    }
    return text.length;
  }

  #addCell(from: number, to: number): void {
    this.#bounds[2 * this.#width] = from;
    this.#bounds[2 * this.#width + 1] = to;
    this.#width += 1;
  }

  /** Length of the line end at an offset, 0 for none; undefined if the text ends after its first half. */
  #lineEndAt(at: number): number | undefined {
    const code = this.#text.charCodeAt(at);
    if (code !== this.#lineEnd.charCodeAt(0)) return 0;
    if (this.#lineEnd.length === 1) return 1;
    if (at + 1 === this.#text.length) return undefined;
    return this.#text.charCodeAt(at + 1) === lineFeed ? 2 : 0;
  }
}

/** Upper bound of the number of rows: line ends inside quotes are counted too. */
export function maxRows(pieces: Iterable<string>, { lineEnd }: CsvFormat): number {
  // The last character: every line end of this kind has it once.
  const ending = lineEnd.slice(-1);
  let count = 1;
  for (const piece of pieces) {
    for (let at = piece.indexOf(ending); at >= 0; at = piece.indexOf(ending, at + 1)) count += 1;
  }
  return count;
}

/** Number of line ends of any kind in a range of a text. */
function lineEndings(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) count += 1;
  }
  return count;
}

const sampleLength = 1024 * 1024;

/** The line end that a text uses, by its first MiB; line ends inside quotes do not count. */
export function lineEndOf(pieces: Iterable<string>): LineEnd {
  let [isQuoted, seen, returns, pairs, feeds] = [false, 0, 0, 0, 0];
  let first: number | undefined;
  let before = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === quote) isQuoted = !isQuoted;
      if (isQuoted || code === quote) continue;
      first ??= code === lineFeed || code === carriageReturn ? code : undefined;
      if (code === carriageReturn) returns += 1;
      if (code === lineFeed) feeds += 1;
      if (code === lineFeed && before === carriageReturn) pairs += 1;
      before = code;
    }
    seen += piece.length;
    if (seen >= sampleLength) break;
  }
  if (returns === 0 || (feeds > 0 && first === lineFeed)) return '\n';
  return 2 * pairs >= returns + 1 ? '\r\n' : '\r';
}
