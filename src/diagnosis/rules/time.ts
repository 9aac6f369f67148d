import type { CellName } from '../../experiment/schema/cellNames';
import type { Model } from '../../experiment/schema/schema';
import { roundToDigits } from '../../text/numbers';
import { gatesOf, isGated } from '../../run/cellGates';
import type { StepSeries } from '../../run/records/recordBatch';
import { removeKey, setKey, type Remedy } from '../remedy';
import type { Rule } from '../rule';
import { english } from '../../text/translate';

/** What helps against a vanishing gradient, by the gates that the cell has. */
export function remedyFor(cell: CellName): string {
  if (!isGated(cell)) return english`Try an LSTM or a GRU, or an orthogonal init of W_hh.`;
  return gatesOf(cell).some(({ role }) => role === 'forgetGate')
    ? english`Try a larger forget bias or shorter sequences.`
    : english`Try an LSTM with a larger forget bias, or shorter sequences.`;
}

/**
 * The changes that help against a vanishing gradient: an LSTM whose forget gates start at a bias of about ln(lag), so that
 * a cell state keeps 1/e of its content over the lag (Tallec & Ollivier 2018). None where it is one already, or where the
 * weights come from a file.
 */
export function lastingMemory({ cell, weights, forgetBias }: Model, lag: number): readonly Remedy[] {
  const bias = Math.max(1, roundToDigits(Math.log(lag), 2));
  if (weights !== undefined || (cell === 'lstm' && (forgetBias ?? 1) >= bias)) return [];
  const changes = cell === 'lstm' ? [] : [setKey(['model', 'cell'], 'lstm'), removeKey(['model', 'activation'])];
  return [[...changes, setKey(['model', 'forgetBias'], bias)]];
}

/** Aicher, Foti & Fox 2019: the terms that truncation omits bias the gradient. */
export const truncationBias: Rule = {
  code: 'truncationBias',
  level: 'warning',
  when: 'start',
  check({ info: { bptt, lag, steps } }) {
    if (bptt === 'full' || lag === null || lag <= bptt.backward) return undefined;
    return {
      keyPath: ['bptt', 'backward'],
      message: english`The gradient is truncated after ${bptt.backward} steps, but the task requires remembering for ${lag}: earlier steps get no gradient, so that the dependency can be learned by chance only (Aicher et al. 2019). Raise bptt.backward.`,
      remedies: [[setKey(['bptt', 'backward'], Math.max(lag, Math.min(steps, bptt.forward)))]],
    };
  },
};

/**
 * ‖∂L/∂h_{t−lag}‖ / ‖∂L/∂h_t‖ of the top layer, or that of c_t where it is larger, t the first step with a loss: between them no loss adds to it. Where
 * fewer than `lag` steps lie before t, but at least half of them, as if the decay went on. NaN for still fewer.
 */
export function decayOverLag({ steps, lossPerStep, layers }: StepSeries, lag: number): number {
  const top = layers.at(-1);
  const first = lossPerStep.subarray(0, steps).findIndex((loss) => loss !== 0);
  const back = Math.min(lag, first);
  if (top === undefined || back < 1 || back < lag / 2) return NaN;
  const shareOf = (norms: ArrayLike<number>): number => (norms[first - back] ?? NaN) / (norms[first] ?? NaN);
  // An LSTM has two paths back: what c_t carries does not pass through h_t.
  const share = Math.max(shareOf(top.dh), top.dc === undefined ? 0 : shareOf(top.dc));
  return share ** (lag / back);
}
