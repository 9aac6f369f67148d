import type { Loss } from './loss';

/**
 * Squared error, Σ (ŷ − y)² over the unmasked rows and all O outputs. Gradient: 2(ŷ − y). Definition:
 * torch.nn.functional.mse_loss before its reduction. Throws RangeError for targets that are not numbers.
 */
export const squaredError: Loss = squaredErrorOf(
  (output) => output,
  (gradient) => gradient,
);

/**
 * The squared error of a function of every output.
 *
 * @param predict the prediction for an output of the net
 * @param back a gradient at a prediction as the gradient at its output: times the slope of `predict`
 */
export function squaredErrorOf(
  predict: (output: number) => number,
  back: (gradient: number, prediction: number) => number,
): Loss {
  return ({ outputs, outputsAt, rows, width, targets, firstRow, mask, gradient, gradientAt, gradientWeight }) => {
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
        const prediction = predict(outputs[at + k]);
        const difference = prediction - targets.values[wanted + k];
        loss += difference * difference;
        if (gradient !== undefined) gradient[to + k] = back(2 * difference, prediction) * gradientWeight;
      }
    }
    return loss;
  };
}
