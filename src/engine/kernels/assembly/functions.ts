// tanh, exp and the logistic function of four numbers at a time. The coefficients are in memory, since a vector
// constant inside a loop would be built again at each use.
import { flush, multiplyAdd, put } from './arithmetic';

/** tanh x ≈ x·P(x²)/Q(x²) on [−9, 9], fitted for the smallest relative error (2.1e-8): P upwards, then Q from x². */
const tanhTable = memory.data<f32>([
  0.9999999794869908, 0.1338101353988734, 0.0034955737248327998, 2.060884720071553e-5, 1.3354344797670983e-8,
  0.46714329142451516, 0.025876927450673957, 0.0003285611306778028, 7.776426490657774e-7, 9, -9, 1, -1,
]);

/**
 * out[i] = tanh(x[i] + plus[i]), or tanh(x[i]) where `plus` is 0: absolute and relative error below 4e-7, never beyond
 * ±1; NaN stays NaN. Unless `copy` is 0, the values are also written there, and in both small ones are flushed to zero.
 * The constants are loaded once, before the loop.
 */
export function tanhRun(out: usize, x: usize, plus: usize, copy: usize, length: i32): void {
  const p0 = v128.load_splat<f32>(tanhTable);
  const p1 = v128.load_splat<f32>(tanhTable, 4);
  const p2 = v128.load_splat<f32>(tanhTable, 8);
  const p3 = v128.load_splat<f32>(tanhTable, 12);
  const p4 = v128.load_splat<f32>(tanhTable, 16);
  const q1 = v128.load_splat<f32>(tanhTable, 20);
  const q2 = v128.load_splat<f32>(tanhTable, 24);
  const q3 = v128.load_splat<f32>(tanhTable, 28);
  const q4 = v128.load_splat<f32>(tanhTable, 32);
  const max = v128.load_splat<f32>(tanhTable, 36);
  const min = v128.load_splat<f32>(tanhTable, 40);
  const one = v128.load_splat<f32>(tanhTable, 44);
  const minusOne = v128.load_splat<f32>(tanhTable, 48);
  const vectors = (<usize>(length & ~3)) << 2;
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    let a = v128.load(x + at);
    if (plus != 0) a = f32x4.add(a, v128.load(plus + at));
    // In this order the comparisons with NaN keep the NaN.
    a = f32x4.pmin(f32x4.pmax(a, min), max);
    const z = f32x4.mul(a, a);
    let numerator = multiplyAdd(z, p4, p3);
    let denominator = multiplyAdd(z, q4, q3);
    numerator = multiplyAdd(z, numerator, p2);
    denominator = multiplyAdd(z, denominator, q2);
    numerator = multiplyAdd(z, numerator, p1);
    denominator = multiplyAdd(z, denominator, q1);
    numerator = multiplyAdd(z, numerator, p0);
    denominator = multiplyAdd(z, denominator, one);
    let value = f32x4.pmin(f32x4.pmax(f32x4.div(f32x4.mul(a, numerator), denominator), minusOne), one);
    if (copy != 0) value = flush(value);
    if (at < vectors) {
      v128.store(out + at, value);
      if (copy != 0) v128.store(copy + at, value);
    } else {
      put(out + at, value, length & 3);
      if (copy != 0) put(copy + at, value, length & 3);
    }
  }
}

/**
 * e^x = 2^n · e^r, |r| ≤ ln 2 / 2: limits of x, 1/ln 2, −ln 2 in two parts, e^r from r² on, fitted for the smallest
 * relative error (3.1e-9), 1, and 1.5 · 2²³.
 */
const expTable = memory.data<f32>([
  -87, 88, 1.4426950408889634, -0.693145751953125, -1.4286068203094172e-6, 0.49999993, 0.16666521, 0.04166839,
  0.00836872, 0.00138146, 1, 12582912,
]);

/** e^x with a relative error below 2e-7: exact zero below −87, e^88 above 88; NaN stays NaN. */
export function exp(x: v128): v128 {
  const lowest = v128.load_splat<f32>(expTable);
  const vanishes = f32x4.lt(x, lowest);
  x = f32x4.pmin(f32x4.pmax(x, lowest), v128.load_splat<f32>(expTable, 4));
  // Added to 1.5 · 2²³ a number has no fraction left, and its whole part is in the lowest bits.
  const shifted = multiplyAdd(x, v128.load_splat<f32>(expTable, 8), v128.load_splat<f32>(expTable, 44));
  const n = f32x4.sub(shifted, v128.load_splat<f32>(expTable, 44));
  let r = multiplyAdd(n, v128.load_splat<f32>(expTable, 12), x);
  r = multiplyAdd(n, v128.load_splat<f32>(expTable, 16), r);
  let value = multiplyAdd(r, v128.load_splat<f32>(expTable, 36), v128.load_splat<f32>(expTable, 32));
  value = multiplyAdd(r, value, v128.load_splat<f32>(expTable, 28));
  value = multiplyAdd(r, value, v128.load_splat<f32>(expTable, 24));
  value = multiplyAdd(r, value, v128.load_splat<f32>(expTable, 20));
  const one = v128.load_splat<f32>(expTable, 40);
  value = multiplyAdd(r, value, one);
  value = multiplyAdd(r, value, one);
  // The exponent's field of a float32, for 2^n.
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(value, power), vanishes);
}

/** out[i] = σ(x[i] + plus[i]) = 1 / (1 + e^−(x + plus)), small values as precise as large ones; NaN stays NaN. */
export function sigmoidRun(out: usize, x: usize, plus: usize, length: i32): void {
  const one = v128.load_splat<f32>(expTable, 40);
  const vectors = (<usize>(length & ~3)) << 2;
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const a = f32x4.add(v128.load(x + at), v128.load(plus + at));
    const value = f32x4.div(one, f32x4.add(one, exp(f32x4.neg(a))));
    if (at < vectors) v128.store(out + at, value);
    else put(out + at, value, length & 3);
  }
}
