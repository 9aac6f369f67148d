// tanh, exp and the logistic function of four numbers at a time. The coefficients stand in memory, since a vector
// constant inside a loop would be built anew at each use.
import { multiplyAdd } from './arithmetic';

/** tanh x ≈ x·P(x²)/Q(x²) on [−9, 9], fitted for least relative error (2.1e-8): P upwards, then Q from x². */
const tanhTable = memory.data<f32>([
  0.9999999794869908, 0.1338101353988734, 0.0034955737248327998, 2.060884720071553e-5, 1.3354344797670983e-8,
  0.46714329142451516, 0.025876927450673957, 0.0003285611306778028, 7.776426490657774e-7, 9, -9, 1, -1,
]);

/** tanh x: absolute and relative error below 4e-7, never beyond ±1; NaN stays NaN. */
export function tanh(x: v128): v128 {
  // In this order the comparisons with NaN keep the NaN.
  x = f32x4.pmin(f32x4.pmax(x, v128.load_splat<f32>(tanhTable, 40)), v128.load_splat<f32>(tanhTable, 36));
  const z = f32x4.mul(x, x);
  let above = multiplyAdd(z, v128.load_splat<f32>(tanhTable, 16), v128.load_splat<f32>(tanhTable, 12));
  let below = multiplyAdd(z, v128.load_splat<f32>(tanhTable, 32), v128.load_splat<f32>(tanhTable, 28));
  above = multiplyAdd(z, above, v128.load_splat<f32>(tanhTable, 8));
  below = multiplyAdd(z, below, v128.load_splat<f32>(tanhTable, 24));
  above = multiplyAdd(z, above, v128.load_splat<f32>(tanhTable, 4));
  below = multiplyAdd(z, below, v128.load_splat<f32>(tanhTable, 20));
  above = multiplyAdd(z, above, v128.load_splat<f32>(tanhTable));
  below = multiplyAdd(z, below, v128.load_splat<f32>(tanhTable, 44));
  const value = f32x4.div(f32x4.mul(x, above), below);
  return f32x4.pmin(f32x4.pmax(value, v128.load_splat<f32>(tanhTable, 48)), v128.load_splat<f32>(tanhTable, 44));
}

/**
 * e^x = 2^n · e^r, |r| ≤ ln 2 / 2: limits of x, 1/ln 2, −ln 2 in two parts, and e^r from r² on, fitted for least
 * relative error (3.1e-9).
 */
const expTable = memory.data<f32>([
  -87, 88, 1.4426950408889634, -0.693145751953125, -1.4286068203094172e-6, 0.49999993, 0.16666521, 0.04166839,
  0.00836872, 0.00138146, 1,
]);

/** e^x with a relative error below 2e-7: exact zero below −87, e^88 above 88; NaN stays NaN. */
export function exp(x: v128): v128 {
  const lowest = v128.load_splat<f32>(expTable);
  const vanishes = f32x4.lt(x, lowest);
  x = f32x4.pmin(f32x4.pmax(x, lowest), v128.load_splat<f32>(expTable, 4));
  const n = f32x4.nearest(f32x4.mul(x, v128.load_splat<f32>(expTable, 8)));
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
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(value, power), vanishes);
}

/** σ(x) = 1 / (1 + e^−x), small values as precise as large ones. */
export function sigmoid(x: v128): v128 {
  const one = v128.load_splat<f32>(expTable, 40);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}
