/**
 * Whether the outputs of the allowed symbols are larger than all others: a net that knows the grammar but not what comes
 * next can't do better.
 *
 * Hochreiter & Schmidhuber 1997, experiment 1, call a trial successful "if the output unit(s) corresponding to the possible
 * next symbol(s) is(are) always the most active ones", for every symbol of every string.
 *
 * @param from index of the first of `width` outputs
 */
export function favoursAllowed(
  outputs: ArrayLike<number>,
  from: number,
  width: number,
  allowed: readonly number[],
): boolean {
  let [leastAllowed, mostOther] = [Infinity, -Infinity];
  for (let symbol = 0; symbol < width; symbol++) {
    const output = outputs[from + symbol] ?? NaN;
    if (Number.isNaN(output)) return false;
    if (allowed.includes(symbol)) leastAllowed = Math.min(leastAllowed, output);
    else mostOther = Math.max(mostOther, output);
  }
  return leastAllowed > mostOther;
}
