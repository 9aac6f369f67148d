import { hasLearned } from '../progress';
import { setKey } from '../remedy';
import type { Rule } from '../rule';
import { formatPercentage } from '../../text/numbers';
import { saturationCause } from './causes';
import { extremesOf, inLayer, saturatedLayer, saturationLimits } from './gateValues';
import { english } from '../../text/translate';

/** Updates before which a net has not shown whether the units that it saturates keep it from learning. */
const leastUpdates = 200;

/**
 * DeepDiagnosis (Wardat et al. 2022), for the pre-activations of the candidate state, while nothing is learned. The slope
 * of tanh and sigmoid is below 0.01 from 5 on. A relu has slope 1 above 0 and half of its units at 0 is normal; an identity
 * never saturates.
 */
export const saturated: Rule = {
  code: 'saturated',
  level: 'warning',
  when: 'update',
  check(observations) {
    const { profiles, info } = observations;
    const isRelu = info.activation === 'relu';
    const found = saturatedLayer(profiles.at(-1), info);
    if (found === undefined || hasLearned(observations)) return undefined;
    const { layer, name, share } = found;
    const { keyPath, message, remedies = [] } = saturationCause(observations);
    // With the settings of min-char-rnn half of the values saturate within 60 updates, and the net learns all the same.
    if (keyPath[0] === 'optimizer' && observations.updates < leastUpdates) return undefined;
    const limit = isRelu ? formatPercentage(saturationLimits.relu) : 'half';
    return {
      keyPath,
      message: english`${formatPercentage(share)} of the values of ${name}${inLayer(info, layer)} are ${isRelu ? '0' : 'saturated'} over steps and units${isRelu ? '' : ', with |pre-activation| ≥ 5'}, more than ${limit} (DeepDiagnosis): hardly any gradient passes there. ${message}`,
      remedies,
    };
  },
};

/** Karpathy, Johnson & Fei-Fei 2015 count gates below 0.1 and above 0.9; a net that has learned has found them useful. */
export const gateStuck: Rule = {
  code: 'gateStuck',
  level: 'hint',
  when: 'update',
  check(observations) {
    const { profiles, info, experiment } = observations;
    if (hasLearned(observations)) return undefined;
    const found = extremesOf(profiles.at(-1), info).find(
      ({ role, low, high }) => role !== 'candidate' && Math.max(low, high) > 0.9,
    );
    if (found === undefined) return undefined;
    const { layer, name, role, low, high } = found;
    const [share, where] = low > high ? [low, english`below 0.1: shut`] : [high, english`above 0.9: open`];
    return {
      keyPath: role === 'forgetGate' ? ['model', 'forgetBias'] : ['model', 'init'],
      message: english`${formatPercentage(share)} of the values of gate ${name}${inLayer(info, layer)} are ${where}, more than 90 % over steps and units (Karpathy et al. 2015): the gate hardly depends on its input. Try another bias, or smaller initial weights.`,
      ...(role === 'forgetGate' && (experiment.model.forgetBias ?? 0) > 1
        ? { remedies: [[setKey(['model', 'forgetBias'], 1)]] }
        : {}),
    };
  },
};

/** Jozefowicz, Zaremba & Sutskever 2015: a forget bias of 1. */
export const forgetBiasZero: Rule = {
  code: 'forgetBiasZero',
  level: 'hint',
  when: 'start',
  check({ experiment: { model }, info: { lag } }) {
    if (model.forgetBias !== 0 || lag === null || lag <= 10) return undefined;
    return {
      keyPath: ['model', 'forgetBias'],
      message: english`The forget bias is 0, and the task asks the net to remember for ${lag} steps, more than 10: at first the memory halves at every step. Write 1 (Jozefowicz et al. 2015).`,
      remedies: [[setKey(['model', 'forgetBias'], 1)]],
    };
  },
};
