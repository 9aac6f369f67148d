import type { RangeTest, RateSuggestion } from '../../protocol/rangeTest';
import { formatCount, formatNumber, formatPercentage, formatShortNumber, roundToDigits } from '../../text/numbers';

/** The share of the average that stays at each loss. */
const kept = 0.9;

/** Updates at the smallest rates whose mean is the loss at the start. */
const startUpdates = 20;

/** Updates before and after, between which the slope is measured: a fifth of a decade of rates. */
const slopeUpdates = 5;

/** The share of the loss at the start by which the lowest one must be below it. */
const leastFall = 0.05;

/** Standard errors of the smoothed loss that count as a fall: the lowest of hundreds of averages is two or three below the mean. */
const significantErrors = 4;

/**
 * Exponential moving averages of losses, corrected for their start: s_i = (β·a_{i−1} + (1−β)·L_i) / (1 − β^{i+1}), β = 0.9.
 * The correction is that of Adam's moments.
 */
export function smoothLosses(losses: readonly number[]): readonly number[] {
  let average = 0;
  return losses.map((loss, i) => {
    average = kept * average + (1 - kept) * loss;
    return average / (1 - kept ** (i + 1));
  });
}

/**
 * The learning rate that a range test suggests: a tenth of the one at which the smoothed loss is lowest, and beside it the
 * one at which it falls fastest; none where it doesn't fall by more than the noise of the batches.
 *
 * The test: Smith 2017, Cyclical Learning Rates for Training Neural Networks, WACV, section 3.3. Both ways to read it:
 * Howard & Gugger 2020, fastai, `lr_find` (minimum/10, steepest).
 */
export function suggestRate({
  rates,
  losses,
  smoothed,
  end,
}: Pick<RangeTest, 'rates' | 'losses' | 'smoothed' | 'end'>): Pick<RangeTest, 'suggestion' | 'reason'> {
  const first = losses.slice(0, startUpdates);
  const start = mean(first);
  const noise = Math.sqrt(mean(first.map((loss) => (loss - start) ** 2)));
  const lowestAt = indexOfLowest(smoothed);
  const lowest = smoothed[lowestAt] ?? NaN;
  const error = noise * Math.sqrt((1 - kept) / (1 + kept));
  const fall = start - lowest;
  if (rates.length <= startUpdates || !(fall > Math.max(leastFall * start, significantErrors * error))) {
    return { suggestion: undefined, reason: withoutFall(rates.length, start, lowest, end) };
  }
  const at = (index: number): number => rates[index] ?? NaN;
  const steepestAt = indexOfSteepest(smoothed, lowestAt);
  const suggestion: RateSuggestion = {
    rate: rounded(at(lowestAt) / 10),
    steepest: rounded(at(steepestAt)),
    lowest: at(lowestAt),
  };
  return { suggestion, reason: withFall(suggestion, start, lowest, end) };
}

function withFall(
  { rate, steepest, lowest }: RateSuggestion,
  start: number,
  loss: number,
  end: RangeTest['end'],
): string {
  const after = { risen: 'It then rises steeply.', nonFinite: 'It then is no longer finite.', all: '' }[end];
  return [
    `The smoothed loss falls from ${formatNumber(start)} to ${formatNumber(loss)}: fastest at a rate of ${formatShortNumber(steepest)}, and it is lowest at ${formatShortNumber(lowest)}.`,
    after,
    `Suggested is a tenth of the rate of the lowest loss, ${formatShortNumber(rate)}: there training is fast and still far from the rates that are too large.`,
    'The test is that of Smith 2017 (Cyclical Learning Rates for Training Neural Networks); the tenth is a rule of thumb of fastai’s lr_find.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function withoutFall(updates: number, start: number, lowest: number, end: RangeTest['end']): string {
  const share = formatPercentage(Math.max(0, (start - lowest) / start), 1);
  const ended = { risen: ' until it rose steeply', nonFinite: ' until it was no longer finite', all: '' }[end];
  return (
    `No rate is suggested: in ${formatCount(updates, 'update')} the smoothed loss fell by no more than ${share} of ${formatNumber(start)}${ended}, ` +
    'which may be noise of the batches. What takes longer to learn, such as a long lag, doesn’t show in this test; ' +
    'or another setting keeps the net from learning: train, and see the findings.'
  );
}

/** The first averages are those of a few losses, and don't count. */
function indexOfLowest(smoothed: readonly number[]): number {
  let lowest = Math.min(startUpdates, smoothed.length - 1);
  for (let i = lowest; i < smoothed.length; i++) {
    if ((smoothed[i] ?? NaN) < (smoothed[lowest] ?? NaN)) lowest = i;
  }
  return lowest;
}

/** Where the smoothed loss falls most from a few updates before to a few after: the rates are equally far apart in their logarithm. */
function indexOfSteepest(smoothed: readonly number[], end: number): number {
  let [steepest, slope] = [end, 0];
  for (let i = startUpdates; i + slopeUpdates <= end; i++) {
    const change = (smoothed[i + slopeUpdates] ?? NaN) - (smoothed[i - slopeUpdates] ?? NaN);
    if (change < slope) [steepest, slope] = [i, change];
  }
  return steepest;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To two digits: a curve of noisy losses tells no more. */
function rounded(rate: number): number {
  return roundToDigits(rate, 2);
}
