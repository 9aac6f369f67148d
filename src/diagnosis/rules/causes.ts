import { formatCount, formatNumber, formatPercentage, formatShortNumber, roundToDigits } from '../../text/numbers';
import { recentWindow, shortWindow, type Observations } from '../observations';
import { hasFallen, hasLearned, recentLoss } from '../progress';
import { higherRate, lowerRate, setKey, type Remedy } from '../remedy';
import type { Rule, RuleResult } from '../rule';
import { inLayer, saturatedCandidate } from './gateValues';
import { weightDecayOf } from './weightDecay';
import { decayOverLag, lastingMemory, remedyFor } from './time';
import { median, ratiosOf } from './updateRatios';
import { english } from '../../text/translate';

/** The first sentence about every run that has not learned. */
function notLearned(observations: Observations): string {
  const { constantAnswer, firstLoss, updates } = observations;
  const now = formatNumber(recentLoss(observations));
  const against =
    constantAnswer === undefined || constantAnswer.value === 0
      ? english`${formatNumber(firstLoss.mean ?? NaN)} at the start`
      : english`${formatNumber(constantAnswer.value)} for the constant answer “${constantAnswer.name}”`;
  const verdict = hasLearned(observations) ? english`The run has learned little` : english`The run has not learned`;
  return english`${verdict}: after ${formatCount(updates, 'update')} its mean loss over the last updates is ${now}, against ${against}${heldOutComparison(observations)}.${notFallen(observations)}`;
}

/** That a loss below the constant answer was there from the start; empty for any other. */
function notFallen(observations: Observations): string {
  const { constantAnswer, firstLoss } = observations;
  const isBelow = constantAnswer !== undefined && recentLoss(observations) < constantAnswer.value;
  if (!isBelow || firstLoss.mean === undefined || hasFallen(observations)) return '';
  return english` In the first updates it was ${formatNumber(firstLoss.mean)}.`;
}

/** The held-out loss beside that of the constant answer; empty where one is not known. */
function heldOutComparison({ validations, heldOutConstantAnswer }: Observations): string {
  const last = validations.at(-1);
  if (last === undefined || heldOutConstantAnswer === undefined) return '';
  return english`; on the held-out data it is ${formatNumber(last.validation)}, against ${formatNumber(heldOutConstantAnswer.value)}`;
}

/** A rule, and its result without the sentence that the run has not learned. */
type Cause = Rule & { explain(observations: Observations): RuleResult | undefined };

/** A cause of a run that has not learned. They are checked in their order, and the first one that holds is reported. */
function cause(code: string, explain: (observations: Observations) => RuleResult | undefined): Cause {
  return {
    code,
    explain,
    level: 'warning',
    when: 'end',
    check(observations) {
      const found = explain(observations);
      return found && { ...found, message: `${notLearned(observations)} ${found.message}` };
    },
  };
}

/** The size of numbers (root mean square) from which a net with PyTorch's initialization no longer gets going. */
const [largeSize, smallSize] = [10, 0.01];

/** Inputs or targets whose size is far from 1; undefined if they are not. */
export function unscaledInputs({ experiment, info }: Observations): RuleResult | undefined {
  const { data } = experiment;
  const isTable = 'csv' in data && data.normalize === 'none';
  if (info.dataScale === null || !(isTable || 'sequences' in data)) return undefined;
  const { inputs, targets } = info.dataScale;
  const [what, size] = isOff(inputs) ? ['inputs', inputs] : ['targets', targets];
  if (!isOff(size) || size === 0) return undefined;
  return {
    keyPath: isTable ? ['data', 'normalize'] : ['data', 'sequences'],
    message: english`The ${what} have a size of about ${formatNumber(size)} (root mean square), far from 1, for which the initial weights are made. ${isTable ? english`Set data.normalize to "standard".` : english`Scale them.`}`,
    ...(isTable ? { remedies: [[setKey(['data', 'normalize'], 'standard')]] } : {}),
  };
}

const unscaledData = cause('inputScale', unscaledInputs);

const isOff = (size: number): boolean => size > largeSize || size < smallSize;

