import { formatExact, formatNumber } from '../../text/numbers';
import { shortWindow, type Observations, type Validation } from '../observations';
import { hasLearned, recentLoss } from '../progress';
import { lowerRate, setKey, type Remedy } from '../remedy';
import type { Rule } from '../rule';
import { english } from '../../text/translate';

/** char-rnn (Karpathy 2015), train.lua, stops at a loss three times the first. */
export const lossExploded: Rule = {
  code: 'lossExploded',
  level: 'error',
  when: 'update',
  check({ loss, firstLoss, info, experiment }) {
    const [now, first] = [loss.mean(shortWindow), firstLoss.mean];
    if (first === undefined || !(now > 3 * first)) return undefined;
    return {
      keyPath: ['optimizer', 'learningRate'],
      message: english`The loss has exploded: ${formatNumber(now)} over the last ${shortWindow} updates, more than 3 times the ${formatNumber(first)} of the first ${shortWindow} (char-rnn stops there). Try a tenth of the learning rate${info.clip === null ? english`, or a clip` : ''}.`,
      remedies: tenthOrClip(experiment),
    };
  },
};

/** A tenth of the learning rate, or a clip where there is none. */
function tenthOrClip({ optimizer, clip }: Observations['experiment']): readonly Remedy[] {
  return [
    [setKey(['optimizer', 'learningRate'], lowerRate(optimizer.learningRate))],
    ...(clip === null ? [[setKey(['clip'], { norm: 1 })]] : []),
  ];
}

/** How many times its lowest mean the loss ends at, and what part of the constant answer's loss it has risen by. */
const [risenTimes, risenShare] = [3, 0.1];

/**
 * A run that had learned, and lost it: SageMaker's LossNotDecreasing and Lightning's SpikeDetection look at a few updates
 * only. Both the mean of the last 20 updates and that of the last 100 must have risen, so that a spike does not count.
 */
export const fellBack: Rule = {
  code: 'fellBack',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { loss, lowest, constantAnswer, info } = observations;
    const now = recentLoss(observations);
    if (!loss.isFull || lowest === undefined || constantAnswer === undefined) return undefined;
    const rise = now - lowest.loss;
    if (!(now > risenTimes * lowest.loss && rise > risenShare * constantAnswer.value)) return undefined;
    return {
      keyPath: ['optimizer', 'learningRate'],
      message: english`The run had come further than it ends: its mean loss over ${shortWindow} updates was ${formatNumber(lowest.loss)} at update ${formatExact(lowest.update)}, and is ${formatNumber(loss.mean(shortWindow))} at the end, more than ${risenTimes} times as much. A few updates were too large. Try a smaller learning rate, one that decreases${info.clip === null ? english`, or a clip` : ''}.`,
      remedies: tenthOrClip(observations.experiment),
      bestUpdate: lowest.update,
    };
  },
};

/** CS231n: the loss of a uniform softmax over C classes is ln C. */
export const initLoss: Rule = {
  code: 'initLoss',
  level: 'hint',
  when: 'update',
  check({ firstLoss, info }) {
    const chance = Math.log(info.outputs);
    const first = firstLoss.mean;
    if (info.loss.kind !== 'crossEntropy' || info.loss.reduction !== 'mean' || first === undefined) return undefined;
    if (first <= 2 * chance) return undefined;
    return {
      keyPath: ['model', 'init'],
      message: english`The run starts at a loss of ${formatNumber(first)}, more than twice the ln ${info.outputs} = ${formatNumber(chance)} of uniform guessing (CS231n): the net starts confident and wrong. Use smaller initial weights, or a smaller learning rate.`,
    };
  },
};

/**
 * Overfit in SageMaker Debugger: a validation loss a tenth above the training loss, at three validations in a row. Held-out
 * data may be harder from the start, so it must also have been a tenth lower before.
 */
export const overfit: Rule = {
  code: 'overfit',
  level: 'warning',
  when: 'update',
  check(observations) {
    const { validations, bestValidation, experiment } = observations;
    // Every batch of a generated task is new: there is nothing to memorize.
    if ('task' in experiment.data) return undefined;
    // A net that answers with a constant has nothing that it could overfit with.
    if (!hasLearned(observations)) return undefined;
    const isAbove = ({ validation, training }: Validation) => validation > 1.1 * Math.max(training, bestValidation);
    const last = validations.at(-1);
    if (validations.length < 3 || last === undefined || !validations.every(isAbove)) return undefined;
    return {
      keyPath: ['training', 'steps'],
      message: english`The net overfits: at the last three validations the held-out loss was more than 10 % above the training loss and above its own lowest; now ${formatNumber(last.validation)}, with ${formatNumber(last.training)} in training and ${formatNumber(bestValidation)} at its best (SageMaker, Overfit). Stop earlier, use a smaller net, or more data.`,
    };
  },
};
