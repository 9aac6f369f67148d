import { sigmoid } from '../cells/activation';
import { squaredErrorOf } from './squaredError';

/**
 * Squared error of a sigmoid output, Σ (σ(ŷ) − y)² over the unmasked rows and all O outputs. Gradient:
 * 2(σ(ŷ) − y)·σ(ŷ)·(1 − σ(ŷ)). Definition: torch.nn.functional.mse_loss of torch.sigmoid, before its reduction. Throws
 * RangeError for targets that are not numbers.
 */
export const sigmoidSquaredError = squaredErrorOf(
  sigmoid,
  (gradient, prediction) => gradient * prediction * (1 - prediction),
);
