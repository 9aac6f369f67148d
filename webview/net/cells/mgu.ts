import { numberPieces, piece } from '../pieces';
import type { CellNotation, StateNotation } from './notation';
import { gatedCandidate, weightedSum } from './weightedSum';

/** h_t = (1 − f)∘h_{t−1} + f∘n */
const h: StateNotation = {
  name: 'h',
  meaning: 'The state: a mixture of the state before and of the candidate.',
  direct: '(1−f)∘',
  symbols: ({ at, before }) => [
    piece('(1 − '),
    piece(at('f'), 'gate'),
    piece(')∘'),
    piece(before('h'), 'h'),
    piece(' + '),
    piece(at('f'), 'gate'),
    piece('∘'),
    piece(at('n'), 'x'),
  ],
  evaluate: ({ value, previous }) => {
    const [f, n, earlier] = [value('f'), value('n'), previous('h')];
    const write = numberPieces();
    write.text('(1 − ').number('gate', f).text(')·').number('h', earlier).text(' + ');
    write.number('gate', f).text('·').number('x', n);
    return {
      pieces: write.pieces,
      inner: write.sum((1 - f) * earlier, f * n),
      value: (1 - f) * earlier + f * n,
      size: 1,
    };
  },
};

/** The minimal gated unit: n = tanh(W_xn x_t + b_in + f∘(W_hn h_{t−1} + b_hn)), h_t = (1−f)∘h_{t−1} + f∘n. */
export const mgu: CellNotation = {
  states: [h],
  rows: [
    weightedSum(
      'f',
      'The only gate: how much of the state before the candidate reads, and how much of the state it replaces.',
      0,
      'sigmoid',
    ),
    gatedCandidate('n', 'The candidate: what could replace the state.', 1, 'f'),
  ],
  delta: ({ at, before, isRecurrent }) => {
    const dh = `∂L/∂${at('h')}`;
    const slope = `(1 − ${at('n')}^{2})`;
    const inner = `(W_{hn} ${before('h')} + b_{hn})`;
    return [
      `δ^{n} = ${dh} ∘ ${at('f')} ∘ ${slope}${isRecurrent ? ` ∘ ${at('f')}` : ''}`,
      `δ^{f} = ${dh} ∘ (${at('n')} − ${before('h')} + ${at('f')} ∘ ${slope} ∘ ${inner}) ∘ ${at('f')} ∘ (1 − ${at('f')})`,
    ];
  },
};
