import { numberPieces, piece } from '../pieces';
import type { CellNotation, StateNotation } from './notation';
import { gatedCandidate, weightedSum } from './weightedSum';

/** h_t = (1 − z)∘n + z∘h_{t−1} */
const h: StateNotation = {
  name: 'h',
  meaning: 'The state: a mixture of the candidate and of the state before.',
  direct: 'z∘',
  symbols: ({ at, before }) => [
    piece('(1 − '),
    piece(at('z'), 'gate'),
    piece(')∘'),
    piece(at('n'), 'x'),
    piece(' + '),
    piece(at('z'), 'gate'),
    piece('∘'),
    piece(before('h'), 'h'),
  ],
  evaluate: ({ value, previous }) => {
    const [z, n, earlier] = [value('z'), value('n'), previous('h')];
    const write = numberPieces();
    write.text('(1 − ').number('gate', z).text(')·').number('x', n).text(' + ');
    write.number('gate', z).text('·').number('h', earlier);
    return {
      pieces: write.pieces,
      inner: write.sum((1 - z) * n, z * earlier),
      value: (1 - z) * n + z * earlier,
      size: 1,
    };
  },
};

/** The GRU with reset after the product: n = tanh(W_xn x_t + b_in + r∘(W_hn h_{t−1} + b_hn)), h_t = (1−z)∘n + z∘h_{t−1}. */
export const gru: CellNotation = {
  states: [h],
  rows: [
    weightedSum('r', 'The reset gate: how much of the state before the candidate reads.', 0, 'sigmoid'),
    weightedSum('z', 'The update gate: how much of the state before stays; at 1 all of it.', 1, 'sigmoid'),
    gatedCandidate('n', 'The candidate: what could replace the state.', 2, 'r'),
  ],
  delta: ({ at, before, isRecurrent }) => {
    const dh = `∂L/∂${at('h')}`;
    const inner = `(W_{hn} ${before('h')} + b_{hn})`;
    return [
      `δ^{n} = ${dh} ∘ (1 − ${at('z')}) ∘ (1 − ${at('n')}^{2})${isRecurrent ? ` ∘ ${at('r')}` : ''}`,
      `δ^{z} = ${dh} ∘ (${before('h')} − ${at('n')}) ∘ ${at('z')} ∘ (1 − ${at('z')})`,
      `δ^{r} = ${dh} ∘ (1 − ${at('z')}) ∘ (1 − ${at('n')}^{2}) ∘ ${inner} ∘ ${at('r')} ∘ (1 − ${at('r')})`,
    ];
  },
};
