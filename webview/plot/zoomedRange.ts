/** What is in sight of a whole. */
export interface VisibleRange {
  readonly domain: readonly [number, number];
  readonly whole: readonly [number, number];
}

/** A span moved as little as it takes to lie within the whole. */
export function movedInto(
  { whole }: Pick<VisibleRange, 'whole'>,
  from: number,
  span: number,
): readonly [number, number] {
  const start = Math.max(whole[0], Math.min(whole[1] - span, from));
  return [start, start + span];
}

/**
 * The range of `factor` times as many updates or steps, in which the middle of the one at `around` keeps its place;
 * undefined is all of them.
 *
 * @param least how many stay in sight
 */
export function zoomedRange(
  { domain, whole }: VisibleRange,
  around: number,
  factor: number,
  least: number,
): readonly [number, number] | undefined {
  const all = whole[1] - whole[0];
  const seen = domain[1] - domain[0];
  const span = Math.max(Math.min(least, all), seen * factor);
  if (span >= all) return undefined;
  const middle = around + 0.5;
  const share = Math.max(0, Math.min(1, (middle - domain[0]) / seen));
  return movedInto({ whole }, middle - share * span, span);
}
