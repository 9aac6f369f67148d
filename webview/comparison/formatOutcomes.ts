import { formatNumber } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/**
 * What the curve of a run comes to. The value at a single update would say as much about that batch as about the run.
 */
export interface Outcome {
  readonly name: string;
  /**
   * Of what is measured at every update, the median over the last tenth of them; of what a validation measures, the best
   * one. NaN where there is none yet.
   */
  readonly value: number;
  /** The last one that a validation measured; undefined for what is measured at every update. */
  readonly last?: number | undefined;
  /** The name of its loss: values of different losses are not comparable. */
  readonly loss: string;
}

/** The summary of the curves: the lowest and the highest run, if they are comparable. */
export function formatOutcomes(measure: string, outcomes: readonly Outcome[]): string {
  const known = outcomes.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
  const [lowest] = known;
  const highest = known.at(-1);
  if (lowest === undefined || highest === undefined)
    return translate`The ${measure} of every run will appear here. No values yet.`;
  const quantity =
    lowest.last === undefined
      ? translate`Median ${measure} of the last tenth of the updates`
      : translate`Best ${measure}`;
  if (known.length === 1) return translate`${quantity}: “${lowest.name}” has ${formatOutcome(lowest)}.`;
  const losses = new Set(known.map(({ loss }) => loss));
  if (losses.size > 1) {
    return translate`These runs have different losses, ${[...losses].join(translate` and `)}, so their values can’t be compared.`;
  }
  // What reads the same is no order of the runs.
  if (formatNumber(lowest.value) === formatNumber(highest.value))
    return translate`${quantity}: ${formatNumber(lowest.value)} in ${known.length === outcomes.length ? translate`all runs` : translate`the ${known.length} runs that have it`}.`;
  return translate`${quantity}: “${lowest.name}” has the lowest, ${formatOutcome(lowest)}, and “${highest.name}” the highest, ${formatOutcome(highest)}.`;
}

function formatOutcome({ value, last }: Outcome): string {
  const differs = last !== undefined && formatNumber(last) !== formatNumber(value);
  return `${formatNumber(value)}${differs ? translate` (last ${formatNumber(last)})` : ''}`;
}
