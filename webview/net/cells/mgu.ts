import type { Evaluated } from '../evaluated';
import { numberPieces, piece } from '../pieces';
import type { CellNotation, StateNotation, UnitGradients } from './notation';
import { throughGate } from './throughGate';
import { gatedCandidate, weightedSum } from './weightedSum';
import { translate } from '../../../src/text/translate';

/** h_t = (1 − f)∘h_{t−1} + f∘n */
const h: StateNotation = {
  name: 'h',
  meaning: translate`The state: a mixture of the state before and of the candidate.`,
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

/** δ^f, δ^n */
function evaluateDelta(
  { dh, value, previous, recurrentSum }: UnitGradients,
  isRecurrent: boolean,
): readonly Evaluated[] {
  const [f, n, earlier] = [value('f'), value('n'), previous('h')];
  const inner = recurrentSum(1);
  const gate = numberPieces().number('h', dh).text('·(').number('x', n).text(' − ').number('h', earlier);
  gate.text(' + ').number('gate', f).text('·(1 − ').number('x', n).text('²)·').number('h', inner).text(')');
  const own = numberPieces().number('h', dh).text('·').number('gate', f).text('·(1 − ').number('x', n).text('²)');
  if (isRecurrent) own.text('·').number('gate', f);
  const atCandidate = dh * f * (1 - n * n);
  return [
    {
      ...throughGate(gate, dh * (n - earlier + f * (1 - n * n) * inner), f),
      size: Math.abs(dh) * (Math.abs(n) + Math.abs(earlier) + Math.abs(inner)),
    },
    { pieces: own.pieces, inner: undefined, value: isRecurrent ? atCandidate * f : atCandidate, size: Math.abs(dh) },
  ];
}

/** The minimal gated unit: n = tanh(W_xn x_t + b_in + f∘(W_hn h_{t−1} + b_hn)), h_t = (1−f)∘h_{t−1} + f∘n. */
export const mgu: CellNotation = {
  states: [h],
  rows: [
    weightedSum(
      'f',
      translate`The only gate: how much of the state before the candidate reads, and how much of the state it replaces.`,
      0,
      'sigmoid',
    ),
    gatedCandidate('n', translate`The candidate: what could replace the state.`, 1, 'f'),
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
  evaluateDelta,
  evaluateCellState: undefined,
  directGradient: { symbol: ({ at }) => `(1 − ${at('f')})`, factor: (value) => 1 - value('f') },
};
