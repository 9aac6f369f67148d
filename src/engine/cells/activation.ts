import type { Activation } from '../spec';

/** σ(a) = 1 / (1 + e^−a) */
export function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}

/** φ(a) */
export function activate(activation: Activation, a: number): number {
  switch (activation) {
    case 'tanh':
      return Math.tanh(a);
    case 'relu':
      // Not Math.max: NaN must stay NaN, and −0 would be a difference in bits.
      return a <= 0 ? 0 : a;
    case 'sigmoid':
      return sigmoid(a);
    case 'identity':
      return a;
    default:
      return activation satisfies never;
  }
}

/** φ′ at a, from the value φ(a); relu′(0) = 0 as in PyTorch. */
export function slope(activation: Activation, value: number): number {
  switch (activation) {
    case 'tanh':
      return 1 - value * value;
    case 'relu':
      return value > 0 ? 1 : 0;
    case 'sigmoid':
      return value * (1 - value);
    case 'identity':
      return 1;
    default:
      return activation satisfies never;
  }
}
