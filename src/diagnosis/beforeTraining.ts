import type { ResolvedExperiment } from '../experiment/schema/schema';
import type { UpdateRecord } from '../run/records/recordBatch';
import type { RunInfo } from '../run/runInfo';
import { formatExact, formatNumber, formatPercentage, formatShortNumber } from '../text/numbers';
import { formatParameterName } from '../text/tensorNames';
import type { Finding } from './finding';
import { Observations } from './observations';
import { higherRate, lowerRate, setKey } from './remedy';
import type { RuleResult } from './rule';
import { rules } from './rules/all';
import { initialFault, unscaledInputs } from './rules/causes';
import { ratiosOf } from './rules/updateRatios';
import { english } from '../text/translate';

/**
 * What an experiment shows before it is trained: the rules that need no update, and those about its first update.
 *
 * @param first the record of the first update, if it was computed: its loss and its gradient are those of the initial
 *   weights
 */
export function findingsBeforeTraining(
  experiment: ResolvedExperiment,
  info: RunInfo,
  first: UpdateRecord | undefined,
): readonly Finding[] {
  const observations = new Observations(experiment, info);
  const found = rules
    .filter(({ when }) => when === 'start')
    .flatMap((rule) => findingOf(rule.code, rule.level, rule.check(observations)));
  const scale = findingOf('inputScale', 'warning', unscaledInputs(observations));
  if (scale.length > 0 || first === undefined) return [...scale, ...found];
  observations.observe(first);
  const weights = findingOf('saturated', 'warning', initialWeights(observations));
  return [
    ...found,
    // Units that are saturated explain the loss and the update.
    ...(weights.length > 0
      ? weights
      : [
          ...findingOf('initLoss', 'hint', initialLoss(observations)),
          ...findingOf('updateRatio', 'hint', largeRate(observations)),
          ...findingOf('updateRatio', 'warning', smallRate(observations)),
        ]),
  ];
}

function findingOf(code: string, level: Finding['level'], result: RuleResult | undefined): readonly Finding[] {
  if (result === undefined) return [];
  const { keyPath, message, remedies = [] } = result;
  const finding: Finding = {
    code,
    level: result.level ?? level,
    when: 'start',
    update: 0,
    keyPath: [...keyPath],
    message,
  };
  return [remedies.length === 0 ? finding : { ...finding, remedies: remedies.map((remedy) => [...remedy]) }];
}

/** Initial weights that saturate the units, or let the gradient grow on its way back where nothing clips it. */
function initialWeights(observations: Observations): RuleResult | undefined {
  // A clip is a remedy against a gradient that grows.
  const fault = initialFault(observations, observations.experiment.clip === null ? undefined : Infinity);
  if (fault === undefined) return undefined;
  const isGrowing = (observations.firstProfile?.saturated ?? 0) <= 0.5 && observations.experiment.clip === null;
  const clip = isGrowing ? [[setKey(['clip'], { norm: 1 })]] : [];
  return { ...fault, remedies: [...(fault.remedies ?? []), ...clip] };
}

/** CS231n: the loss of a uniform softmax over C classes is ln C. */
function initialLoss({ loss, info }: Observations): RuleResult | undefined {
  const [first, chance] = [loss.mean(), Math.log(info.outputs)];
  if (info.loss.kind !== 'crossEntropy' || info.loss.reduction !== 'mean' || !(first > 2 * chance)) return undefined;
  return {
    keyPath: ['model', 'init'],
    message: english`With the initial weights the loss is ${formatNumber(first)}, more than twice the ln ${formatExact(info.outputs)} = ${formatNumber(chance)} of uniform guessing (CS231n): the net starts confident and wrong. Use smaller initial weights.`,
  };
}

/**
 * Parameters below which a large first update says nothing: the ratio of a matrix of a few elements depends on chance, and
 * such a net is made to be followed by hand.
 */
const fewestParameters = 100;

/** As the rule after a run: ‖Δw‖/‖w‖ of a weight matrix. Adagrad's first updates are always the largest. */
function largeRate(observations: Observations): RuleResult | undefined {
  const { optimizer } = observations.experiment;
  if (observations.info.parameterCount < fewestParameters) return undefined;
  const [largest] = ratiosOf(observations).toSorted((one, other) => other.ratio - one.ratio);
  if (optimizer.kind === 'adagrad' || largest === undefined || !(largest.ratio > 0.25)) return undefined;
  const rate = lowerRate(optimizer.learningRate, largest.ratio);
  return {
    keyPath: ['optimizer', 'learningRate'],
    message:
      english`The first update would change ${formatParameterName(largest.name)} by ${formatPercentage(largest.ratio)} of its norm ` +
      `(CS231n aims at 0.1 %). Lower the learning rate, to about ${formatShortNumber(rate)}.`,
    remedies: [[setKey(['optimizer', 'learningRate'], rate)]],
  };
}

/** The share of its norm by which a weight matrix must be able to change over a run, for the run to learn anything. */
const leastChange = 0.02;

/**
 * With Adam, Adagrad and RMSprop no later update is larger than the first one, up to a constant: the steps of a run bound
 * how far its weights can get. The gradient of SGD may grow.
 */
function smallRate(observations: Observations): RuleResult | undefined {
  const { optimizer, training } = observations.experiment;
  const isBounded =
    'epsilon' in optimizer && !(typeof optimizer.schedule === 'object' && 'warmup' in optimizer.schedule);
  const ratio = Math.max(...ratiosOf(observations).map((one) => one.ratio));
  if (!isBounded || !(ratio > 0) || ratio * training.steps >= leastChange) return undefined;
  const rate = higherRate(optimizer.learningRate, ratio);
  return {
    keyPath: ['optimizer', 'learningRate'],
    message: english`The first update would change the weights by ${formatNumber(ratio)} of their norm (CS231n aims at 1e-3), and all ${formatExact(training.steps)} by about ${formatPercentage(ratio * training.steps, 2)} at most. Raise the learning rate, to about ${formatShortNumber(rate)}.`,
    remedies: [[setKey(['optimizer', 'learningRate'], rate)]],
  };
}
