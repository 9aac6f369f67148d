// Softmax cross-entropy over the rows of one time step.
import { flush, lanesOf, put } from './arithmetic';
import { exp } from './functions';

/** Up to four elements, those beyond the row being −∞. */
function part(at: usize, count: i32): v128 {
  const mask = v128.load(lanesOf + ((<usize>count) << 4));
  return v128.bitselect(v128.load(at), f32x4.splat(-Infinity), mask);
}

/**
 * For each row of `outputs` (B,O) with a target of 0 or more: Σ e^(ŷ − max ŷ) and ŷ[target] − max ŷ as two doubles to
 * `terms`, and unless `gradient` is 0 weight · (softmax(ŷ) − one-hot) to its row; zeros where the target is negative.
 */
export function softmaxRows(
  outputs: usize,
  gradient: usize,
  targets: usize,
  terms: usize,
  rows: i32,
  width: i32,
  weight: f32,
): void {
  const bytes = (<usize>width) << 2;
  for (let row = 0; row < rows; row++, outputs += bytes, targets += 4, terms += 16) {
    const target = load<i32>(targets);
    const to = gradient + <usize>row * bytes;
    if (target < 0) {
      if (gradient != 0) fillZero(to, width);
      continue;
    }
    const largest = peak(outputs, width);
    const sum = exponentials(outputs, gradient == 0 ? 0 : to, width, largest);
    store<f64>(terms, <f64>sum);
    store<f64>(terms, <f64>load<f32>(outputs + ((<usize>target) << 2)) - <f64>largest, 8);
    if (gradient != 0) {
      scaleRow(to, width, weight / sum);
      const at = to + ((<usize>target) << 2);
      store<f32>(at, load<f32>(at) - weight);
    }
  }
}

function peak(row: usize, width: i32): f32 {
  let largest = f32x4.splat(-Infinity);
  for (let k = 0; k < width; k += 4) largest = f32x4.pmax(largest, part(row + ((<usize>k) << 2), min(4, width - k)));
  const pairs = f32x4.pmax(largest, v128.shuffle<f32>(largest, largest, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** Σ e^(x − shift), the terms to `to` unless it is 0. */
function exponentials(row: usize, to: usize, width: i32, shift: f32): f32 {
  const shifts = f32x4.splat(shift);
  let sum = f32x4.splat(0);
  for (let k = 0; k < width; k += 4) {
    const count = min(4, width - k);
    const at = (<usize>k) << 2;
    const value = exp(f32x4.sub(part(row + at, count), shifts));
    sum = f32x4.add(sum, value);
    if (to != 0) put(to + at, value, count);
  }
  const pairs = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

function scaleRow(row: usize, width: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let k = 0; k < width; k += 4, row += 16) {
    put(row, flush(f32x4.mul(v128.load(row), factors)), min(4, width - k));
  }
}

function fillZero(row: usize, width: i32): void {
  for (let k = 0; k < width; k += 4, row += 16) put(row, f32x4.splat(0), min(4, width - k));
}
