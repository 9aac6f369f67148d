import type { Tensor } from '../tensor';

/** Columns of W (rows of Wᵀ) that are adjacent in a packed matrix. */
const panel = 4;

/** Rows worked on together, so that their operands stay in the first-level cache while all of W is read. */
const block = 32;

/** Elements of a packed (rows, columns) matrix: its rows in panels of four, the last one padded with zeros. */
export function packedLength(rows: number, columns: number): number {
  return Math.ceil(rows / panel) * panel * columns;
}

/** packed [N/4][K][4] from matrix (N,K): the operand of `multiply` that gives x · matrixᵀ. */
export function pack(packed: Tensor, matrix: Tensor, rows: number, columns: number): void {
  for (let n = 0; n < rows; n++) {
    let to = (n - (n % panel)) * columns + (n % panel);
    const end = (n + 1) * columns;
    for (let from = n * columns; from < end; from++, to += panel) packed[to] = matrix[from];
  }
}

/** packed [K/4][N][4] from matrix (N,K): the operand of `multiply` that gives d · matrix. */
export function packTransposed(packed: Tensor, matrix: Tensor, rows: number, columns: number): void {
  for (let k = 0; k < columns; k++) {
    let to = (k - (k % panel)) * rows + (k % panel);
    for (let from = k, n = 0; n < rows; n++, from += columns, to += panel) packed[to] = matrix[from];
  }
}

/**
 * out (M,N) += x (M,K) · Wᵀ with W (N,K) packed. Every element is one sum over k in order, added to `out` at the end,
 * independent of the tile: the result of a row does not depend on the other rows.
 */
export function multiply(
  out: Tensor,
  outAt: number,
  x: Tensor,
  xAt: number,
  packed: Tensor,
  rows: number,
  outWidth: number,
  inWidth: number,
): void {
  for (let first = 0; first < rows; first += block) {
    const last = Math.min(rows, first + block);
    for (let n = 0; n < outWidth; n += panel) {
      const columns = Math.min(panel, outWidth - n);
      let row = first;
      for (; row + 1 < last; row += 2) {
        twoRows(
          out,
          outAt + row * outWidth + n,
          outWidth,
          columns,
          x,
          xAt + row * inWidth,
          packed,
          n * inWidth,
          inWidth,
        );
      }
      if (row < last) {
        oneRow(out, outAt + row * outWidth + n, columns, x, xAt + row * inWidth, packed, n * inWidth, inWidth);
      }
    }
  }
}

function twoRows(
  out: Tensor,
  outAt: number,
  outWidth: number,
  columns: number,
  x: Tensor,
  xAt: number,
  packed: Tensor,
  packedAt: number,
  inWidth: number,
): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  const end = xAt + inWidth;
  for (let i = xAt, j = end, p = packedAt; i < end; i++, j++, p += 4) {
    const a = x[i];
    const b = x[j];
    const w0 = packed[p];
    const w1 = packed[p + 1];
    const w2 = packed[p + 2];
    const w3 = packed[p + 3];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  addUpTo4(out, outAt, columns, a0, a1, a2, a3);
  addUpTo4(out, outAt + outWidth, columns, b0, b1, b2, b3);
}

function oneRow(
  out: Tensor,
  outAt: number,
  columns: number,
  x: Tensor,
  xAt: number,
  packed: Tensor,
  packedAt: number,
  inWidth: number,
): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  const end = xAt + inWidth;
  for (let i = xAt, p = packedAt; i < end; i++, p += 4) {
    const a = x[i];
    a0 += a * packed[p];
    a1 += a * packed[p + 1];
    a2 += a * packed[p + 2];
    a3 += a * packed[p + 3];
  }
  addUpTo4(out, outAt, columns, a0, a1, a2, a3);
}

function addUpTo4(out: Tensor, at: number, count: number, v0: number, v1: number, v2: number, v3: number): void {
  out[at] += v0;
  if (count > 1) out[at + 1] += v1;
  if (count > 2) out[at + 2] += v2;
  if (count > 3) out[at + 3] += v3;
}

/**
 * gradient (N,K) += dᵀ · x for d (M,N), x (M,K). Rows are summed in blocks of 32, each block added to `gradient` as one
 * number per element, in row order.
 */
export function multiplyTransposed(
  gradient: Tensor,
  d: Tensor,
  dAt: number,
  x: Tensor,
  xAt: number,
  rows: number,
  dWidth: number,
  xWidth: number,
): void {
  for (let first = 0; first < rows; first += block) {
    const count = Math.min(block, rows - first);
    const dFirst = dAt + first * dWidth;
    const xFirst = xAt + first * xWidth;
    let n = 0;
    for (; n + 1 < dWidth; n += 2) {
      let k = 0;
      for (; k + 3 < xWidth; k += 4) {
        outerTile(gradient, n * xWidth + k, d, dFirst + n, dWidth, x, xFirst + k, xWidth, count);
      }
      for (; k < xWidth; k++) {
        outerElement(gradient, n * xWidth + k, d, dFirst + n, dWidth, x, xFirst + k, xWidth, count);
        outerElement(gradient, (n + 1) * xWidth + k, d, dFirst + n + 1, dWidth, x, xFirst + k, xWidth, count);
      }
    }
    if (n < dWidth) {
      for (let k = 0; k < xWidth; k++) {
        outerElement(gradient, n * xWidth + k, d, dFirst + n, dWidth, x, xFirst + k, xWidth, count);
      }
    }
  }
}

function outerTile(
  gradient: Tensor,
  at: number,
  d: Tensor,
  dAt: number,
  dWidth: number,
  x: Tensor,
  xAt: number,
  xWidth: number,
  rows: number,
): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let m = 0, i = dAt, j = xAt; m < rows; m++, i += dWidth, j += xWidth) {
    const a = d[i];
    const b = d[i + 1];
    const x0 = x[j];
    const x1 = x[j + 1];
    const x2 = x[j + 2];
    const x3 = x[j + 3];
    a0 += a * x0;
    a1 += a * x1;
    a2 += a * x2;
    a3 += a * x3;
    b0 += b * x0;
    b1 += b * x1;
    b2 += b * x2;
    b3 += b * x3;
  }
  addUpTo4(gradient, at, 4, a0, a1, a2, a3);
  addUpTo4(gradient, at + xWidth, 4, b0, b1, b2, b3);
}

function outerElement(
  gradient: Tensor,
  at: number,
  d: Tensor,
  dAt: number,
  dWidth: number,
  x: Tensor,
  xAt: number,
  xWidth: number,
  rows: number,
): void {
  let sum = 0;
  for (let m = 0, i = dAt, j = xAt; m < rows; m++, i += dWidth, j += xWidth) sum += d[i] * x[j];
  gradient[at] += sum;
}
