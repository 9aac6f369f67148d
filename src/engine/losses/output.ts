import { sigmoid } from '../cells/activation';
import type { LossSpec } from '../spec';

/** The number that an output of the net predicts, where the loss compares numbers: the output itself, or its sigmoid. */
export function predictionOf(output: number, { output: kind = 'linear' }: Pick<LossSpec, 'output'>): number {
  switch (kind) {
    case 'linear':
      return output;
    case 'sigmoid':
      return sigmoid(output);
    default:
      return kind satisfies never;
  }
}
