import { formatNumber, formatPercentage } from '../../text/numbers';
import { metricNamed, type ValidationMetric } from './validationMetrics';
import { translate } from '../../text/translate';

/** A metric of a validation as the title of a column, or as a label. */
export function metricLabel(metric: ValidationMetric): string {
  switch (metric.kind) {
    case 'accuracy':
      return 'accuracy';
    case 'mostFrequent':
      return translate`always the most frequent class`;
    case 'bits':
      return translate`bits per character`;
    case 'rmse':
      return translate`RMSE of ${metric.target}`;
    case 'mae':
      return translate`MAE of ${metric.target}`;
    default:
      return metric satisfies never;
  }
}

/** A value of a metric: a percentage, or a number in the unit that its label names. */
export function formatMetric({ kind }: ValidationMetric, value: number): string {
  if (kind === 'accuracy' || kind === 'mostFrequent') return formatShareCorrect(value);
  return formatNumber(value);
}

/** A share of correct predictions; one that is nearly 1 is not rounded to 1. */
function formatShareCorrect(share: number): string {
  return Number.isNaN(share) ? 'NaN' : formatPercentage(share, share > 0.995 && share < 1 ? 2 : 1);
}

/**
 * The metrics of a validation that have no message of their own in a terminal: `accuracy 87.5 % (17.0 % by always predicting
 * the most frequent class), 2.13 bits per character`; '' without any.
 */
export function formatMetrics(names: readonly string[], values: readonly number[]): string {
  const of = (kind: ValidationMetric['kind']): number =>
    values[names.findIndex((name) => metricNamed(name)?.kind === kind)] ?? NaN;
  const [bits, accuracy, mostFrequent] = [of('bits'), of('accuracy'), of('mostFrequent')];
  return [
    ...(Number.isNaN(bits) ? [] : [translate`${formatNumber(bits)} bits per character`]),
    ...(Number.isNaN(accuracy)
      ? []
      : [
          translate`accuracy ${formatShareCorrect(accuracy)} (${formatShareCorrect(mostFrequent)} by always predicting the most frequent class)`,
        ]),
  ].join(', ');
}
