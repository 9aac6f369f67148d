import { formatNumber } from '../../src/text/numbers';

/** What a run has come to. */
export interface NewestValue {
  readonly name: string;
  /** NaN where it has none yet. */
  readonly value: number;
  /** What its loss is, in words: values of another loss stand on no common scale. */
  readonly loss: string;
}

/** The sentence above the curves: who stands lowest and who highest, where that can be said. */
export function formatNewest(measure: string, values: readonly NewestValue[]): string {
  const known = values.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
  const [lowest] = known;
  const highest = known.at(-1);
  if (lowest === undefined || highest === undefined)
    return `Here the ${measure} of every run will stand; none has any yet.`;
  if (known.length === 1) return `${measure}: “${lowest.name}” stands at ${formatNumber(lowest.value)}.`;
  const losses = new Set(known.map(({ loss }) => loss));
  if (losses.size > 1) {
    return `These runs have different losses, ${[...losses].join(' and ')}: which curve is lower says nothing of which net is better.`;
  }
  return `Of the newest values of the ${measure}, “${lowest.name}” has the lowest, ${formatNumber(lowest.value)}, and “${highest.name}” the highest, ${formatNumber(highest.value)}.`;
}