const scheduleEnds = cause('scheduleEnds', ({ experiment: { optimizer }, rates, updates }) => {
  if (optimizer.schedule === 'constant' || rates.count === 0) return undefined;
  const share = rates.sum / rates.count / optimizer.learningRate;
  if (share > 0.25) return undefined;
  const isPlateau = 'plateau' in optimizer.schedule;
  return {
    keyPath: ['optimizer', 'schedule'],
    message: english`Over ${formatCount(updates, 'update')} the schedule left ${formatPercentage(share)} of the learning rate on average. ${isPlateau ? english`Raise its patience` : english`Stretch it over the run`}, or use a constant rate.`,
    remedies: [[setKey(['optimizer', 'schedule'], 'constant')]],
  };
});

const weightDecay = cause('weightDecay', (observations) => {
  const { experiment, weightNorm, firstWeightNorm } = observations;
  const { optimizer } = experiment;
  const first = firstWeightNorm.mean ?? 0;
  const hasCollapsed = weightNorm.mean() < 0.3 * first;
  const { decay, other, comparison } = weightDecayOf(observations);
  if (optimizer.weightDecay === 0 || !(hasCollapsed || decay > 0.5 * other)) return undefined;
  const evidence = hasCollapsed
    ? english` ‖w‖ has fallen from ${formatNumber(first)} to ${formatNumber(weightNorm.mean())}.`
    : '';
  return {
    keyPath: ['optimizer', 'weightDecay'],
    message: english`${comparison}${evidence} Use a smaller weightDecay, or 0.`,
    remedies: [[setKey(['optimizer', 'weightDecay'], 0)]],
  };
});

/** Pascanu, Mikolov & Bengio 2013: useful thresholds are 0.5 to 10 times the mean norm. */
const clipTooLow = cause('clipAlways', (observations) => {
  const { experiment, info, clipped, gradNorm, clippedNorm } = observations;
  const { clip } = experiment;
  if (clip === null || clipped.mean() <= 0.5 || hasRisen(observations)) return undefined;
  if ('hidden' in clip) return hiddenClipTooLow(observations, clip.hidden);
  const [key, threshold] = 'norm' in clip ? ['norm', clip.norm] : ['value', clip.value];
  const [before, after] = [gradNorm.mean(), clippedNorm.mean()];
  // A larger threshold would let an exploding gradient through.
  const explodes = before > 1e3 || (observations.firstProfile?.growth ?? 0) > explodingGrowth;
  if (after >= 0.1 * before || explodes || !isLengthEffective(experiment.optimizer, after, info.parameterCount)) {
    return undefined;
  }
  return {
    keyPath: ['clip', key],
    message: english`${formatPercentage(clipped.mean())} of the last ${recentWindow} updates were clipped at ${formatShortNumber(threshold)}: ‖g‖ is ${formatNumber(before)} before clipping and ${formatNumber(after)} after it (useful thresholds are 0.5 to 10 times the mean norm, Pascanu et al. 2013). Raise the threshold.`,
    remedies: [[setKey(['clip', key], raisedThreshold(key, before, info.parameterCount))]],
  };
});

/**
 * Whether the length of the gradient sets that of the update: Adam, RMSprop and Adagrad divide by it, unless it is so
 * small that their epsilon counts.
 */
function isLengthEffective(
  optimizer: Observations['experiment']['optimizer'],
  norm: number,
  parameters: number,
): boolean {
  if (!('epsilon' in optimizer)) return true;
  return norm / Math.sqrt(parameters) < 10 * optimizer.epsilon;
}

/**
 * A threshold that leaves most gradients as they are: of the norm about its mean (Pascanu et al. 2013), of the elements three times
 * their root mean square.
 */
function raisedThreshold(key: string, norm: number, parameters: number): number {
  return roundToDigits(key === 'norm' ? norm : (3 * norm) / Math.sqrt(parameters), 1);
}

function hiddenClipTooLow({ profiles, info }: Observations, threshold: number): RuleResult | undefined {
  const dh = profiles.at(-1)?.layers.at(-1)?.dh;
  if (dh === undefined) return undefined;
  const size = median([...dh].filter((norm) => norm > 0)) / Math.sqrt(info.hidden * info.batch);
  if (!(size > threshold)) return undefined;
  return {
    keyPath: ['clip', 'hidden'],
    message: english`An element of ∂L/∂h_t has a size of about ${formatNumber(size)} before clipping, above the threshold ${formatShortNumber(threshold)}: almost only the sign of each element remains. Raise the threshold.`,
    remedies: [[setKey(['clip', 'hidden'], roundToDigits(3 * size, 1))]],
  };
}

