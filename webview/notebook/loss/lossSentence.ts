import { formatNumber } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';

type Baseline = RunInfo['baselines'][number];

/** What the sentence of the loss cell is made from. */
export interface MeasuredLoss {
  /** The loss's name in the course. */
  readonly name: string;
  readonly loss: number;
  /** What it was measured on. */
  readonly batch: string;
  /** As it was last measured on what is held out; undefined before the first time, and where nothing is. */
  readonly validationLoss: number | undefined;
  /** The lowest validation loss so far, and the updates it was measured after. */
  readonly lowest: { readonly value: number; readonly when: string } | undefined;
  readonly baselines: readonly Baseline[];
  /** Whether the run may still come below them. */
  readonly isRunning: boolean;
}

/** So much higher than its lowest a validation loss has risen, beyond the noise of measuring it. */
const risen = 1.1;

/** One sentence on the losses, and one that holds them against what is known without learning. */
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

/** A loss on held-out data is held against what is measured there, where that is known. */
function comparisonWithBaselines({ loss, validationLoss, baselines, isRunning: isRunning }: MeasuredLoss): string {
  const judged = validationLoss ?? loss;
  const there = baselines.filter(({ heldOut = false }) => heldOut === (validationLoss !== undefined));
  // The best answer without learning is what a net has to beat.
  const ordered = [...(there.length > 0 ? there : baselines)].sort((a, b) => a.value - b.value);
  const [best] = ordered;
  if (best === undefined || best.value === 0) return '';
  const [beaten] = ordered.filter(({ value }) => judged < value);
  const not = isRunning ? 'not yet' : 'not';
  if (judged < best.value) {
    return ` Below ${ordered.length === 1 ? 'the baseline' : 'every baseline, the best being'} ${formatBaseline(best)}.`;
  }
  if (beaten !== undefined)
    return ` Below the baseline ${formatBaseline(beaten)}, ${not} below ${formatBaseline(best)}.`;
  return ` ${isRunning ? 'Not yet' : 'Not'} below ${ordered.length === 1 ? 'the baseline' : 'any baseline, the best being'} ${formatBaseline(best)}.`;
}

function formatBaseline({ name, value }: Baseline): string {
  return `“${name}” (${formatNumber(value)})`;
}
