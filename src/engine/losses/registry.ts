import type { LossSpec } from '../spec';
import { crossEntropy } from './crossEntropy';
import type { Loss } from './loss';
import { squaredError } from './squaredError';

/** Every loss by its kind: a kind without a loss does not compile. */
export const losses: Readonly<Record<LossSpec['kind'], Loss>> = { crossEntropy, mse: squaredError };
