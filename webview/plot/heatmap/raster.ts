import type { MagnitudeScale } from './magnitudeScale';
import { packed } from './magnitudeScale';

/** A table of magnitudes over columns (updates) and rows (steps). */
export interface Grid {
  /** (columns, width) with this grid's rows at `offset … offset + rows`. */
  readonly values: Float64Array;
  readonly columns: number;
  readonly width: number;
  readonly offset: number;
  /** T */
  readonly rows: number;
  /** Updates per column. */
  readonly stride: number;
  /** The first update of the first column; 0 by default. */
  readonly origin?: number;
}

/** The visible part of a grid, in updates, and its size in pixels. */
export interface Viewport {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
}

const hatchPeriod = 6;

/**
 * Paints a grid with step T−1 on top. A pixel that covers several numbers shows the largest, so no spike is lost; a
 * non-finite number is hatched, 0 has its own colour, and pixels without data stay transparent.
 */
export function rasterize(grid: Grid, viewport: Viewport, scale: MagnitudeScale, pixels: Uint32Array): void {
  const { width, height } = viewport;
  const zero = packed(scale.zero);
  const notFinite = packed(scale.notFinite);
  const columnAtPixel = columnsAt(grid, viewport);
  const rowAtPixel = Int32Array.from({ length: height + 1 }, (_, y) => Math.floor((y / height) * grid.rows));
  const strongest = new Float64Array(grid.rows);
  let painted = -1;
  for (let x = 0; x < width; x++) {
    const first = columnAtPixel[x] ?? 0;
    const last = Math.max(first + 1, columnAtPixel[x + 1] ?? 0);
    // Neighbouring pixels of one wide column are equal, except for the hatching.
    if (last === first + 1 && first === painted && x > 0 && !strongest.includes(Infinity)) {
      for (let y = 0; y < height; y++) pixels[y * width + x] = pixels[y * width + x - 1] ?? 0;
      continue;
    }
    gather(grid, first, last, strongest);
    painted = last === first + 1 ? first : -1;
    for (let y = 0; y < height; y++) {
      const value = strongestOf(strongest, grid.rows, rowAtPixel[y] ?? 0, rowAtPixel[y + 1] ?? 0);
      pixels[y * width + x] = pixelOf(value, scale, zero, notFinite, (x + y) % hatchPeriod < hatchPeriod / 2);
    }
  }
}

/** Whether a grid has a number that is drawn as non-finite. */
export function hasNonFinite({ values, columns, width, offset, rows }: Grid): boolean {
  for (let column = 0; column < columns; column++) {
    const at = column * width + offset;
    if (values.subarray(at, at + rows).includes(Infinity)) return true;
  }
  return false;
}

/** The largest number at each row over columns `first … last`, NaN where there is no data. */
function gather(grid: Grid, first: number, last: number, strongest: Float64Array): void {
  strongest.fill(NaN);
  for (let column = Math.max(0, first); column < Math.min(last, grid.columns); column++) {
    const at = column * grid.width + grid.offset;
    for (let t = 0; t < grid.rows; t++) strongest[t] = larger(strongest[t] ?? NaN, grid.values[at + t] ?? NaN);
  }
}

function columnsAt(grid: Grid, { from, to, width }: Viewport): Int32Array {
  return Int32Array.from({ length: width + 1 }, (_, x) =>
    Math.floor((from + (x / width) * (to - from) - (grid.origin ?? 0)) / grid.stride),
  );
}

/** Rows are painted from T−1 at the top down to 0. */
function strongestOf(column: Float64Array, rows: number, firstRow: number, lastRow: number): number {
  let value = NaN;
  for (let row = firstRow; row < Math.max(firstRow + 1, lastRow); row++) {
    value = larger(value, column[rows - 1 - row] ?? NaN);
  }
  return value;
}

function larger(a: number, b: number): number {
  if (Number.isNaN(b)) return a;
  return Number.isNaN(a) || b > a ? b : a;
}

function pixelOf(value: number, scale: MagnitudeScale, zero: number, notFinite: number, hatched: boolean): number {
  switch (scale.kindOf(value)) {
    case 'nothing':
      return 0;
    case 'zero':
      return zero;
    case 'notFinite':
      return hatched ? notFinite : 0;
    case 'below':
    case 'within':
    case 'above':
      return scale.shade(value);
    default:
      return 0;
  }
}
