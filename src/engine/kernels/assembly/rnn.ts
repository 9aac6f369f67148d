// The vanilla cell: h = φ(gx + gh), and back. The numbers of φ are those of the engine's table of activations.
import { flush, put } from './arithmetic';
import { sigmoid, tanh } from './functions';

const zero = memory.data<f32>([0, 0, 0, 0]);
const one = memory.data<f32>([1, 1, 1, 1]);

/** φ: 0 tanh, 1 relu, 2 sigmoid, otherwise the identity. */
function activate(activation: i32, a: v128): v128 {
  switch (activation) {
    case 0:
      return tanh(a);
    case 1:
      // Where a ≤ 0 all bits become zero, which a NaN's do not.
      return v128.andnot(a, f32x4.le(a, v128.load(zero)));
    case 2:
      return sigmoid(a);
    default:
      return a;
  }
}

/** φ′ from the value φ(a). */
function slope(activation: i32, value: v128): v128 {
  const ones = v128.load(one);
  switch (activation) {
    case 0:
      return f32x4.sub(ones, f32x4.mul(value, value));
    case 1:
      return v128.and(ones, f32x4.gt(value, v128.load(zero)));
    case 2:
      return f32x4.mul(value, f32x4.sub(ones, value));
    default:
      return ones;
  }
}

/** gates and h become φ(gates + gh), `length` = B·H elements. */
export function rnnForward(gates: usize, gh: usize, h: usize, length: i32, activation: i32): void {
  for (let i = 0; i < length; i += 4, gates += 16, gh += 16, h += 16) {
    const value = flush(activate(activation, f32x4.add(v128.load(gates), v128.load(gh))));
    put(gates, value, min(4, length - i));
    put(h, value, min(4, length - i));
  }
}

/** dgx becomes dh·φ′, and dh zero: nothing reaches t−1 but through W_hh. */
export function rnnBackward(gates: usize, dh: usize, dgx: usize, length: i32, activation: i32): void {
  for (let i = 0; i < length; i += 4, gates += 16, dh += 16, dgx += 16) {
    const value = f32x4.mul(v128.load(dh), slope(activation, v128.load(gates)));
    put(dgx, flush(value), min(4, length - i));
    put(dh, v128.load(zero), min(4, length - i));
  }
}