const shortTruncation = cause('truncationBias', ({ info: { bptt, lag, steps } }) => {
  if (bptt === 'full' || bptt.backward >= Math.min(steps, lag ?? 3)) return undefined;
  return {
    keyPath: ['bptt', 'backward'],
    message: english`The gradient is truncated after ${bptt.backward} ${bptt.backward === 1 ? 'step' : 'steps'}${lag === null ? '' : english`, but the task requires remembering for ${lag}`}: what lies earlier is learned by chance only (Aicher et al. 2019). Raise bptt.backward.`,
    remedies: [[setKey(['bptt', 'backward'], Math.max(lag ?? 0, Math.min(steps, bptt.forward)))]],
  };
});

/** ‖∂L/∂h_t‖ relative to the last step from which the initial weights are said to make it explode. */
const explodingGrowth = 1e3;

/**
 * What the initialization made of the first update, before any training; undefined if nothing is wrong with it.
 *
 * @param maxGrowth ‖∂L/∂h_t‖ relative to that of the last step that the weights may have
 */
export function initialFault(
  { experiment, firstProfile }: Observations,
  maxGrowth = explodingGrowth,
): RuleResult | undefined {
  const { init, weights, cell } = experiment.model;
  if (firstProfile === undefined) return undefined;
  const { saturated, growth } = firstProfile;
  const isRelu = experiment.model.activation === 'relu';
  const isSaturated = saturated > (isRelu ? 0.9 : 0.5);
  if (!isSaturated && growth <= maxGrowth) return undefined;
  const evidence = isSaturated
    ? english`At the first update ${formatPercentage(saturated)} of the values of the candidate state ${isRelu ? english`are 0` : english`are saturated`}`
    : english`At the first update ∂L/∂h_t grows on its way back, up to ${formatNumber(growth)} times that of the last step`;
  const key =
    weights !== undefined
      ? ['weights']
      : init.gain >= 1.5
        ? ['init', 'gain']
        : init.inputGain >= 1.5
          ? ['init', 'inputGain']
          : init.recurrent === 'normal'
            ? ['init', 'recurrent']
            : ['init'];
  const remedies = smallerWeights(key, cell);
  return {
    keyPath: ['model', ...key],
    ...(remedies.length === 0 ? {} : { remedies }),
    message: english`${evidence}. Use smaller initial weights${cell === 'rnn' ? english`, such as an orthogonal init with a gain of 1` : ''}.`,
  };
}

/** The change of one key of `model` with which the initial weights are of a usual size; none where it is not that key. */
function smallerWeights(key: readonly string[], cell: string): readonly Remedy[] {
  const last = key.at(-1);
  if (last === 'gain' || last === 'inputGain') return [[setKey(['model', ...key], 1)]];
  const isRecurrent = last === 'recurrent' || (last === 'init' && cell === 'rnn');
  return isRecurrent ? [[setKey(['model', 'init', 'recurrent'], 'orthogonal')]] : [];
}

/** Why units are saturated: the scale of the data or the initial weights, where they are far off, else the updates. */
export function saturationCause(observations: Observations): RuleResult {
  return (
    unscaledInputs(observations) ??
    initialFault(observations) ?? {
      keyPath: ['optimizer', 'learningRate'],
      message: english`Lower the learning rate: they were not at the start.`,
      remedies: [[setKey(['optimizer', 'learningRate'], lowerRate(observations.experiment.optimizer.learningRate))]],
    }
  );
}

const badStart = cause('saturated', (observations) => initialFault(observations));

const vanishingStart = cause('notLearning', ({ experiment: { model } }) => {
  const small = (['gain', 'inputGain'] as const).find((key) => model.init[key] < 0.1);
  if (model.weights !== undefined || small === undefined) return undefined;
  return {
    keyPath: ['model', 'init', small],
    message: english`The initial weights are multiplied by ${formatNumber(model.init[small])}: hardly any signal passes. Use a ${small} of 1.`,
    remedies: [[setKey(['model', 'init', small], 1)]],
  };
});

function hasRisen({ firstLoss, loss }: Observations): boolean {
  return firstLoss.mean !== undefined && loss.mean() > 1.5 * firstLoss.mean;
}

