import { formatNumber } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';

type Baseline = RunInfo['baselines'][number];

/** The values in the summary of the loss cell. */
export interface MeasuredLoss {
  /** The loss's name in the course. */
  readonly name: string;
  readonly loss: number;
  /** The data it was measured on, as text. */
  readonly batch: string;
  /** As last measured on held-out data; undefined before the first time, and without held-out data. */
  readonly validationLoss: number | undefined;
  /** The lowest validation loss so far, and the updates it was measured after. */
  readonly lowest: { readonly value: number; readonly when: string } | undefined;
  readonly baselines: readonly Baseline[];
  /** Whether the run may still get below them. */
  readonly isRunning: boolean;
}

/** A validation loss above this multiple of its lowest value has risen beyond measurement noise. */
const risen = 1.1;

/** One sentence on the losses, and one that compares them with the baselines. */
export function lossSummary(measured: MeasuredLoss): string {
  const { name, loss, batch, validationLoss, lowest } = measured;
  const held =
    validationLoss === undefined
      ? ''
      : lowest !== undefined && validationLoss > risen * lowest.value
        ? `, ${formatNumber(validationLoss)} on held-out data, where it was lowest (${formatNumber(lowest.value)}) at ${lowest.when}`
        : `, ${formatNumber(validationLoss)} on held-out data`;
  return `${name} is ${formatNumber(loss)} on ${batch}${held}.${comparisonWithBaselines(measured)}`;
}

/** A loss on held-out data is compared with baselines on held-out data, if there are any. */
function comparisonWithBaselines({ loss, validationLoss, baselines, isRunning: isRunning }: MeasuredLoss): string {
  const judged = validationLoss ?? loss;
  const there = baselines.filter(({ heldOut = false }) => heldOut === (validationLoss !== undefined));
  // The lowest baseline is the one that a network has to beat.
  const ordered = [...(there.length > 0 ? there : baselines)].sort((a, b) => a.value - b.value);
  const [best] = ordered;
  if (best === undefined || best.value === 0) return '';
  const [passed] = ordered.filter(({ value }) => judged < value);
  const not = isRunning ? 'not yet' : 'not';
  if (judged < best.value) {
    return ` Below ${ordered.length === 1 ? 'the baseline' : 'every baseline, the best being'} ${formatBaseline(best)}.`;
  }
  if (passed !== undefined)
    return ` Below the baseline ${formatBaseline(passed)}, ${not} below ${formatBaseline(best)}.`;
  return ` ${isRunning ? 'Not yet' : 'Not'} below ${ordered.length === 1 ? 'the baseline' : 'any baseline, the best being'} ${formatBaseline(best)}.`;
}

function formatBaseline({ name, value }: Baseline): string {
  return `“${name}” (${formatNumber(value)})`;
}
