import type { Evaluated } from '../evaluated';
import { numberPieces, piece } from '../pieces';
import type { CellNotation, CellStateGradients, StateNotation, UnitGradients } from './notation';
import { throughGate } from './throughGate';
import { weightedSum } from './weightedSum';
import { translate } from '../../../src/text/translate';

/** h_t = o∘tanh c_t */
const h: StateNotation = {
  name: 'h',
  meaning: translate`The output: the part of tanh c that the output gate lets through.`,
  direct: undefined,
  symbols: ({ at }) => [piece(at('o'), 'gate'), piece('∘tanh('), piece(at('c'), 'x'), piece(')')],
  evaluate: ({ value }) => {
    const [o, squashed] = [value('o'), Math.tanh(value('c'))];
    const write = numberPieces();
    write.number('gate', o).text('·tanh(').argument('x', value('c')).text(')');
    return { pieces: write.pieces, inner: write.product(o, squashed), value: o * squashed, size: 1 };
  },
};

/** c_t = f∘c_{t−1} + i∘g */
const c: StateNotation = {
  name: 'c',
  meaning: translate`The cell state: the memory, which passes to the next step without any weights.`,
  direct: 'f∘',
  symbols: ({ at, before }) => [
    piece(at('f'), 'gate'),
    piece('∘'),
    piece(before('c'), 'h'),
    piece(' + '),
    piece(at('i'), 'gate'),
    piece('∘'),
    piece(at('g'), 'x'),
  ],
  evaluate: ({ value, previous }) => {
    const [f, i, g, earlier] = [value('f'), value('i'), value('g'), previous('c')];
    const write = numberPieces();
    write.number('gate', f).text('·').number('h', earlier).text(' + ');
    write.number('gate', i).text('·').number('x', g);
    return {
      pieces: write.pieces,
      inner: write.sum(f * earlier, i * g),
      value: f * earlier + i * g,
      size: Math.abs(f * earlier) + Math.abs(i * g),
    };
  },
};

/** δ^i, δ^f, δ^g, δ^o */
function evaluateDelta({ dh, dc, value, previous }: UnitGradients): readonly Evaluated[] {
  const [i, f, g, o] = [value('i'), value('f'), value('g'), value('o')];
  const earlier = previous('c');
  const squashed = Math.tanh(value('c'));
  const candidate = numberPieces().number('h', dc).text('·').number('gate', i);
  candidate.text('·(1 − ').number('x', g).text('²)');
  const output = numberPieces().number('h', dh).text('·tanh(').argument('x', value('c')).text(')');
  return [
    throughGate(numberPieces().number('h', dc).text('·').number('x', g), dc * g, i),
    throughGate(numberPieces().number('h', dc).text('·').number('x', earlier), dc * earlier, f),
    { pieces: candidate.pieces, inner: undefined, value: dc * i * (1 - g * g), size: Math.abs(dc * i) },
    throughGate(output, dh * squashed, o),
  ];
}

/** ∂L/∂c_t = ∂L/∂h_t ∘ o_t ∘ (1 − tanh² c_t) + ∂L/∂c_{t+1} ∘ f_{t+1} */
function evaluateCellState({ dh, value, later }: CellStateGradients): Evaluated {
  const [o, c] = [value('o'), value('c')];
  const own = dh * o * (1 - Math.tanh(c) ** 2);
  const write = numberPieces().number('h', dh).text('·').number('gate', o);
  write.text('·(1 − tanh²(').argument('x', c).text(')) + ');
  write.number('h', later.dc).text('·').number('gate', later.f);
  return {
    pieces: write.pieces,
    inner: write.sum(own, later.dc * later.f),
    value: own + later.dc * later.f,
    size: Math.abs(dh * o) + Math.abs(later.dc * later.f),
  };
}

/** The LSTM: i, f, o = σ(…), g = tanh(…), c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh c_t. */
export const lstm: CellNotation = {
  states: [h, c],
  rows: [
    weightedSum('i', translate`The input gate: how much of the candidate is added to the memory.`, 0, 'sigmoid'),
    weightedSum('f', translate`The forget gate: how much of the memory stays; at 1 all of it.`, 1, 'sigmoid'),
    weightedSum('g', translate`The candidate: what could be added to the memory.`, 2, 'tanh'),
    weightedSum('o', translate`The output gate: how much of the memory is shown to the outside.`, 3, 'sigmoid'),
  ],
  delta: ({ at, before, after }) => {
    const [dh, dc] = [`∂L/∂${at('h')}`, `∂L/∂${at('c')}`];
    const later = after === undefined ? '' : ` + ∂L/∂${after('c')} ∘ ${after('f')}`;
    return [
      `${dc} = ${dh} ∘ ${at('o')} ∘ (1 − tanh²${at('c')})${later}`,
      `δ^{i} = ${dc} ∘ ${at('g')} ∘ ${at('i')} ∘ (1 − ${at('i')})`,
      `δ^{f} = ${dc} ∘ ${before('c')} ∘ ${at('f')} ∘ (1 − ${at('f')})`,
      `δ^{g} = ${dc} ∘ ${at('i')} ∘ (1 − ${at('g')}^{2})`,
      `δ^{o} = ${dh} ∘ tanh ${at('c')} ∘ ${at('o')} ∘ (1 − ${at('o')})`,
    ];
  },
  evaluateDelta,
  evaluateCellState,
  directGradient: undefined,
};
