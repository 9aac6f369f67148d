import type { ActivationName } from '../../../src/experiment/schema/modelSchema';
import type { CellNotation, StateNotation } from './notation';
import { weightedSum } from './weightedSum';

const h: StateNotation = {
  ...weightedSum('h', 'The state: what the net passes on to the next step.', 0, 'activation'),
  name: 'h',
  direct: undefined,
};

/** φ′ from the value φ(a), as a factor. */
const slopes: Readonly<Record<ActivationName, (h: string) => string>> = {
  tanh: (h) => ` ∘ (1 − ${h}^{2})`,
  sigmoid: (h) => ` ∘ ${h} ∘ (1 − ${h})`,
  relu: (h) => ` ∘ [${h} > 0]`,
  identity: () => '',
};

/** The vanilla RNN: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h). */
export const rnn: CellNotation = {
  states: [h],
  rows: [h],
  delta: ({ at, activation }) => [`${at('δ')} = ∂L/∂${at('h')}${slopes[activation](at('h'))}`],
};
