import type { KeyProblem } from '../experiment/problem';
import { formatCount, formatExact, formatList } from '../text/numbers';
import { quote } from '../text/quoting';

/** A cell without a value. */
export interface Gap {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly column: string;
  /** The cell's text. */
  readonly cell: string;
}

/** The cells without a value in the columns that are used. */
export interface Gaps {
  readonly cells: number;
  /** Rows with at least one. */
  readonly rows: number;
  /** The first one of each of the first rows. */
  readonly first: readonly Gap[];
}

/** Rows that are named. */
const namedRows = 3;

/** Counts gaps in the order of their rows. */
export class GapCounter {
  #cells = 0;
  #rows = 0;
  #lastLine = 0;
  readonly #first: Gap[] = [];

  add(line: number, column: string, cell: string): void {
    this.#cells += 1;
    if (line === this.#lastLine) return;
    this.#lastLine = line;
    this.#rows += 1;
    if (this.#first.length < namedRows) this.#first.push({ line, column, cell });
  }

  get gaps(): Gaps {
    return { cells: this.#cells, rows: this.#rows, first: this.#first };
  }
}

/** The problem of a table with gaps where they are refused; undefined without gaps. */
export function gapsProblem({ cells, rows, first }: Gaps, path: string): KeyProblem | undefined {
  if (rows === 0) return undefined;
  const named = first.map(({ line, column, cell }) => `row ${formatExact(line)} (${describeCell(cell)} in column ${quote(column)})`);
  const more = rows > first.length ? [`${formatExact(rows - first.length)} more`] : [];
  const message =
    `${quote(path)} has ${formatCount(cells, 'missing value')} in the columns that are used: ${formatList([...named, ...more])}. ` +
    'Set "gaps" to "skip", "mask" or "interpolate", or fill them in.';
  return { code: 'csv.gaps', message, keyPath: ['data', 'csv'] };
}

function describeCell(cell: string): string {
  return cell === '' ? 'an empty cell' : quote(cell);
}