/** CS231n: updates of about a thousandth of the weights. */
const rateTooHigh = cause('updateRatio', (observations) => {
  const { firstRatio, firstLoss, loss, experiment, profiles, info } = observations;
  const ratio = firstRatio.mean ?? 0;
  const candidate = saturatedCandidate(profiles.at(-1), info);
  const isSaturated = candidate !== undefined && candidate.share > 0.9;
  if (ratio <= 0.25 && !isSaturated && !hasRisen(observations)) return undefined;
  const { optimizer } = experiment;
  const isMomentum = 'momentum' in optimizer && optimizer.momentum > 0.95;
  const evidence =
    ratio > 0.25
      ? english`‖Δw‖/‖w‖ of a weight matrix was ${formatNumber(ratio)} over the first ${shortWindow} updates (CS231n aims at 1e-3)`
      : isSaturated
        ? english`${formatPercentage(candidate.share)} of the values of ${candidate.name}${inLayer(info, candidate.layer)} are saturated or 0, and were not at the start`
        : english`the loss has risen from ${formatNumber(firstLoss.mean ?? NaN)} to ${formatNumber(loss.mean())}`;
  const [key, value] = isMomentum
    ? (['momentum', 0.9] as const)
    : (['learningRate', lowerRate(optimizer.learningRate, ratio > 0.25 ? ratio : NaN)] as const);
  return {
    keyPath: ['optimizer', key],
    message: english`The updates are too large: ${evidence}. Try ${isMomentum ? english`a smaller momentum` : english`a smaller learning rate`}, such as ${formatShortNumber(value)}.`,
    remedies: [[setKey(['optimizer', key], value)]],
  };
});

const rateTooLow = cause('updateRatio', (observations) => {
  const { experiment, rates, learningRate } = observations;
  const ratio = Math.max(...ratiosOf(observations).map((one) => one.ratio));
  const { optimizer } = experiment;
  const isAdaptive = 'epsilon' in optimizer;
  // At a plateau a gradient near 0 makes the steps of SGD small, whatever the rate.
  const limit = isAdaptive ? 2e-5 : optimizer.learningRate <= 1e-3 ? 1e-4 : 0;
  if (!(ratio < limit) || rates.count < recentWindow) return undefined;
  const rate = higherRate(optimizer.learningRate, ratio);
  return {
    keyPath: ['optimizer', 'learningRate'],
    message: english`The updates are too small: at a learning rate of ${formatNumber(learningRate.mean())} the largest ‖Δw‖/‖w‖ of a weight matrix is ${formatNumber(ratio)} over the last ${recentWindow} updates (CS231n aims at 1e-3). Raise the learning rate, to about ${formatShortNumber(rate)}.`,
    remedies: [[setKey(['optimizer', 'learningRate'], rate)]],
  };
});

/**
 * From the first step with a loss back to the start, ‖∂L/∂h_t‖ shows how much of the gradient Jacobian products leave:
 * Bengio, Simard & Frasconi 1994. The limit is AutoTrainer's ratio between layers, applied to time.
 */
const vanishing = cause('vanishOverTime', (observations) => {
  const { info, experiment, profiles, updates, constantAnswer, validations } = observations;
  const { lag } = info;
  if (lag === null || lag < 2 || updates < recentWindow) return undefined;
  // A net that does not give the constant answer yet has not come to what needs memory.
  // Single batches are noisy: the held-out loss may say that it does.
  const now = Math.min(recentLoss(observations), validations.at(-1)?.validation ?? Infinity);
  if (constantAnswer !== undefined && now > 1.25 * constantAnswer.value) return undefined;
  // Where nearer losses add to the gradient on its way back, the records do not show what is left of one loss.
  const recorded = profiles.map((series) => decayOverLag(series, lag)).filter((one) => !Number.isNaN(one));
  const ratio = recorded.length > 0 ? median(recorded) : (observations.gradientOverLag?.(lag) ?? NaN);
  if (!(ratio < 1e-3)) return undefined;
  return {
    keyPath: ['model', 'cell'],
    message: english`The gradient vanishes over time: ${lag} steps back, as far as the task must remember, the gradient of a loss is ${formatNumber(ratio)} of its value at its own step, less than 1e-3 (Bengio et al. 1994). ${remedyFor(experiment.model.cell)}`,
    remedies: lastingMemory(experiment.model, lag),
  };
});

/** The default number of hidden units. */
const usualUnits = 32;

