// Rows and runs of numbers: bias rows, their gradients, one-hot gathers, sums, scaling, clipping.
import { addTo, put } from './arithmetic';

/** Rows summed in registers at a time, so that long sums lose no digits. */
const rowBlock: i32 = 64;

/** Each of the `rows` rows of out (M,N) becomes `bias` (N). */
export function fillRows(out: usize, bias: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let row = 0; row < rows; row++, out += bytes) copy(out, bias, width);
}

/** `length` elements become zero. */
export function zero(x: usize, length: i32): void {
  const vectors = x + ((<usize>(length & ~3)) << 2);
  for (; x < vectors; x += 16) v128.store(x, i32x4.splat(0));
  if (length & 3) put(x, i32x4.splat(0), length & 3);
}

/** to[i] = from[i] for `length` elements. */
export function copy(to: usize, from: usize, length: i32): void {
  const vectors = to + ((<usize>(length & ~3)) << 2);
  for (; to < vectors; to += 16, from += 16) v128.store(to, v128.load(from));
  if (length & 3) put(to, v128.load(from), length & 3);
}

/** out[i] += x[i] for `length` elements. */
export function add(out: usize, x: usize, length: i32): void {
  const vectors = out + ((<usize>(length & ~3)) << 2);
  for (; out < vectors; out += 16, x += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
  if (length & 3) addTo(out, v128.load(x), length & 3);
}

/** x[i] *= factor for `length` elements. */
export function scale(x: usize, length: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const vectors = x + ((<usize>(length & ~3)) << 2);
  for (; x < vectors; x += 16) v128.store(x, f32x4.mul(v128.load(x), factors));
  if (length & 3) put(x, f32x4.mul(v128.load(x), factors), length & 3);
}

/** Limits x[i] to [-limit, limit] and returns how many it changed; NaN stays NaN. */
export function clamp(x: usize, length: i32, limit: f32): i32 {
  const high = f32x4.splat(limit);
  const low = f32x4.splat(-limit);
  let changed = 0;
  const vectors = x + ((<usize>(length & ~3)) << 2);
  for (; x < vectors; x += 16) {
    const values = v128.load(x);
    changed += popcnt(i32x4.bitmask(v128.or(f32x4.gt(values, high), f32x4.lt(values, low))));
    // In this order the comparison with NaN keeps the NaN.
    v128.store(x, f32x4.pmin(f32x4.pmax(values, low), high));
  }
  for (let i = 0; i < (length & 3); i++, x += 4) {
    const value = load<f32>(x);
    if (value > limit) store<f32>(x, limit);
    else if (value < -limit) store<f32>(x, -limit);
    else continue;
    changed++;
  }
  return changed;
}

/** sums (N) += the rows of d (M,N). */
export function addColumnSums(sums: usize, d: usize, rows: i32, width: i32): void {
  const stride = (<usize>width) << 2;
  for (let first = 0; first < rows; first += rowBlock) {
    const count = min(rowBlock, rows - first);
    let n = 0;
    for (; n + 16 <= width; n += 16) {
      let from = d + ((<usize>n) << 2);
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let e = f32x4.splat(0);
      for (let row = 0; row < count; row++, from += stride) {
        a = f32x4.add(a, v128.load(from));
        b = f32x4.add(b, v128.load(from, 16));
        c = f32x4.add(c, v128.load(from, 32));
        e = f32x4.add(e, v128.load(from, 48));
      }
      const to = sums + ((<usize>n) << 2);
      addTo(to, a, 4);
      addTo(to + 16, b, 4);
      addTo(to + 32, c, 4);
      addTo(to + 48, e, 4);
    }
    for (; n < width; n += 4) {
      let from = d + ((<usize>n) << 2);
      let a = f32x4.splat(0);
      for (let row = 0; row < count; row++, from += stride) a = f32x4.add(a, v128.load(from));
      addTo(sums + ((<usize>n) << 2), a, min(4, width - n));
    }
    d += <usize>count * stride;
  }
}

/** Row m of out (M,N) = row indices[m] of table (V,N). */
export function gatherRows(out: usize, table: usize, indices: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (const end = indices + ((<usize>rows) << 2); indices < end; indices += 4, out += bytes) {
    copy(out, table + <usize>load<i32>(indices) * bytes, width);
  }
}

/** Row indices[m] of table (V,N) += row m of d (M,N). */
export function scatterRows(table: usize, d: usize, indices: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (const end = indices + ((<usize>rows) << 2); indices < end; indices += 4, d += bytes) {
    add(table + <usize>load<i32>(indices) * bytes, d, width);
  }
}
