import type { KeyPath, KeyProblem } from '../experiment/problem';
import { formatExact } from '../text/numbers';

/** The most numbers one batch may hold, so that a slip of the finger does not take all memory: 1 GiB of doubles. */
const MOST = 2 ** 27;

/**
 * An objection against a batch that would hold too many numbers, before it is allocated.
 * @param perStep numbers per step and lane, inputs and targets together
 */
export function batchTooLarge(steps: number, batch: number, perStep: number, keyPath: KeyPath): KeyProblem | undefined {
  const numbers = steps * batch * perStep;
  if (numbers <= MOST) return undefined;
  const message =
    `One batch would hold ${formatExact(numbers)} numbers (${formatExact(steps)} steps × ${formatExact(batch)} sequences × ` +
    `${formatExact(perStep)} per step); at most ${formatExact(MOST)} are allowed. Write a smaller length or batch.`;
  return { code: 'batchTooLarge', message, keyPath };
}