const fewUnits = cause('fewUnits', ({ info }) => {
  if (info.hidden > 3) return undefined;
  return {
    keyPath: ['model', 'hidden'],
    message: english`The net has ${info.hidden} hidden ${info.hidden === 1 ? 'unit' : 'units'} per layer. Use more.`,
    remedies: [[setKey(['model', 'hidden'], usualUnits)]],
  };
});

/** The loss of a run that is still falling at its end; undefined if it is not. */
export function stillFallingLoss(observations: Observations): RuleResult | undefined {
  if (!hasFallen(observations)) return undefined;
  const { loss } = observations;
  const [late, all] = [loss.mean(recentWindow / 2), loss.mean()];
  const early = 2 * all - late;
  const isFallingInTraining = early - late > 3 * loss.noise * Math.sqrt(4 / recentWindow);
  const found = isFallingInTraining
    ? english`The training loss is still falling: from ${formatNumber(early)} to ${formatNumber(late)} within the last ${recentWindow} updates.`
    : heldOutFall(observations);
  if (found === undefined) return undefined;
  return {
    keyPath: ['training', 'steps'],
    message: english`${found} Train longer.`,
    remedies: [[setKey(['training', 'steps'], 2 * observations.experiment.training.steps)]],
  };
}

/**
 * That the held-out loss is still falling, by at least 1 % over the last three validations: it is over the same sequences
 * every time, without the noise of the batches. Undefined if it is not, or where there are fewer.
 */
function heldOutFall({ validations, bestValidation }: Observations): string | undefined {
  const [early = NaN, middle = NaN, late = NaN] = validations.map(({ validation }) => validation).slice(-3);
  const isFalling = early > middle && middle > late && late <= bestValidation && late < 0.99 * early;
  if (!isFalling) return undefined;
  return english`The held-out loss is still falling: from ${formatNumber(early)} to ${formatNumber(late)} over the last 3 validations.`;
}

const stillFalling = cause('worseThanBaseline', stillFallingLoss);

const unknownCause = cause('notLearning', (observations) => {
  const { firstLoss } = observations;
  const hasMoved = hasFallen(observations);
  const fall = hasMoved
    ? english`It has fallen from ${formatNumber(firstLoss.mean ?? NaN)} to there, and no further.`
    : english`It has not fallen by more than the noise of the batches.`;
  return {
    keyPath: hasMoved ? ['training', 'steps'] : ['optimizer', 'learningRate'],
    message: english`${fall} The records do not tell why. Try another learning rate or more updates, and look at the gradient through time.`,
  };
});

/** Faults of the experiment that hold a run back even where it has learned something. */
const faults: readonly Cause[] = [
  unscaledData,
  scheduleEnds,
  weightDecay,
  clipTooLow,
  badStart,
  rateTooHigh,
  rateTooLow,
];

/** The first fault of the experiment that holds; for runs that have learned less than they could. */
export function faultOf(observations: Observations): RuleResult | undefined {
  for (const fault of faults) {
    const found = fault.explain(observations);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A run that has learned, but little: the schedule or the weight decay may have stopped it early. */
export const stoppedEarly: Rule = {
  code: 'stoppedEarly',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { constantAnswer, updates } = observations;
    if (constantAnswer === undefined || updates < recentWindow || !hasLearned(observations)) return undefined;
    if (recentLoss(observations) < 0.2 * constantAnswer.value) return undefined;
    return scheduleEnds.check(observations) ?? weightDecay.check(observations);
  },
};

/** A column with codes for missing values or with isolated values, found before training: rescaling flattens the others. */
const flawedData = cause('inputScale', ({ info: { dataFindings } }) => {
  const flaw = dataFindings.find(({ level, keyPath }) => level === 'warning' && keyPath[1] === 'missing');
  return flaw && { keyPath: flaw.keyPath, message: english`The data may be the reason: ${flaw.message}` };
});

/** The causes of a run that has not learned, the one that explains most first: a later one may be its consequence. */
export const causes: readonly Rule[] = [
  flawedData,
  unscaledData,
  scheduleEnds,
  weightDecay,
  clipTooLow,
  shortTruncation,
  badStart,
  vanishingStart,
  rateTooHigh,
  rateTooLow,
  fewUnits,
  vanishing,
  stillFalling,
  unknownCause,
];
