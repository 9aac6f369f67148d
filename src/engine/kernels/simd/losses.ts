import type { Loss } from '../../losses/loss';
import type { LossSpec } from '../../spec';
import type { Arena } from './arena';
import type { Instructions } from './instructions';
import { rowsAtOnce } from './scratch';

/** The losses that have a kernel, by kind; the others are those of ../../losses, over the same memory. */
export function fusedLosses(wasm: Instructions, arena: Arena): ReadonlyMap<LossSpec['kind'], Loss> {
  const classes = arena.integers(rowsAtOnce);
  const terms = arena.doubles(2 * rowsAtOnce);

  /** As losses/crossEntropy, with the exponentials of all rows of a step in one call. */
  const crossEntropy: Loss = (step) => {
    const { outputs, outputsAt, rows, width, targets, firstRow, mask, gradient, gradientAt, gradientWeight } = step;
    if (targets.kind !== 'classes') {
      throw new RangeError('crossEntropy needs classes as targets and got values; give class indices or use mse.');
    }
    let loss = 0;
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - first);
      for (let row = 0; row < count; row++) {
        const at = firstRow + first + row;
        classes[row] = mask[at] === 0 ? -1 : targets.indices[at];
      }
      wasm.softmaxRows(
        outputs.byteOffset + 4 * (outputsAt + first * width),
        gradient === undefined ? 0 : gradient.byteOffset + 4 * (gradientAt + first * width),
        classes.byteOffset,
        terms.byteOffset,
        count,
        width,
        gradientWeight,
      );
      for (let row = 0; row < count; row++) {
        if (classes[row] >= 0) loss += Math.log(terms[2 * row]) - terms[2 * row + 1];
      }
    }
    return loss;
  };

  return new Map([['crossEntropy', crossEntropy]]);
}
