import type { KeyPath, KeyProblem } from '../experiment/problems/problem';
import { formatExact } from '../text/numbers';

/** Maximum number of values in one batch, so that a typo does not use up all memory: 1 GiB of doubles. */
const maxNumbers = 2 ** 27;

/**
 * The problem of a batch that would hold too many numbers, found before it is allocated.
 * @param perStep numbers per step and sequence, inputs and targets together
 */
export function batchTooLarge(steps: number, batch: number, perStep: number, keyPath: KeyPath): KeyProblem | undefined {
  const numbers = steps * batch * perStep;
  if (numbers <= maxNumbers) return undefined;
  const message =
    `One batch would hold ${formatExact(numbers)} numbers (${formatExact(steps)} steps × ${formatExact(batch)} sequences × ` +
    `${formatExact(perStep)} per step); at most ${formatExact(maxNumbers)} are allowed. Write a smaller length or batch.`;
  return { code: 'batchTooLarge', message, keyPath };
}
