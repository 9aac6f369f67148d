import { formatNumber } from '../../src/text/numbers';

/** The latest value of a run. */
export interface NewestValue {
  readonly name: string;
  /** NaN where there is none yet. */
  readonly value: number;
  /** The name of its loss: values of different losses are not comparable. */
  readonly loss: string;
}

/** The summary of the curves: the lowest and the highest run, if they are comparable. */
export function formatNewest(measure: string, values: readonly NewestValue[]): string {
  const known = values.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
  const [lowest] = known;
  const highest = known.at(-1);
  if (lowest === undefined || highest === undefined)
    return `The ${measure} of every run will appear here. No values yet.`;
  if (known.length === 1) return `${measure}: “${lowest.name}” has ${formatNumber(lowest.value)}.`;
  const losses = new Set(known.map(({ loss }) => loss));
  if (losses.size > 1) {
    return `These runs have different losses, ${[...losses].join(' and ')}, so their values can’t be compared.`;
  }
  // What reads the same is no order of the runs.
  if (formatNumber(lowest.value) === formatNumber(highest.value))
    return `Latest ${measure}: ${formatNumber(lowest.value)} in ${known.length === values.length ? 'all runs' : `the ${known.length} runs that have it`}.`;
  return `Latest ${measure}: “${lowest.name}” has the lowest, ${formatNumber(lowest.value)}, and “${highest.name}” the highest, ${formatNumber(highest.value)}.`;
}
