import { formatNumber, formatShortNumber } from '../../text/numbers';
import { formatParameterName } from '../../text/tensorNames';
import { recentWindow, type Observations } from '../observations';
import { hasLearned } from '../progress';
import { higherRate, lowerRate, setKey } from '../remedy';
import type { Rule, RuleResult } from '../rule';
import { faultOf, saturationCause } from './causes';
import { saturatedLayer } from './gateValues';
import { ratiosOf } from './updateRatios';
import { english } from '../../text/translate';

/**
 * CS231n: updates of about a thousandth of the weights; biases are ignored, because they start at 0. Where the units are
 * saturated, small updates are a consequence, which `saturated` explains.
 */
export const updateRatio: Rule = {
  code: 'updateRatio',
  level: 'warning',
  when: 'update',
  check(observations) {
    if (!observations.loss.isFull || hasLearned(observations)) return undefined;
    const outlier = ratiosOf(observations).find(({ ratio }) => ratio > 1e-1 || ratio < 1e-5);
    // Weights that do not change at all are found by `unchanged`.
    if (outlier === undefined || outlier.ratio === 0) return undefined;
    const isLarge = outlier.ratio > 1e-1;
    if (!isLarge && saturatedLayer(observations.profiles.at(-1), observations.info) !== undefined) return undefined;
    const rate = observations.experiment.optimizer.learningRate;
    const other = isLarge ? lowerRate(rate, outlier.ratio) : higherRate(rate, outlier.ratio);
    const {
      keyPath,
      message,
      remedies = [],
    } = faultOf(observations) ?? {
      keyPath: ['optimizer', 'learningRate'],
      message: english`${isLarge ? 'Lower' : 'Raise'} the learning rate, to about ${formatShortNumber(other)}.`,
      remedies: [[setKey(['optimizer', 'learningRate'], other)]],
    };
    return {
      keyPath,
      message: english`‖Δw‖/‖w‖ of ${formatParameterName(outlier.name)} is ${formatNumber(outlier.ratio)} over the last ${recentWindow} updates, ${isLarge ? english`above 0.1` : english`below 1e-5`} (CS231n aims at 1e-3). ${message}`,
      remedies,
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
    const { keyPath, message, remedies = [] } = reasonOfNoChange(observations);
    return {
      keyPath,
      message: english`${formatParameterName(parameter.name)} has not changed over the last ${recentWindow} updates (SageMaker, UnchangedTensor). ${message}`,
      remedies,
    };
  },
};

/** Why a weight matrix does not change: saturated units or no gradient at all, another fault, or the learning rate. */
function reasonOfNoChange(observations: Observations): RuleResult {
  const { profiles, info, gradNorm } = observations;
  const found = saturatedLayer(profiles.at(-1), info);
  if (found !== undefined) {
    const cause = saturationCause(observations);
    const message = english`No gradient reaches it: the values of ${found.name} are saturated or 0. ${cause.message}`;
    return { ...cause, message };
  }
  if (gradNorm.mean() === 0) {
    return {
      keyPath: ['model'],
      message: english`The gradient is 0: look at the gradient through time for where it ends.`,
    };
  }
  return (
    faultOf(observations) ?? {
      keyPath: ['optimizer', 'learningRate'],
      message: english`The updates are too small to change it in the precision of its numbers. Raise the learning rate.`,
      remedies: [
        [setKey(['optimizer', 'learningRate'], higherRate(observations.experiment.optimizer.learningRate, 0))],
      ],
    }
  );
}
