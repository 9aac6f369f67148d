import { formatDistinct, formatNumber } from './numbers';
import { translate } from './translate';

/** The losses that a run came to; undefined where none was measured. */
export interface FinalLosses {
  /** Of the last update. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
}

/**
 * How a loss differs between two runs: the held-out one where both have it, because that of one batch is noisy.
 *
 * @param isSameMeasure whether both are losses of the same data and loss function
 * @returns a clause such as "the held-out loss falls from 4 to 3"; undefined where there is nothing to compare
 */
export function formatLossChange(before: FinalLosses, after: FinalLosses, isSameMeasure: boolean): string | undefined {
  if (!isSameMeasure) return translate`its loss is of other data or of another kind, so the two can't be compared`;
  return (
    clause(translate`the held-out loss`, before.validationLoss, after.validationLoss) ??
    clause(translate`the loss of the last update`, before.loss, after.loss)
  );
}

function clause(name: string, was: number | undefined, is: number | undefined): string | undefined {
  if (was === undefined || is === undefined) return undefined;
  if (was === is) return translate`${name} stays at ${formatNumber(is)}`;
  // A loss that is no number has no place among the others.
  const verb = is > was ? 'rises' : is < was ? 'falls' : 'goes';
  return translate`${name} ${verb} from ${formatDistinct(was, is)} to ${formatDistinct(is, was)}`;
}
