// Register blocks of the matrix products: rows × 8 sums in registers while one panel of W is read. Every sum starts
// from its `initial` value and runs over k in order, whatever the block, so that a row's result does not depend on the
// rows beside it. Compilers load all operands of a turn before they use the first: the sums and the operands of one turn
// together must fit sixteen registers, or sums are spilled to memory at a third of the speed.
import { multiplyAdd, put } from './arithmetic';

/** Writes the first `columns` of eight numbers. */
function putEight(out: usize, low: v128, high: v128, columns: i32): void {
  if (columns > 4) {
    v128.store(out, low);
    put(out + 16, high, columns < 8 ? columns - 4 : 4);
  } else {
    put(out, low, columns);
  }
}

/** out (4, columns) = initial + x (4,K) · panel (K,8); strides in bytes. */
export function fourRows(
  out: usize,
  outStride: usize,
  columns: i32,
  initial: usize,
  initialStride: usize,
  x: usize,
  xStride: usize,
  panel: usize,
  depth: i32,
): void {
  let a0 = v128.load(initial);
  let b0 = v128.load(initial, 16);
  initial += initialStride;
  let a1 = v128.load(initial);
  let b1 = v128.load(initial, 16);
  initial += initialStride;
  let a2 = v128.load(initial);
  let b2 = v128.load(initial, 16);
  initial += initialStride;
  let a3 = v128.load(initial);
  let b3 = v128.load(initial, 16);
  let x1 = x + xStride;
  let x2 = x1 + xStride;
  let x3 = x2 + xStride;
  for (const end = x + ((<usize>depth) << 2); x < end; x += 4, x1 += 4, x2 += 4, x3 += 4, panel += 32) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(x);
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
  }
  if (columns >= 8) {
    v128.store(out, a0);
    v128.store(out, b0, 16);
    out += outStride;
    v128.store(out, a1);
    v128.store(out, b1, 16);
    out += outStride;
    v128.store(out, a2);
    v128.store(out, b2, 16);
    out += outStride;
    v128.store(out, a3);
    v128.store(out, b3, 16);
  } else {
    putEight(out, a0, b0, columns);
    putEight((out += outStride), a1, b1, columns);
    putEight((out += outStride), a2, b2, columns);
    putEight((out += outStride), a3, b3, columns);
  }
}

/** out (columns) = initial + x (K) · panel (K,8) */
export function oneRow(out: usize, columns: i32, initial: usize, x: usize, panel: usize, depth: i32): void {
  let a = v128.load(initial);
  let b = v128.load(initial, 16);
  for (const end = x + ((<usize>depth) << 2); x < end; x += 4, panel += 32) {
    const value = v128.load_splat<f32>(x);
    a = multiplyAdd(value, v128.load(panel), a);
    b = multiplyAdd(value, v128.load(panel, 16), b);
  }
  putEight(out, a, b, columns);
}

/** out (17 to 24 columns) = initial + x (K) · three panels (K,8), each `panelBytes` after the one before. */
export function oneRowOfThree(
  out: usize,
  columns: i32,
  initial: usize,
  x: usize,
  panel: usize,
  panelBytes: usize,
  depth: i32,
): void {
  let panel1 = panel + panelBytes;
  let panel2 = panel1 + panelBytes;
  let a0 = v128.load(initial);
  let b0 = v128.load(initial, 16);
  let a1 = v128.load(initial, 32);
  let b1 = v128.load(initial, 48);
  let a2 = v128.load(initial, 64);
  let b2 = v128.load(initial, 80);
  for (const end = x + ((<usize>depth) << 2); x < end; x += 4) {
    const value = v128.load_splat<f32>(x);
    a0 = multiplyAdd(value, v128.load(panel), a0);
    b0 = multiplyAdd(value, v128.load(panel, 16), b0);
    a1 = multiplyAdd(value, v128.load(panel1), a1);
    b1 = multiplyAdd(value, v128.load(panel1, 16), b1);
    a2 = multiplyAdd(value, v128.load(panel2), a2);
    b2 = multiplyAdd(value, v128.load(panel2, 16), b2);
    panel += 32;
    panel1 += 32;
    panel2 += 32;
  }
  v128.store(out, a0);
  v128.store(out, b0, 16);
  v128.store(out, a1, 32);
  v128.store(out, b1, 48);
  putEight(out + 64, a2, b2, columns - 16);
}
