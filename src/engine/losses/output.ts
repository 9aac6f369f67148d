import type { LossSpec } from '../spec';

/** 1 / (1 + e^−x), without overflow for any finite x. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const exponential = Math.exp(x);
  return exponential / (1 + exponential);
}

/** The number that an output of the net predicts, where the loss compares numbers: the output itself, or its sigmoid. */
export function predictionOf(output: number, { output: kind = 'linear' }: Pick<LossSpec, 'output'>): number {
  switch (kind) {
    case 'linear':
      return output;
    case 'sigmoid':
      return logistic(output);
    default:
      return kind satisfies never;
  }
}
