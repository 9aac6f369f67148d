import * as z from 'zod/mini';
import { formatCount, formatNumber } from '../text/numbers';
import { english } from '../text/translate';

/** Why a run finished: all its updates are done, the training loss is low enough, or the validation loss stopped falling. */
export const endReasonSchema = z.enum(['steps', 'stopAtLoss', 'patience']);

/** See `endReasonSchema`. */
export type EndReason = z.infer<typeof endReasonSchema>;

/** The lowest validation loss of a run, and the number of updates it was measured after. */
export interface BestValidation {
  readonly updates: number;
  readonly validationLoss: number;
}

/**
 * Why a run finished, as a sentence; undefined where all its updates are done.
 *
 * @param patience the experiment's `training.patience`
 */
export function formatEndReason(
  reason: EndReason,
  patience: number | undefined,
  best: BestValidation | undefined,
): string | undefined {
  switch (reason) {
    case 'steps':
      return undefined;
    case 'stopAtLoss':
      return english`The loss reached training.stopAtLoss.`;
    case 'patience': {
      const count =
        patience === undefined ? english`training.patience validations` : formatCount(patience, 'validation');
      const lowest =
        best === undefined
          ? ''
          : english` It was lowest after ${formatCount(best.updates, 'update')}: ${formatNumber(best.validationLoss)}. That state is kept.`;
      return english`Stopped early: no lower validation loss in ${count}.${lowest}`;
    }
    default:
      return reason satisfies never;
  }
}
