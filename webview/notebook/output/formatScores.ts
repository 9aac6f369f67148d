import { formatNumber, formatCount, formatExact, formatPercentage } from '../../../src/text/numbers';
import type { Inspection } from '../../../src/protocol/inspection';
import type { AllowedScore, PositionScores, Scores } from '../../../src/protocol/output';
import { formatError } from '../../../src/text/predictionErrors';
import { translate } from '../../../src/text/translate';

/** The scores as text, a sentence for each data set, with the best accuracy that can be expected. */
export function formatScores(scores: Scores, scaling: Inspection['scaling'] = null): string {
  const { kind, batch, heldOut, heldOutSequences, best, allowed } = scores;
  const of = (part: PositionScores): string =>
    kind === 'accuracy'
      ? translate`${percent(part.total)} of ${formatExact(total(part.counts))} predictions are correct${singleStep(part)}`
      : translate`the RMS error is ${formatScaledError(part.total, scaling)}${singleStep(part)}`;
  const sentences = [translate`On this update’s batch ${of(batch)}.`];
  // The held-out rows of a table have a sentence and a picture of their own.
  if (scaling === null && heldOut !== undefined) {
    const ceiling =
      best?.heldOut === undefined
        ? ''
        : translate`; the best that can be expected is ${percent(best.heldOut)} (${best.definition})`;
    sentences.push(translate`Held out (${formatCount(heldOutSequences, 'sequence')}): ${of(heldOut)}${ceiling}.`);
  }
  if (allowed !== undefined) sentences.push(formatAllowed(allowed));
  return sentences.join(' ');
}

/** "Solved" as Hochreiter & Schmidhuber 1997 define it, on the held-out strings. */
function formatAllowed({ strings, right }: AllowedScore): string {
  const criterion = translate`the outputs of the symbols that the grammar allows next are always the largest`;
  return right === strings
    ? translate`Solved as Hochreiter & Schmidhuber (1997) define it: in all ${formatExact(strings)} held-out strings, ${criterion}.`
    : translate`Not solved as Hochreiter & Schmidhuber (1997) define it: in ${formatExact(right)} of ${formatExact(strings)} held-out strings, not in all, ${criterion}.`;
}

/** What the curve over the held-out windows is called, and which steps of a window it has no value for. */
export function heldOutLabel(warmUp: number): string {
  return warmUp === 0 ? translate`held out` : translate`held out, after ${formatCount(warmUp, 'step')} of warm-up`;
}

/**
 * Why the curve of a table's held-out windows begins later than that of the batch; empty where it does not.
 *
 * @param first the first step with a held-out prediction: only at the start of a sequence is it less than `warmUp`
 */
export function formatWarmUp(warmUp: number, first: number): string {
  if (warmUp === 0) return '';
  const steps = translate`The first ${formatCount(warmUp, 'step')} of a held-out window are warm-up, without predictions`;
  return first < warmUp
    ? translate`${steps}, unless it begins with its sequence: before step ${formatExact(warmUp)}, the held-out curve shows those only.`
    : translate`${steps}: the held-out curve begins at step ${formatExact(warmUp)}.`;
}

/** An error in the unit of the only target and in the scaled one; over several targets there is only the scaled one. */
function formatScaledError(error: number, scaling: Inspection['scaling']): string {
  const [target, ...others] = scaling?.targets ?? [];
  if (scaling === null || target === undefined) return formatNumber(error);
  if (others.length === 0) return formatError(error * target.scale, { kind: scaling.kind, scale: target.scale });
  const unit = scaling.kind === 'none' ? '' : translate` in the scaled unit`;
  return translate`${formatNumber(error)}${unit} over all ${formatExact(others.length + 1)} targets`;
}

/** The step, where only one position is scored. */
function singleStep({ counts }: PositionScores): string {
  const [first, ...others] = Array.from(counts.keys()).filter((t) => (counts[t] ?? 0) > 0);
  return first !== undefined && others.length === 0 ? translate`, all at step ${first}` : '';
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function percent(share: number): string {
  return formatPercentage(share, share > 0.995 && share < 1 ? 2 : 1);
}

/** Why the last positions are not drawn; '' where all are. The cells of an update share the axis of its sequence. */
export function formatCutOff(positions: number, steps: number): string {
  if (positions <= steps) return '';
  return translate`Drawn up to step ${formatExact(steps - 1)} of ${formatExact(positions - 1)}: the sequence that is walked through ends there.`;
}
