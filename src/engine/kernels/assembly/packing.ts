// Layouts for the products: matrices as panels of eight columns, blocks of rows as panels of four or eight.
import { lanesOf } from './arithmetic';

/** Copies a 4×4 block at `from`, rows `stride` bytes apart, transposed to `to`, rows `toStride` apart. */
function transposeBlock(to: usize, toStride: usize, from: usize, stride: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + (stride << 1));
  const r3 = v128.load(from + stride * 3);
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
  v128.store(to + (toStride << 1), v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
  v128.store(to + toStride * 3, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
}

/** packed [N/8][K][8] from matrix (N,K). */
export function pack(packed: usize, matrix: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  let n = 0;
  for (; n + 8 <= rows; n += 8) {
    const from = matrix + <usize>n * stride;
    let k = 0;
    for (; k + 4 <= columns; k += 4) {
      transposeBlock(packed + ((<usize>k) << 5), 32, from + ((<usize>k) << 2), stride);
      transposeBlock(packed + ((<usize>k) << 5) + 16, 32, from + (stride << 2) + ((<usize>k) << 2), stride);
    }
    for (; k < columns; k++) packColumn(packed + ((<usize>k) << 5), from + ((<usize>k) << 2), stride, 8);
    packed += stride << 3;
  }
  if (n < rows) {
    for (let k = 0; k < columns; k++) {
      packColumn(packed + ((<usize>k) << 5), matrix + <usize>n * stride + ((<usize>k) << 2), stride, rows - n);
    }
  }
}

function packColumn(to: usize, from: usize, stride: usize, rows: i32): void {
  for (let n = 0; n < 8; n++) {
    store<f32>(to + ((<usize>n) << 2), n < rows ? load<f32>(from + <usize>n * stride) : 0);
  }
}

/** packed [K/8][N][8] from matrix (N,K), as a transpose is packed; the last panel padded with zeros. */
export function packTransposed(packed: usize, matrix: usize, rows: i32, columns: i32): void {
  packRows(packed, matrix, (<usize>columns) << 2, rows, columns);
}

/** As `packTransposed`, with rows that are `stride` bytes apart: the layout of x for a weight gradient. */
export function packRows(packed: usize, matrix: usize, stride: usize, rows: i32, columns: i32): void {
  for (let k = 0; k < columns; k += 8) {
    let from = matrix + ((<usize>k) << 2);
    const end = packed + ((<usize>rows) << 5);
    const remaining = columns - k;
    if (remaining >= 8) {
      for (; packed < end; packed += 32, from += stride) {
        v128.store(packed, v128.load(from));
        v128.store(packed, v128.load(from, 16), 16);
      }
    } else {
      const low = v128.load(lanesOf + ((<usize>min(4, remaining)) << 4));
      const high = v128.load(lanesOf + ((<usize>max(0, remaining - 4)) << 4));
      for (; packed < end; packed += 32, from += stride) {
        v128.store(packed, v128.and(v128.load(from), low));
        v128.store(packed, v128.and(v128.load(from, 16), high), 16);
      }
    }
  }
}

/** target (K,N) += the transpose of matrix (N,K). */
export function addTransposed(target: usize, matrix: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let n = 0; n < rows; n += 4) {
    for (let k = 0; k < columns; k += 4) {
      const to = target + ((<usize>k * rows + n) << 2);
      const from = matrix + <usize>n * stride + ((<usize>k) << 2);
      if (n + 4 <= rows && k + 4 <= columns) addTransposedBlock(to, (<usize>rows) << 2, from, stride);
      else addTransposedRest(to, (<usize>rows) << 2, from, stride, min(4, rows - n), min(4, columns - k));
    }
  }
}

function addTransposedBlock(to: usize, toStride: usize, from: usize, stride: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + (stride << 1));
  const r3 = v128.load(from + stride * 3);
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, f32x4.add(v128.load(to), v128.shuffle<f32>(t0, t2, 0, 1, 4, 5)));
  to += toStride;
  v128.store(to, f32x4.add(v128.load(to), v128.shuffle<f32>(t0, t2, 2, 3, 6, 7)));
  to += toStride;
  v128.store(to, f32x4.add(v128.load(to), v128.shuffle<f32>(t1, t3, 0, 1, 4, 5)));
  to += toStride;
  v128.store(to, f32x4.add(v128.load(to), v128.shuffle<f32>(t1, t3, 2, 3, 6, 7)));
}

function addTransposedRest(to: usize, toStride: usize, from: usize, stride: usize, rows: i32, columns: i32): void {
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < columns; k++) {
      const at = to + <usize>k * toStride + ((<usize>n) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(from + <usize>n * stride + ((<usize>k) << 2)));
    }
  }
}
