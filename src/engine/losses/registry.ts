import type { LossSpec } from '../spec';
import { crossEntropy } from './crossEntropy';
import type { Loss } from './loss';
import { sigmoidSquaredError } from './sigmoidSquaredError';
import { squaredError } from './squaredError';

/** Every loss by its kind: a kind without a loss does not compile. */
export const losses: Readonly<Record<LossSpec['kind'], Loss>> = { crossEntropy, mse: squaredError };

/** The loss that a specification means. */
export function lossFunction({ kind, output }: LossSpec): Loss {
  return kind === 'mse' && output === 'sigmoid' ? sigmoidSquaredError : losses[kind];
}
