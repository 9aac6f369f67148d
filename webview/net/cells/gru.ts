import type { Evaluated } from '../evaluated';
import { numberPieces, piece, type NumberPieces } from '../pieces';
import type { CellNotation, StateNotation, UnitGradients } from './notation';
import { throughGate } from './throughGate';
import { gatedCandidate, weightedSum } from './weightedSum';
import { translate } from '../../../src/text/translate';

/** h_t = (1 − z)∘n + z∘h_{t−1} */
const h: StateNotation = {
  name: 'h',
  meaning: translate`The state: a mixture of the candidate and of the state before.`,
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

/** δ^r, δ^z, δ^n */
function evaluateDelta(
  { dh, value, previous, recurrentSum }: UnitGradients,
  isRecurrent: boolean,
): readonly Evaluated[] {
  const [r, z, n, earlier] = [value('r'), value('z'), value('n'), previous('h')];
  const inner = recurrentSum(2);
  const atCandidate = dh * (1 - z) * (1 - n * n);
  const candidate = (): NumberPieces =>
    numberPieces().number('h', dh).text('·(1 − ').number('gate', z).text(')·(1 − ').number('x', n).text('²)');
  const update = numberPieces().number('h', dh).text('·(').number('h', earlier).text(' − ');
  const own = candidate();
  if (isRecurrent) own.text('·').number('gate', r);
  return [
    // (1 − z) and (1 − n²) are rounded as numbers of size 1.
    { ...throughGate(candidate().text('·').number('h', inner), atCandidate * inner, r), size: Math.abs(dh * inner) },
    {
      ...throughGate(update.number('x', n).text(')'), dh * (earlier - n), z),
      size: Math.abs(dh) * (Math.abs(earlier) + Math.abs(n)),
    },
    { pieces: own.pieces, inner: undefined, value: isRecurrent ? atCandidate * r : atCandidate, size: Math.abs(dh) },
  ];
}

/** The GRU with reset after the product: n = tanh(W_xn x_t + b_in + r∘(W_hn h_{t−1} + b_hn)), h_t = (1−z)∘n + z∘h_{t−1}. */
export const gru: CellNotation = {
  states: [h],
  rows: [
    weightedSum('r', translate`The reset gate: how much of the state before the candidate reads.`, 0, 'sigmoid'),
    weightedSum('z', translate`The update gate: how much of the state before stays; at 1 all of it.`, 1, 'sigmoid'),
    gatedCandidate('n', translate`The candidate: what could replace the state.`, 2, 'r'),
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
  evaluateDelta,
  evaluateCellState: undefined,
  directGradient: { symbol: ({ at }) => at('z'), factor: (value) => value('z') },
};
