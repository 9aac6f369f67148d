/** The visible part of a whole. */
export interface VisibleRange {
  readonly domain: readonly [number, number];
  readonly whole: readonly [number, number];
}

/** A span moved by the least amount that puts it within the whole. */
export function movedInto(
  { whole }: Pick<VisibleRange, 'whole'>,
  from: number,
  span: number,
): readonly [number, number] {
  const start = Math.max(whole[0], Math.min(whole[1] - span, from));
  return [start, start + span];
}

/**
 * The range scaled by `factor` so that the middle of the update or step `around` stays in place; undefined is the whole.
 *
 * @param least how many stay visible
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
