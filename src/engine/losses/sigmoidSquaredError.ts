import type { Loss } from './loss';
import { logistic } from './output';

/**
 * Squared error of a sigmoid output, Σ (σ(ŷ) − y)² over the unmasked rows and all O outputs. Gradient:
 * 2(σ(ŷ) − y)·σ(ŷ)·(1 − σ(ŷ)). Definition: torch.nn.functional.mse_loss of torch.sigmoid, before its reduction. Throws
 * RangeError for targets that are not numbers.
 */
export const sigmoidSquaredError: Loss = ({
  outputs,
  outputsAt,
  rows,
  width,
  targets,
  firstRow,
  mask,
  gradient,
  gradientAt,
  gradientWeight,
}) => {
  if (targets.kind !== 'values') {
    throw new RangeError('mse needs numbers as targets and got classes; give rows of numbers or use crossEntropy.');
  }
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const at = outputsAt + row * width;
    const to = gradientAt + row * width;
    if (mask[firstRow + row] === 0) {
      gradient?.fill(0, to, to + width);
      continue;
    }
    const wanted = (firstRow + row) * width;
    for (let k = 0; k < width; k++) {
      const output = logistic(outputs[at + k]);
      const difference = output - targets.values[wanted + k];
      loss += difference * difference;
      if (gradient !== undefined) gradient[to + k] = 2 * difference * output * (1 - output) * gradientWeight;
    }
  }
  return loss;
};
