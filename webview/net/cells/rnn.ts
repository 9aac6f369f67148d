import type { ActivationName } from '../../../src/experiment/schema/modelSchema';
import type { Evaluated } from '../evaluated';
import { numberPieces } from '../pieces';
import type { CellNotation, RowNotation, StateNotation, UnitGradients } from './notation';
import { weightedSum } from './weightedSum';
import { translate } from '../../../src/text/translate';

const h: StateNotation & RowNotation = {
  ...weightedSum('h', translate`The state: what the net passes on to the next step.`, 0, 'activation'),
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

/** δ = ∂L/∂h ∘ φ′(a), φ′ from the value φ(a). */
function evaluateDelta({ dh, value, activation }: UnitGradients): Evaluated {
  const h = value('h');
  const write = numberPieces().number('h', dh);
  switch (activation) {
    case 'tanh':
      write.text('·(1 − ').number('x', h).text('²)');
      return { pieces: write.pieces, inner: undefined, value: dh * (1 - h * h), size: Math.abs(dh) };
    case 'sigmoid':
      write.text('·').number('x', h).text('·(1 − ').number('x', h).text(')');
      return { pieces: write.pieces, inner: undefined, value: dh * h * (1 - h), size: Math.abs(dh) };
    case 'relu':
      write.text(h > 0 ? '·1' : '·0');
      return { pieces: write.pieces, inner: undefined, value: h > 0 ? dh : 0, size: Math.abs(dh) };
    case 'identity':
      return { pieces: write.pieces, inner: undefined, value: dh, size: Math.abs(dh) };
    default:
      return activation satisfies never;
  }
}

/** The vanilla RNN: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h). */
export const rnn: CellNotation = {
  states: [h],
  rows: [h],
  delta: ({ at, activation }) => [`${at('δ')} = ∂L/∂${at('h')}${slopes[activation](at('h'))}`],
  evaluateDelta: (unit) => [evaluateDelta(unit)],
  evaluateCellState: undefined,
  directGradient: undefined,
};
