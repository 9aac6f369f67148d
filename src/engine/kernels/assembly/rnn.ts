// The vanilla cell: h = φ(gx + gh), and back. The numbers of φ are those of the engine's table of activations.
import { flush, put } from './arithmetic';
import { sigmoidRun, tanhRun } from './functions';
import { add } from './rows';

const zero = memory.data<f32>([0, 0, 0, 0]);
const one = memory.data<f32>([1, 1, 1, 1]);

/** φ′ from the value φ(a), for all φ but tanh. */
function slope(activation: i32, value: v128): v128 {
  const ones = v128.load(one);
  switch (activation) {
    case 1:
      return v128.and(ones, f32x4.gt(value, v128.load(zero)));
    case 2:
      return f32x4.mul(value, f32x4.sub(ones, value));
    default:
      return ones;
  }
}

/** gates and h become φ(gates + gh), `length` = B·H elements; φ: 0 tanh, 1 relu, 2 sigmoid, otherwise the identity. */
export function rnnForward(gates: usize, gh: usize, h: usize, length: i32, activation: i32): void {
  if (activation == 0) {
    tanhRun(gates, gates, gh, h, length);
    return;
  }
  if (activation == 2) sigmoidRun(gates, gates, gh, length);
  else add(gates, gh, length);
  for (let i = 0; i < length; i += 4) {
    const at = (<usize>i) << 2;
    let value = v128.load(gates + at);
    // Where relu's argument is at most 0 all bits become zero; NaN stays NaN.
    if (activation == 1) value = v128.andnot(value, f32x4.le(value, v128.load(zero)));
    value = flush(value);
    put(gates + at, value, min(4, length - i));
    put(h + at, value, min(4, length - i));
  }
}

/** dgx becomes dh·φ′, and dh zero: step t−1 is reached through W_hh only. */
export function rnnBackward(gates: usize, dh: usize, dgx: usize, length: i32, activation: i32): void {
  if (activation == 0) {
    tanhBackward(gates, dh, dgx, length);
    return;
  }
  for (let i = 0; i < length; i += 4, gates += 16, dh += 16, dgx += 16) {
    put(dgx, flush(f32x4.mul(v128.load(dh), slope(activation, v128.load(gates)))), min(4, length - i));
    put(dh, v128.load(zero), min(4, length - i));
  }
}

/** As `rnnBackward` for tanh, the most common choice: two vectors at a time. */
function tanhBackward(gates: usize, dh: usize, dgx: usize, length: i32): void {
  const ones = v128.load(one);
  const zeros = v128.load(zero);
  for (const end = gates + ((<usize>(length & ~7)) << 2); gates < end; gates += 32, dh += 32, dgx += 32) {
    const low = v128.load(gates);
    const high = v128.load(gates, 16);
    v128.store(dgx, flush(f32x4.mul(v128.load(dh), f32x4.sub(ones, f32x4.mul(low, low)))));
    v128.store(dh, zeros);
    v128.store(dgx, flush(f32x4.mul(v128.load(dh, 16), f32x4.sub(ones, f32x4.mul(high, high)))), 16);
    v128.store(dh, zeros, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, gates += 16, dh += 16, dgx += 16) {
    const value = v128.load(gates);
    put(dgx, flush(f32x4.mul(v128.load(dh), f32x4.sub(ones, f32x4.mul(value, value)))), min(4, left));
    put(dh, zeros, min(4, left));
  }
}
