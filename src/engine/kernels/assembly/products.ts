// Products with packed matrices. W (N,K) lies in panels [N/8][K][8], the last one padded with zeros.
import { fourRows, oneRow, oneRowOfThree } from './tiles';

/** Columns of x worked on together: a panel of this many stays in the first-level cache. */
const depthBlock: i32 = 512;

/** Rows worked on together, so that their part of x stays in the second-level cache while all of W is read. */
const rowBlock: i32 = 96;

/**
 * out (M,N) = initial + x (M,K) · Wᵀ for the W (N,K) in `packed`: four rows at a time, the rest one by one. The rows of
 * `initial` are `initialStride` bytes apart: 0 for one row that is added to all, and it may be `out` itself.
 */
export function multiply(
  out: usize,
  initial: usize,
  initialStride: usize,
  x: usize,
  packed: usize,
  rows: i32,
  outWidth: i32,
  inWidth: i32,
): void {
  const outStride = (<usize>outWidth) << 2;
  const xStride = (<usize>inWidth) << 2;
  const fours = rows & ~3;
  for (let k = 0; k < inWidth; k += depthBlock) {
    const depth = min(depthBlock, inWidth - k);
    const panels = packed + ((<usize>k) << 5);
    for (let first = 0; first < fours; first += rowBlock) {
      const count = min(rowBlock, fours - first);
      const to = out + <usize>first * outStride;
      const from = initial + <usize>first * initialStride;
      const xFirst = x + <usize>first * xStride + ((<usize>k) << 2);
      multiplyBlock(to, from, initialStride, xFirst, panels, count, outWidth, inWidth, depth);
    }
    for (let row = fours; row < rows; row++) {
      const to = out + <usize>row * outStride;
      const from = initial + <usize>row * initialStride;
      const xRow = x + <usize>row * xStride + ((<usize>k) << 2);
      multiplyRow(to, from, xRow, panels, outWidth, inWidth, depth);
    }
    // What follows is added to the sums so far.
    initial = out;
    initialStride = outStride;
  }
}

/** All panels for a multiple of four rows. */
function multiplyBlock(
  out: usize,
  initial: usize,
  initialStride: usize,
  x: usize,
  panel: usize,
  rows: i32,
  outWidth: i32,
  inWidth: i32,
  depth: i32,
): void {
  const outStride = (<usize>outWidth) << 2;
  const xStride = (<usize>inWidth) << 2;
  for (let n = 0; n < outWidth; n += 8, panel += (<usize>inWidth) << 5, out += 32, initial += 32) {
    let to = out;
    let from = initial;
    let xFrom = x;
    for (let row = 0; row < rows; row += 4) {
      fourRows(to, outStride, outWidth - n, from, initialStride, xFrom, xStride, panel, depth);
      to += outStride << 2;
      from += initialStride << 2;
      xFrom += xStride << 2;
    }
  }
}

/** All panels for one row, three at a time: the two sums of a single panel would wait for each other. */
function multiplyRow(
  out: usize,
  initial: usize,
  x: usize,
  panel: usize,
  outWidth: i32,
  inWidth: i32,
  depth: i32,
): void {
  const panelBytes = (<usize>inWidth) << 5;
  let n = 0;
  for (; n + 16 < outWidth; n += 24, panel += panelBytes * 3, out += 96, initial += 96) {
    oneRowOfThree(out, outWidth - n, initial, x, panel, panelBytes, depth);
  }
  for (; n < outWidth; n += 8, panel += panelBytes, out += 32, initial += 32) {
    oneRow(out, outWidth - n, initial, x, panel, depth);
  }
}
