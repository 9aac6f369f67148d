// Products with packed matrices. W (N,K) lies in panels [N/8][K][8], the last one padded with zeros.
import { fourRows, oneRow, oneRowOfFour } from './tiles';

/** Columns of x worked on together: a panel of so many stays in the first-level cache. */
const depthBlock: i32 = 512;

/** Rows worked on together, so that their part of x stays in the second-level cache while all of W passes by. */
const rowBlock: i32 = 96;

/** out (M,N) += x (M,K) · Wᵀ for the W (N,K) in `packed`: four rows at a time, the rest one by one. */
export function multiply(out: usize, x: usize, packed: usize, rows: i32, outWidth: i32, inWidth: i32): void {
  const outStride = (<usize>outWidth) << 2;
  const xStride = (<usize>inWidth) << 2;
  const fours = rows & ~3;
  for (let k = 0; k < inWidth; k += depthBlock) {
    const depth = min(depthBlock, inWidth - k);
    const panels = packed + ((<usize>k) << 5);
    for (let first = 0; first < fours; first += rowBlock) {
      const count = min(rowBlock, fours - first);
      const outFirst = out + <usize>first * outStride;
      const xFirst = x + <usize>first * xStride + ((<usize>k) << 2);
      multiplyBlock(outFirst, xFirst, panels, count, outWidth, inWidth, depth);
    }
    for (let row = fours; row < rows; row++) {
      const xRow = x + <usize>row * xStride + ((<usize>k) << 2);
      multiplyRow(out + <usize>row * outStride, xRow, panels, outWidth, inWidth, depth);
    }
  }
}

/** All panels for a multiple of four rows. */
function multiplyBlock(out: usize, x: usize, panel: usize, rows: i32, outWidth: i32, inWidth: i32, depth: i32): void {
  const outStride = (<usize>outWidth) << 2;
  const xStride = (<usize>inWidth) << 2;
  for (let n = 0; n < outWidth; n += 8, panel += (<usize>inWidth) << 5) {
    let to = out + ((<usize>n) << 2);
    let from = x;
    for (let row = 0; row < rows; row += 4, to += outStride << 2, from += xStride << 2) {
      fourRows(to, outStride, outWidth - n, from, xStride, panel, depth);
    }
  }
}

/** All panels for one row, four at a time: a single panel's two sums would wait for one another. */
function multiplyRow(out: usize, x: usize, panel: usize, outWidth: i32, inWidth: i32, depth: i32): void {
  const panelBytes = (<usize>inWidth) << 5;
  let n = 0;
  for (; n + 24 < outWidth; n += 32, panel += panelBytes << 2) {
    oneRowOfFour(out + ((<usize>n) << 2), outWidth - n, x, panel, panelBytes, depth);
  }
  for (; n < outWidth; n += 8, panel += panelBytes) {
    oneRow(out + ((<usize>n) << 2), outWidth - n, x, panel, depth);
  }
}
