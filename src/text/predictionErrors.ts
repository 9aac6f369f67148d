import { formatCount, formatExact, formatNumber, formatPercentage } from './numbers';
import { translate } from './translate';

/** How a column was rescaled; an error in the scaled unit is that of the column divided by `scale`. */
export interface ColumnScaling {
  readonly kind: 'standard' | 'minmax' | 'none';
  /** Its standard deviation or range in the training part. */
  readonly scale: number;
}

/** The errors over all predicted held-out rows that have a value in the file; NaN without any. */
export type PredictionErrors =
  | {
      readonly kind: 'values';
      /** Number of those rows. */
      readonly count: number;
      /** Number of rows whose prediction is not finite; a prediction that is not a number counts in no error. */
      readonly notFinite: number;
      /** Root of the mean squared error, in the unit of the column. */
      readonly rmse: number;
      /** Mean absolute error, in the unit of the column. */
      readonly mae: number;
      /** Root of the mean squared error of persistence, over those rows that also have an earlier value; NaN without any. */
      readonly persistence: number;
      /** Number of the rows of `persistence`. */
      readonly persistenceCount: number;
      readonly scaling: ColumnScaling;
    }
  | {
      readonly kind: 'classes';
      readonly count: number;
      readonly notFinite: number;
      /** Share of correct predictions, from 0 to 1. */
      readonly accuracy: number;
      /** Share of those rows that have the class that is most frequent in the training part, from 0 to 1. */
      readonly mostFrequent: number;
      readonly persistence: number;
      readonly persistenceCount: number;
    };

/** An error in the unit of a column and in the scaled one: `1.46 (0.228 σ)`. */
export function formatError(error: number, { kind, scale }: ColumnScaling): string {
  const own = formatNumber(error);
  switch (kind) {
    case 'standard':
      return `${own} (${formatNumber(error / scale)} σ)`;
    case 'minmax':
      return translate`${own} (${formatNumber(error / scale)} of the training range)`;
    case 'none':
      return own;
    default:
      return kind satisfies never;
  }
}

/** The errors over the held-out rows as one sentence, persistence beside them. */
export function formatPredictionErrors(errors: PredictionErrors, name: string): string {
  const { notFinite } = errors;
  if (notFinite === 0) return formatFiniteErrors(errors, name);
  const are = notFinite === 1 ? 'is' : 'are';
  return translate`${formatCount(notFinite, 'prediction')} ${are} not finite. ${formatFiniteErrors(errors, name)}`;
}

function formatFiniteErrors(errors: PredictionErrors, name: string): string {
  const rows = formatCount(errors.count, 'held-out row');
  if (errors.count === 0) return translate`No held-out row of ${name} has both a value and a prediction.`;
  const { persistenceCount } = errors;
  const overFewer = persistenceCount === errors.count ? '' : translate` over ${formatExact(persistenceCount)} of them`;
  if (errors.kind === 'classes') {
    const last = Number.isNaN(errors.persistence)
      ? ''
      : translate`, persistence ${percent(errors.persistence)}${overFewer}`;
    return translate`${percent(errors.accuracy)} of the predictions of ${rows} of ${name} are correct${last}; always predicting the most frequent class of the training part, ${percent(errors.mostFrequent)}.`;
  }
  const last = Number.isNaN(errors.persistence)
    ? ''
    : translate`; persistence has RMSE ${formatError(errors.persistence, errors.scaling)}${overFewer}`;
  return translate`RMSE ${formatError(errors.rmse, errors.scaling)} and mean absolute error ${formatError(errors.mae, errors.scaling)} over ${rows} of ${name}${last}.`;
}

function percent(share: number): string {
  return formatPercentage(share, share > 0.995 && share < 1 ? 2 : 1);
}
