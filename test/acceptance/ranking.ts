/** The indices of the `count` largest numbers. */
export function argmaxes(values: ArrayLike<number>, count: number): ReadonlySet<number> {
  const order = Array.from(values, (_, index) => index).sort((a, b) => values[b] - values[a]);
  return new Set(order.slice(0, count));
}
