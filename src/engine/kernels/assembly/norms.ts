// Euclidean norms. The squares of float32 numbers easily leave its range, so numbers are scaled before they are
// squared, by a power of two that changes no digit. Short runs are summed in float32, the runs in double.
import { lanesOf, multiplyAdd } from './arithmetic';
import { add } from './rows';

/** With 2⁴⁰ the squares of all magnitudes from 1e-30, below which gradients are zero, to 1e6 stay inside. */
const usual = memory.data<f32>([1099511627776]);

/** 2¹⁰⁰, for a norm below 1e-26, and 2⁻⁷⁰, for one above 1e7. */
const forSmall = memory.data<f32>([1.2676506002282294e30]);
const forLarge = memory.data<f32>([8.470329472543003e-22]);

/** From this sum of squares on, squares that have underflowed change no digit of it. */
const minSum: f64 = 1e-28;

/** Elements whose squares are summed in float32, sixteen sums side by side: few enough that no digits are lost. */
const run: i32 = 512;

/** ‖x‖ over `length` elements. */
export function norm(x: usize, length: i32): f64 {
  return normFrom(sumOfSquares(x, 0, length, usual), x, 0, length);
}

/** ‖x − y‖ over `length` elements. */
export function distance(x: usize, y: usize, length: i32): f64 {
  return normFrom(sumOfSquares(x, y, length, usual), x, y, length);
}

/** out[i] += x[i] for `length` elements; ‖out‖ after it and ‖x‖ as two doubles to `norms`. */
export function addMeasured(out: usize, x: usize, length: i32, norms: usize): void {
  let ofSum: f64 = 0;
  let ofX: f64 = 0;
  for (let at: usize = 0, left = length; left > 0; left -= run, at += (<usize>run) << 2) {
    const count = min(run, left);
    add(out + at, x + at, count);
    ofSum += squares(out + at, count, usual);
    ofX += squares(x + at, count, usual);
  }
  store<f64>(norms, normFrom(ofSum, out, 0, length));
  store<f64>(norms, normFrom(ofX, x, 0, length), 8);
}

/** The norm from its usual sum of squares, or from another where squares have left the range of that one. */
function normFrom(sum: f64, x: usize, y: usize, length: i32): f64 {
  let scale = usual;
  if (sum < minSum) scale = forSmall;
  // NaN may be the difference of two numbers that were too large for the usual scale.
  else if (!(sum < Infinity)) scale = forLarge;
  if (scale != usual) sum = sumOfSquares(x, y, length, scale);
  return sqrt(sum) / <f64>load<f32>(scale);
}

/** Σ (scale · (x − y))², or of x alone where `y` is 0. */
function sumOfSquares(x: usize, y: usize, length: i32, scale: usize): f64 {
  let sum: f64 = 0;
  for (let at: usize = 0, left = length; left > 0; left -= run, at += (<usize>run) << 2) {
    const count = min(run, left);
    sum += y == 0 ? squares(x + at, count, scale) : squaresOfDifference(x + at, y + at, count, scale);
  }
  return sum;
}

function squares(x: usize, length: i32, scale: usize): f64 {
  const factor = v128.load_splat<f32>(scale);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (const end = x + ((<usize>(length & ~15)) << 2); x < end; x += 64) {
    a = addSquare(a, f32x4.mul(v128.load(x), factor));
    b = addSquare(b, f32x4.mul(v128.load(x, 16), factor));
    c = addSquare(c, f32x4.mul(v128.load(x, 32), factor));
    d = addSquare(d, f32x4.mul(v128.load(x, 48), factor));
  }
  for (let left = length & 15; left > 0; left -= 4, x += 16) {
    a = addSquare(a, f32x4.mul(first(v128.load(x), left), factor));
  }
  return total(a, b, c, d);
}

function squaresOfDifference(x: usize, y: usize, length: i32, scale: usize): f64 {
  const factor = v128.load_splat<f32>(scale);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (const end = x + ((<usize>(length & ~15)) << 2); x < end; x += 64, y += 64) {
    a = addSquare(a, difference(v128.load(x), v128.load(y), factor));
    b = addSquare(b, difference(v128.load(x, 16), v128.load(y, 16), factor));
    c = addSquare(c, difference(v128.load(x, 32), v128.load(y, 32), factor));
    d = addSquare(d, difference(v128.load(x, 48), v128.load(y, 48), factor));
  }
  for (let left = length & 15; left > 0; left -= 4, x += 16, y += 16) {
    a = addSquare(a, first(difference(v128.load(x), v128.load(y), factor), left));
  }
  return total(a, b, c, d);
}

function addSquare(sum: v128, x: v128): v128 {
  return multiplyAdd(x, x, sum);
}

/** factor · (x − y). Both are scaled first: a difference may be beyond the largest float32. */
function difference(x: v128, y: v128, factor: v128): v128 {
  return f32x4.sub(f32x4.mul(x, factor), f32x4.mul(y, factor));
}

/** The first `count` of four lanes, zeros behind them. */
function first(x: v128, count: i32): v128 {
  return v128.and(x, v128.load(lanesOf + ((<usize>min(4, count)) << 4)));
}

function total(a: v128, b: v128, c: v128, d: v128): f64 {
  const sums = f64x2.add(pairs(f32x4.add(a, b)), pairs(f32x4.add(c, d)));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The first two of four float32 plus the last two, as doubles. */
function pairs(x: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)));
}
