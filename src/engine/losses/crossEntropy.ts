import type { Loss } from './loss';

/**
 * Softmax cross-entropy, −log softmax(ŷ)[class] summed over the unmasked rows, from the differences to the largest
 * output, so that no exponential overflows. Gradient: softmax(ŷ) − one-hot(class). Definition:
 * torch.nn.functional.cross_entropy. Throws RangeError for targets that are not classes.
 */
export const crossEntropy: Loss = ({
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
  if (targets.kind !== 'classes') {
    throw new RangeError('crossEntropy needs classes as targets and got values; give class indices or use mse.');
  }
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const at = outputsAt + row * width;
    const to = gradientAt + row * width;
    if (mask[firstRow + row] === 0) {
      gradient?.fill(0, to, to + width);
      continue;
    }
    let largest = outputs[at];
    for (let k = 1; k < width; k++) if (outputs[at + k] > largest) largest = outputs[at + k];
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const exponential = Math.exp(outputs[at + k] - largest);
      if (gradient !== undefined) gradient[to + k] = exponential;
      sum += exponential;
    }
    const target = targets.indices[firstRow + row];
    loss += Math.log(sum) - (outputs[at + target] - largest);
    if (gradient !== undefined) {
      const factor = gradientWeight / sum;
      for (let k = 0; k < width; k++) gradient[to + k] *= factor;
      gradient[to + target] -= gradientWeight;
    }
  }
  return loss;
};
