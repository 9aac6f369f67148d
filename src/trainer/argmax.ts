/**
 * The index of the largest of some consecutive numbers, the first one where several are the largest.
 *
 * @param from index of the first number
 * @param width how many numbers
 * @returns from 0 to width − 1
 */
export function argmaxOfRow(values: ArrayLike<number>, from: number, width: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) {
    if ((values[from + k] ?? NaN) > (values[from + best] ?? NaN)) best = k;
  }
  return best;
}
