/** How cells and rows are separated. A row ends at LF, CR, CRLF or CR CR LF; a file may mix them, as pandas allows. */
export interface CsvFormat {
  /** One character; a blank stands for any run of blanks, which may also lead and trail the row. */
  readonly delimiter: string;
  /** Whether the first line names the delimiter, `sep=;`, and is no row. */
  readonly hasSeparatorLine?: boolean;
}

/** One row of a table; valid until the next one is read. */
export interface CsvRow {
  /** The line on which it begins, from 1, as VS Code counts the lines of the file. */
  readonly line: number;
  /** Number of cells. */
  readonly width: number;
  /** The text of a cell without its quotes; undefined beyond the last one. */
  cell(index: number): string | undefined;
  /** Whether a cell is in quotes. */
  isQuoted(index: number): boolean;
  /** Where a cell is in the file, without its quotes; where it begins, if it is longer than its line. */
  placeOf(index: number): CellPlace;
}

/** A range on one line of a file. Line and column count from 1, in UTF-16 units. */
export interface CellPlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
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
export const maxRowLength = 4 * 1024 * 1024;

const [quote, lineFeed, carriageReturn, blank] = [34, 10, 13, 32];
/** White space that is allowed between a closing quote and the end of its cell. */
const isBlank = (code: number): boolean => code === blank || (code >= 9 && code <= 13);

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
    // The pending text has no complete row. Its length is doubled before the next scan, so that characters are scanned few times.
    const minLength = 2 * pending.length;
    do {
      const next = source.next();
      if (next.done === true) isLast = true;
      else pending += next.value;
    } while (!isLast && pending.length < minLength);
    let at = 0;
    while (scanner.scan(pending, at, isLast, line)) {
      if (line > 1 || format.hasSeparatorLine !== true) yield scanner;
      line += lineEndings(pending, at, scanner.end);
      at = scanner.end;
      if (scanner.isLast) return;
    }
    pending = pending.slice(at);
    if (pending.length > maxRowLength) throw new MalformedRow(line, 'tooLong');
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
  #text = '';
  /** Offset of the row in the text. */
  #start = 0;
  /** Start and end offset of each cell; x is stored as −1 − x for a quoted cell, which may contain doubled quotes. */
  readonly #bounds: number[] = [];
  #width = 0;

  constructor({ delimiter }: CsvFormat) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  get width(): number {
    return this.#width;
  }

  cell(index: number): string | undefined {
    if (index >= this.#width) return undefined;
    const [from = 0, to = 0] = [this.#bounds[2 * index], this.#bounds[2 * index + 1]];
    return from >= 0 ? this.#text.slice(from, to) : this.#text.slice(-1 - from, -1 - to).replaceAll('""', '"');
  }

  isQuoted(index: number): boolean {
    return index < this.#width && (this.#bounds[2 * index] ?? 0) < 0;
  }

  placeOf(index: number): CellPlace {
    const [stored = 0, storedEnd = 0] = [this.#bounds[2 * index], this.#bounds[2 * index + 1]];
    const [from, to] = stored >= 0 ? [stored, storedEnd] : [-1 - stored, -1 - storedEnd];
    const before = this.#text.slice(this.#start, from).split(/\r\n|\r|\n/);
    const [cell = ''] = this.#text.slice(from, to).split(/[\r\n]/, 1);
    return { line: this.line + before.length - 1, column: (before.at(-1) ?? '').length + 1, length: cell.length };
  }

  /** Scans the row at `at`; false if the text ends before the row does and more text follows. */
  scan(text: string, at: number, isComplete: boolean, line: number): boolean {
    this.#text = text;
    this.#start = at;
    this.#width = 0;
    this.line = line;
    let cursor = this.#afterBlanks(at);
    for (;;) {
      const cellEnd =
        text.charCodeAt(cursor) === quote ? this.#scanQuotedCell(cursor, isComplete) : this.#scanPlainCell(cursor);
      const end = cellEnd === undefined ? undefined : this.#beforeNextCell(cellEnd);
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
      const length = lineEndLength(text, end, isComplete);
      // A carriage return at the end of the text may be the first half of a line end.
      if (length === undefined) return false;
      this.end = end + length;
      return true;
    }
  }

  /** The end of a cell without quotes: a delimiter, a line end or the end of the text. */
  #scanPlainCell(from: number): number {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter || code === lineFeed || code === carriageReturn) break;
    }
    this.#addCell(from, at);
    return at;
  }

  /** The end of a cell that starts with a quote; undefined if more of the text is needed to decide. */
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
      if (code === lineFeed || code === carriageReturn) return at;
      if (!isBlank(code)) throw new MalformedRow(this.line, 'trailingQuote');
    }
    return text.length;
  }

  #addCell(from: number, to: number): void {
    this.#bounds[2 * this.#width] = from;
    this.#bounds[2 * this.#width + 1] = to;
    this.#width += 1;
  }

  /** With blanks as delimiter, the offset after the blanks at an offset; else the offset itself. */
  #afterBlanks(from: number): number {
    let at = from;
    if (this.#delimiter === blank) while (this.#text.charCodeAt(at) === blank) at += 1;
    return at;
  }

  /** The last of the blanks that separate two cells, or the line end that they lead to. */
  #beforeNextCell(end: number): number {
    const next = this.#afterBlanks(end);
    if (next === end || next === this.#text.length) return next;
    const code = this.#text.charCodeAt(next);
    return code === lineFeed || code === carriageReturn ? next : next - 1;
  }
}

/** Length of the line end at an offset where LF or CR is; undefined if more of the text is needed to decide. */
function lineEndLength(text: string, at: number, isComplete: boolean): number | undefined {
  if (text.charCodeAt(at) === lineFeed) return 1;
  const second = text.charCodeAt(at + 1);
  if (second === lineFeed) return 2;
  if (second === carriageReturn && text.charCodeAt(at + 2) === lineFeed) return 3;
  const isCut = at + 1 === text.length || (second === carriageReturn && at + 2 === text.length);
  return isCut && !isComplete ? undefined : 1;
}

/** Number of line ends in a range of a text, as an editor counts them: CR CR LF ends two lines, though it ends one row. */
function lineEndings(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) count += 1;
  }
  return count;
}
