import { formatNumber } from '../../text/numbers';
import type { Observations } from '../observations';
import { english } from '../../text/translate';

/** What the weight decay does, and what it competes with: the clipped gradient, or with AdamW the whole update. */
export function weightDecayOf({
  experiment: { optimizer },
  weightNorm,
  clippedNorm,
  updateNorm,
  learningRate,
}: Observations): { readonly decay: number; readonly other: number; readonly comparison: string } {
  const penalty = optimizer.weightDecay * weightNorm.mean();
  if (optimizer.kind === 'adamw') {
    const [decay, other] = [learningRate.mean() * penalty, updateNorm.mean()];
    const comparison = english`The weight decay shrinks the weights by ${formatNumber(decay)} per update (learningRate · weightDecay · ‖w‖), the whole update changes them by ${formatNumber(other)}.`;
    return { decay, other, comparison };
  }
  const other = clippedNorm.mean();
  const comparison = english`The weight decay pulls the weights towards 0 with ${formatNumber(penalty)} (weightDecay · ‖w‖), the gradient with ${formatNumber(other)}.`;
  return { decay: penalty, other, comparison };
}
