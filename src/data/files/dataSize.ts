import type { KeyPath, KeyProblem } from '../../experiment/problems/problem';
import { formatMebibytes } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** How a message names the memory limit, in an editor and in a terminal. */
export const memoryLimitNames = 'setting unroll.memoryLimitMiB, headless --memory';

/**
 * The problem of data that need more memory than a run may use, found before it is allocated; undefined if they fit.
 *
 * @param bytes needed at least
 * @param limit bytes that the limit of the process leaves for data
 */
export function dataTooLarge(path: string, bytes: number, limit: number, keyPath: KeyPath): KeyProblem | undefined {
  if (bytes <= limit) return undefined;
  const message =
    `${quote(path)} needs at least ${formatMebibytes(bytes)} of memory for the data alone, and the limit leaves ${formatMebibytes(limit)} beside the program. ` +
    `Train on a part of the data, or raise the limit (${memoryLimitNames}).`;
  return { code: 'memory', message, keyPath };
}
