import { formatNumber, formatCount } from '../../text/numbers';
import { shortWindow, recentWindow, type Observations, type Validation } from '../observations';
import type { Rule } from '../rule';

/** char-rnn (Karpathy 2015), train.lua, stops at a loss three times the first. */
export const lossExploded: Rule = {
  code: 'lossExploded',
  level: 'error',
  when: 'update',
  check({ loss, firstLoss }) {
    const [now, first] = [loss.mean(shortWindow), firstLoss.mean];
    if (first === undefined || !(now > 3 * first)) return undefined;
    return {
      keyPath: ['optimizer', 'learningRate'],
      message:
        `The loss has exploded: ${formatNumber(now)} over the last ${shortWindow} updates, more than 3 times the ` +
        `${formatNumber(first)} of the first ${shortWindow} (char-rnn stops there). Try a tenth of the learning rate, or a clip.`,
    };
  },
};

/** Amazon SageMaker Debugger, LossNotDecreasing: a loss that falls by less than 0.1 %, from the start of the run to its end. */
export const notLearning: Rule = {
  code: 'notLearning',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { loss, firstLosses, updates } = observations;
    const [now, first] = [loss.mean(), firstLosses.mean];
    const isTooEarly = first === undefined || !loss.isFull || updates < 2 * recentWindow;
    if (isTooEarly || now < 0.999 * first || hasLearned(observations)) return undefined;
    return {
      keyPath: ['optimizer', 'learningRate'],
      message:
        `The run has not learned: its loss is ${formatNumber(now)} over the last ${recentWindow} updates and was ` +
        `${formatNumber(first)} over the first ${recentWindow}, a fall of less than 0.1 % (SageMaker, LossNotDecreasing). ` +
        'Try another learning rate, and check the gradient through time.',
    };
  },
};

/** A run that ends above its baseline without memory; the chart shows that loss with its source. */
export const worseThanBaseline: Rule = {
  code: 'worseThanBaseline',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { loss, trivialLoss, info } = observations;
    // The losses of single updates are noisy: the mean over one window alone may be above the baseline.
    const now = Math.min(loss.mean(shortWindow), loss.mean());
    // A single target is its own mean: its baseline is 0.
    if (trivialLoss === undefined || trivialLoss === 0 || !loss.isFull || now <= 1.02 * trivialLoss) return undefined;
    // The finding of notLearning is more specific.
    if (notLearning.check(observations) !== undefined) return undefined;
    const name = info.baselines.find(({ value }) => value === trivialLoss)?.name ?? 'the baseline';
    return {
      keyPath: ['training', 'steps'],
      message:
        `After ${formatCount(info.plannedUpdates, 'update')} the loss is ${formatNumber(now)} (mean of the last ${recentWindow}, or of the last ${shortWindow} where that is lower), ` +
        `above the ${formatNumber(trivialLoss)} of the baseline “${name}”. More updates, another learning rate ` +
        'or a cell that remembers longer may help.',
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
      message:
        `The run starts at a loss of ${formatNumber(first)}, more than twice the ln ${info.outputs} = ` +
        `${formatNumber(chance)} of uniform guessing (CS231n): the net starts confident and wrong. Use smaller initial ` +
        'weights, or a smaller learning rate.',
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
  check({ validations, bestValidation, experiment }) {
    // Every batch of a generated task is new: there is nothing to memorize.
    if ('task' in experiment.data) return undefined;
    const isAbove = ({ validation, training }: Validation) => validation > 1.1 * Math.max(training, bestValidation);
    const last = validations.at(-1);
    if (validations.length < 3 || last === undefined || !validations.every(isAbove)) return undefined;
    return {
      keyPath: ['training', 'steps'],
      message:
        `The net overfits: at the last three validations the held-out loss was more than 10 % above the training loss and ` +
        `above its own lowest; now ${formatNumber(last.validation)}, with ${formatNumber(last.training)} in training and ` +
        `${formatNumber(bestValidation)} at its best (SageMaker, Overfit). Stop earlier, use a smaller net, or more data.`,
    };
  },
};

/** Whether the loss of a run is clearly below that of the baseline without memory. */
export function hasLearned({ loss, trivialLoss }: Observations): boolean {
  return trivialLoss !== undefined && loss.mean() < 0.9 * trivialLoss;
}
