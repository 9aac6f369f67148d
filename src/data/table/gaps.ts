import type { KeyProblem } from '../../experiment/problems/problem';
import type { CellPlace } from './csvRows';
import { gapFixes } from './tableFixes';
import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** A cell without a value. */
export interface Gap {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly column: string;
  /** The cell's text. */
  readonly cell: string;
  /** Where it is in the file. */
  readonly place: CellPlace;
}

/** The cells without a value in the columns that are used. */
export interface Gaps {
  readonly cells: number;
  /** Number of rows with at least one such cell. */
  readonly rows: number;
  /** The first such cell of each of the first `listedRows` rows. */
  readonly first: readonly Gap[];
}

/** Number of rows with gaps that the message lists. */
const listedRows = 3;

/** Counts gaps in the order of their rows. */
export class GapCounter {
  #cells = 0;
  #rows = 0;
  #lastLine = 0;
  readonly #first: Gap[] = [];

  /** @param placeOf finds the cell in the file */
  add(line: number, column: string, cell: string, placeOf: () => CellPlace): void {
    this.#cells += 1;
    if (line === this.#lastLine) return;
    this.#lastLine = line;
    this.#rows += 1;
    if (this.#first.length < listedRows) this.#first.push({ line, column, cell, place: placeOf() });
  }

  get gaps(): Gaps {
    return { cells: this.#cells, rows: this.#rows, first: this.#first };
  }
}

/** The problem of a table with gaps where they are refused; undefined without gaps. */
export function gapsProblem({ cells, rows, first }: Gaps, path: string): KeyProblem | undefined {
  if (rows === 0) return undefined;
  const named = first.map(
    ({ line, column, cell }) => `row ${formatExact(line)} (${describeCell(cell)} in column ${quote(column)})`,
  );
  // A row may have several: what is named and counted is then rows.
  const isOnePerRow = cells === rows;
  const rest = rows - first.length;
  const more = rest === 0 ? [] : [isOnePerRow ? `${formatExact(rest)} more` : formatCount(rest, 'more row')];
  const inRows = isOnePerRow ? '' : ` in ${formatCount(rows, 'row')}`;
  const message =
    `${quote(path)} has ${formatCount(cells, 'missing value')}${inRows} in the columns that are used: ${[...named, ...more].join(', ')}. ` +
    'Set "gaps" to "skip", "mask" or "interpolate", or fill them in.';
  const dataPlaces = first.map(({ column, cell, place }) => ({
    ...place,
    path,
    label: `${describeCell(cell)} in column ${quote(column)}`,
  }));
  const fixes = gapFixes(['skip', 'mask', 'interpolate']);
  return { code: 'csv.gaps', message, keyPath: ['data', 'csv'], fixes, dataPlaces };
}

function describeCell(cell: string): string {
  return cell === '' ? 'an empty cell' : quote(cell);
}

/** Fills gaps (NaN) in place on a straight line between the values around them, at the ends with the nearest value. */
export function interpolateGaps(column: Float64Array): void {
  let before = -1;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? NaN;
    if (Number.isNaN(value)) continue;
    const from = before < 0 ? value : (column[before] ?? value);
    for (let gap = before + 1; gap < row; gap++) {
      column[gap] = from + ((value - from) * (gap - before)) / (row - before);
    }
    before = row;
  }
  if (before >= 0) column.fill(column[before] ?? NaN, before + 1);
}

/** Fills gaps (NaN) in place with the last value before them, those at the start with `first`. */
export function carryForward(column: Float64Array, first: number): void {
  let last = first;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? NaN;
    if (Number.isNaN(value)) column[row] = last;
    else last = value;
  }
}

/** Counts rows in which at least one of some columns has a gap. */
export class GapRows {
  /** (rows + 1): number of such rows before each row; undefined without gaps. */
  readonly #before: Int32Array | undefined;

  constructor(columns: readonly Float64Array[], rows: number) {
    if (!columns.some((column) => column.some(Number.isNaN))) return;
    const before = new Int32Array(rows + 1);
    for (let row = 0; row < rows; row++) {
      const hasGap = columns.some((column) => Number.isNaN(column[row] ?? NaN));
      before[row + 1] = (before[row] ?? 0) + (hasGap ? 1 : 0);
    }
    this.#before = before;
  }

  get bytes(): number {
    return this.#before?.byteLength ?? 0;
  }

  /** Number of rows with a gap from `from` to `to`, without `to`. */
  count(from: number, to: number): number {
    return this.#before === undefined ? 0 : (this.#before[to] ?? 0) - (this.#before[from] ?? 0);
  }
}
