import { formatNumber } from '../../text/numbers';
import { formatParameterName } from '../../text/tensorNames';
import { isWeight, recentWindow, type Observations } from '../observations';
import { hasLearned } from '../progress';
import type { Rule } from '../rule';

/** CS231n: updates of about a thousandth of the weights; biases are ignored, because they start at 0. */
export const updateRatio: Rule = {
  code: 'updateRatio',
  level: 'warning',
  when: 'update',
  check(observations) {
    if (!observations.loss.isFull || hasLearned(observations)) return undefined;
    const outlier = ratiosOf(observations).find(({ ratio }) => ratio > 1e-1 || ratio < 1e-5);
    // Weights that do not change at all are found by `unchanged`.
    if (outlier === undefined || outlier.ratio === 0) return undefined;
    const [limit, advice] = outlier.ratio > 1e-1 ? ['above 0.1', 'Lower'] : ['below 1e-5', 'Raise'];
    return {
      keyPath: ['optimizer', 'learningRate'],
      message:
        `‖Δw‖/‖w‖ of ${formatParameterName(outlier.name)} is ${formatNumber(outlier.ratio)} over the last ${recentWindow} updates, ` +
        `${limit} (CS231n aims at 1e-3). ${advice} the learning rate, by a factor of 3 to begin with.`,
    };
  },
};

/** SageMaker Debugger, UnchangedTensor. */
export const unchanged: Rule = {
  code: 'unchanged',
  level: 'warning',
  when: 'update',
  check(observations) {
    if (!observations.loss.isFull || hasLearned(observations)) return undefined;
    const parameter = ratiosOf(observations).find(({ ratio }) => ratio === 0);
    if (parameter === undefined) return undefined;
    return {
      keyPath: ['optimizer', 'learningRate'],
      message:
        `${formatParameterName(parameter.name)} has not changed over the last ${recentWindow} updates (SageMaker, ` +
        'UnchangedTensor): either no gradient reaches it, or the learning rate is too small. Check the gradient through time.',
    };
  },
};

/** The mean ‖Δw‖/‖w‖ of each weight matrix over the recent updates. */
export function ratiosOf({
  info,
  updateRatios,
}: Observations): readonly { readonly name: string; readonly ratio: number }[] {
  return info.layout.parameters.flatMap((name, p) =>
    isWeight(name) ? [{ name, ratio: updateRatios[p]?.mean() ?? NaN }] : [],
  );
}

/** The median; NaN for no values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
