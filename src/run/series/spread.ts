import { formatNumber } from '../../text/numbers';
import { translate } from '../../text/translate';

/** The distribution of one number over the runs of a group. */
export interface Spread {
  /** How many values there are. */
  readonly n: number;
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The quantile q of values in ascending order, linear between its two neighbours: numpy's default, type 7 of Hyndman and
 * Fan, "Sample Quantiles in Statistical Packages" (1996). NaN without values.
 *
 * @param q from 0 to 1
 */
function quantileOf(ascending: readonly number[], q: number): number {
  const at = q * (ascending.length - 1);
  const below = ascending[Math.floor(at)] ?? NaN;
  const above = ascending[Math.ceil(at)] ?? NaN;
  return below + (at - Math.floor(at)) * (above - below);
}

/**
 * The median, the quartiles and the range of values, with numpy's definitions. Values that are not finite are left out,
 * and not counted: a run has none where it has diverged, or has not come so far.
 *
 * @returns undefined without finite values
 */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const ascending = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const [lowest] = ascending;
  const highest = ascending.at(-1);
  if (lowest === undefined || highest === undefined) return undefined;
  return {
    n: ascending.length,
    median: quantileOf(ascending, 0.5),
    lowerQuartile: quantileOf(ascending, 0.25),
    upperQuartile: quantileOf(ascending, 0.75),
    lowest,
    highest,
  };
}

/** The range of a spread: `0.1 to 0.2`. */
export function formatRange({ lowest, highest }: Spread): string {
  return translate`${formatNumber(lowest)} to ${formatNumber(highest)}`;
}

/** A spread as text: `median 0.12, quartiles 0.11 to 0.15, range 0.1 to 0.2 (n = 3)`. */
export function formatSpread(spread: Spread): string {
  const { n, median, lowerQuartile, upperQuartile } = spread;
  const quartiles = translate`quartiles ${formatNumber(lowerQuartile)} to ${formatNumber(upperQuartile)}`;
  return translate`median ${formatNumber(median)}, ${quartiles}, range ${formatRange(spread)} (n = ${n})`;
}
