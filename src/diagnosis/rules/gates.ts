import { gatesOf, type Gate } from '../../run/cellGates';
import type { RunInfo } from '../../run/runInfo';
import type { StepSeries } from '../../run/records/recordBatch';
import type { Rule } from '../rule';
import { formatPercentage } from '../../text/numbers';

/** DeepDiagnosis (Wardat et al. 2022), for the pre-activations of the candidate state. For relu, half of the units at 0 is normal. */
export const saturated: Rule = {
  code: 'saturated',
  level: 'warning',
  when: 'update',
  check({ profiles, info }) {
    const isDead = info.activation === 'relu';
    const [limit, limitLabel] = isDead ? [0.9, '90 %'] : [0.5, 'half'];
    const found = extremesOf(profiles.at(-1), info).find(
      ({ role, low, high }) => role === 'candidate' && low + high > limit,
    );
    if (found === undefined) return undefined;
    const { layer, name, low, high } = found;
    return {
      keyPath: ['model', 'init'],
      message:
        `${formatPercentage(low + high)} of the values of ${name}${inLayer(info, layer)} are ${isDead ? 'dead (0) or beyond 5' : 'saturated'} over ` +
        `steps and units${isDead ? '' : ', with |pre-activation| ≥ 5'}, more than ${limitLabel} (DeepDiagnosis): no gradient passes ` +
        'there. Scale the inputs down, use smaller initial weights, or lower the learning rate.',
    };
  },
};

/** Karpathy, Johnson & Fei-Fei 2015 count gates below 0.1 and above 0.9. */
export const gateStuck: Rule = {
  code: 'gateStuck',
  level: 'hint',
  when: 'update',
  check({ profiles, info }) {
    const found = extremesOf(profiles.at(-1), info).find(
      ({ role, low, high }) => role !== 'candidate' && Math.max(low, high) > 0.9,
    );
    if (found === undefined) return undefined;
    const { layer, name, role, low, high } = found;
    const [share, where] = low > high ? [low, 'below 0.1: shut'] : [high, 'above 0.9: open'];
    return {
      keyPath: role === 'forgetGate' ? ['model', 'forgetBias'] : ['model', 'init'],
      message:
        `${formatPercentage(share)} of the values of gate ${name}${inLayer(info, layer)} are ${where}, more than 90 % over steps and ` +
        'units (Karpathy et al. 2015): the gate hardly depends on its input. Try another bias, or smaller initial weights.',
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
      message:
        `The forget bias is 0, and the task asks the net to remember for ${lag} steps, more than 10: at first the memory ` +
        'halves at every step. Write 1 (Jozefowicz et al. 2015).',
    };
  },
};

interface Extremes {
  readonly layer: number;
  readonly name: string;
  readonly role: Gate['role'];
  readonly low: number;
  readonly high: number;
}

/** The saturation of each gate and candidate state of each layer, with the role that the cell declares for it. */
function extremesOf(series: StepSeries | undefined, { cell }: RunInfo): readonly Extremes[] {
  const roles = new Map(gatesOf(cell).map(({ name, role }) => [name, role]));
  return (series?.layers ?? []).flatMap(({ saturation }, layer) =>
    saturation.flatMap((extremes) => {
      const role = roles.get(extremes.name);
      return role === undefined ? [] : [{ layer, role, ...extremes }];
    }),
  );
}

function inLayer({ layerCount }: RunInfo, layer: number): string {
  return layerCount === 1 ? '' : ` in layer ${layer}`;
}
