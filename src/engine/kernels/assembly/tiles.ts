// Register blocks of the matrix products: rows × 8 sums in registers while one panel of W passes by. Every sum runs over
// k in order in one register, whatever the block, so that a row's result does not depend on the rows beside it.
import { addTo, multiplyAdd } from './arithmetic';

/** Adds eight sums to a row of `out` that has room for `columns` of them. */
function addRow(out: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(out, f32x4.add(v128.load(out), low));
    v128.store(out, f32x4.add(v128.load(out, 16), high), 16);
    return;
  }
  if (columns > 4) {
    v128.store(out, f32x4.add(v128.load(out), low));
    addTo(out + 16, high, columns - 4);
  } else {
    addTo(out, low, columns);
  }
}

/** out (4, columns) += x (4,K) · panel (K,8); strides in bytes. */
export function fourRows(
  out: usize,
  outStride: usize,
  columns: i32,
  x: usize,
  xStride: usize,
  panel: usize,
  depth: i32,
): void {
  let x0 = x;
  let x1 = x0 + xStride;
  let x2 = x1 + xStride;
  let x3 = x2 + xStride;
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  const end = panel + ((<usize>depth) << 5);
  while (panel < end) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(x0);
    a0 = multiplyAdd(value, low, a0);
    b0 = multiplyAdd(value, high, b0);
    value = v128.load_splat<f32>(x1);
    a1 = multiplyAdd(value, low, a1);
    b1 = multiplyAdd(value, high, b1);
    value = v128.load_splat<f32>(x2);
    a2 = multiplyAdd(value, low, a2);
    b2 = multiplyAdd(value, high, b2);
    value = v128.load_splat<f32>(x3);
    a3 = multiplyAdd(value, low, a3);
    b3 = multiplyAdd(value, high, b3);
    panel += 32;
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  addRow(out, a0, b0, columns);
  addRow((out += outStride), a1, b1, columns);
  addRow((out += outStride), a2, b2, columns);
  addRow((out += outStride), a3, b3, columns);
}

/** out (columns) += x (K) · panel (K,8) */
export function oneRow(out: usize, columns: i32, x: usize, panel: usize, depth: i32): void {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (const end = x + ((<usize>depth) << 2); x < end; x += 4, panel += 32) {
    const value = v128.load_splat<f32>(x);
    a = multiplyAdd(value, v128.load(panel), a);
    b = multiplyAdd(value, v128.load(panel, 16), b);
  }
  addRow(out, a, b, columns);
}

/** out (columns ≤ 32) += x (K) · four panels (K,8), each `panelBytes` after the one before: sums enough to keep busy. */
export function oneRowOfFour(out: usize, columns: i32, x: usize, panel: usize, panelBytes: usize, depth: i32): void {
  let p1 = panel + panelBytes;
  let p2 = p1 + panelBytes;
  let p3 = p2 + panelBytes;
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (const end = x + ((<usize>depth) << 2); x < end; x += 4) {
    const value = v128.load_splat<f32>(x);
    a0 = multiplyAdd(value, v128.load(panel), a0);
    b0 = multiplyAdd(value, v128.load(panel, 16), b0);
    a1 = multiplyAdd(value, v128.load(p1), a1);
    b1 = multiplyAdd(value, v128.load(p1, 16), b1);
    a2 = multiplyAdd(value, v128.load(p2), a2);
    b2 = multiplyAdd(value, v128.load(p2, 16), b2);
    a3 = multiplyAdd(value, v128.load(p3), a3);
    b3 = multiplyAdd(value, v128.load(p3, 16), b3);
    panel += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
  }
  addRow(out, a0, b0, columns);
  addRow(out + 32, a1, b1, columns - 8);
  addRow(out + 64, a2, b2, columns - 16);
  addRow(out + 96, a3, b3, columns - 24);
}
