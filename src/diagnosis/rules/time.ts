import type { CellName } from '../../experiment/modelSchema';
import { gatesOf, isGated } from '../../run/cellGates';
import { formatNumber } from '../../text/numbers';
import type { StepSeries } from '../../run/records/recordBatch';
import type { Rule } from '../rule';
import { hasLearned } from './loss';

const minRatio = 1e-3;

/**
 * If only the last step has a loss, ‖∂L/∂h_t‖ is the norm of one Jacobian product, and its decay over the lag shows how
 * much gradient is left to learn from: Bengio, Simard & Frasconi 1994. A net that learns its task is not reported, and the
 * gradient of most nets looks vanished before they have learned. The limit is AutoTrainer's ratio between layers, applied
 * to time.
 */
export const vanishOverTime: Rule = {
  code: 'vanishOverTime',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { info, profiles } = observations;
    if (info.lag === null || info.lag < 1 || hasLearned(observations)) return undefined;
    const ratios = profiles.map((series) => decayOver(series, info.lag ?? 1)).filter((ratio) => !Number.isNaN(ratio));
    const median = ratios.sort((a, b) => a - b)[ratios.length >> 1];
    if (median === undefined || median >= minRatio) return undefined;
    return {
      keyPath: ['model', 'cell'],
      message:
        `The gradient vanishes over time: ${info.lag} steps back, as far as the task must remember, ‖∂L/∂h_t‖ is ` +
        `${formatNumber(median)} of its value at the last step, less than 1e-3, and the task is not learned (Bengio et al. ` +
        `1994). ${remedyFor(info.cell)}`,
    };
  },
};

/** What helps against a vanishing gradient, by the gates that the cell has. */
function remedyFor(cell: CellName): string {
  if (!isGated(cell)) return 'Try an LSTM or a GRU, or an orthogonal init of W_hh.';
  return gatesOf(cell).some(({ role }) => role === 'forgetGate')
    ? 'Try a larger forget bias or shorter sequences.'
    : 'Try an LSTM with a larger forget bias, or shorter sequences.';
}

/** Aicher, Foti & Fox 2019: the terms that truncation omits bias the gradient. */
export const truncationBias: Rule = {
  code: 'truncationBias',
  level: 'warning',
  when: 'start',
  check({ info: { bptt, lag } }) {
    if (bptt === 'full' || lag === null || lag <= bptt.backward) return undefined;
    return {
      keyPath: ['bptt', 'backward'],
      message:
        `The gradient is truncated after ${bptt.backward} steps, but the task requires remembering for ${lag}: earlier steps ` +
        'get no gradient, so that the dependency can be learned by chance only (Aicher et al. 2019). Raise bptt.backward.',
    };
  },
};

/** ‖∂L/∂h_{T−1−lag}‖ / ‖∂L/∂h_{T−1}‖ of the top layer; NaN if another step than the last has a loss. */
function decayOver({ steps, lossPerStep, layers }: StepSeries, lag: number): number {
  const dh = layers.at(-1)?.dh;
  const isLastOnly = lossPerStep.subarray(0, steps - 1).every((loss) => loss === 0);
  if (dh === undefined || !isLastOnly || steps < 2) return NaN;
  return (dh[Math.max(0, steps - 1 - lag)] ?? NaN) / (dh[steps - 1] ?? NaN);
}
