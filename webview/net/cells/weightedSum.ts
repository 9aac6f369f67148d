import type { ActivationName } from '../../../src/experiment/schema/modelSchema';
import type { Evaluated } from '../evaluated';
import { numberPieces, piece, type Piece } from '../pieces';
import type { RowNotation, StepSymbols, UnitNumbers } from './notation';

/** An elementwise function: its symbol, empty for the identity, and its value. */
interface Nonlinearity {
  readonly symbol: string;
  readonly of: (a: number) => number;
}

const nonlinearities: Readonly<Record<ActivationName, Nonlinearity>> = {
  tanh: { symbol: 'tanh', of: Math.tanh },
  sigmoid: { symbol: 'σ', of: (a) => 1 / (1 + Math.exp(-a)) },
  relu: { symbol: 'relu', of: (a) => (a <= 0 ? 0 : a) },
  identity: { symbol: '', of: (a) => a },
};

/** φ(W_x x_t + W_h h_{t−1} + b), b = b_ih + b_hh: a block of rows that enters through its sum. */
export function weightedSum(
  name: string,
  meaning: string,
  block: number,
  nonlinearity: ActivationName | 'activation',
): RowNotation {
  const of = (activation: ActivationName): Nonlinearity =>
    nonlinearities[nonlinearity === 'activation' ? activation : nonlinearity];
  return {
    name,
    meaning,
    recurrentGate: undefined,
    symbols: (step) => applied(of(step.activation), weightedSymbols(name, step)),
    evaluate: (unit) => {
      const { x, h, biasIh, biasHh } = unit.row(block);
      const write = numberPieces();
      write.products('x', x.products).text(' + ').products('h', h.products);
      write.plus('b', biasIh + biasHh);
      const size = x.size + h.size + Math.abs(biasIh) + Math.abs(biasHh);
      return outcome(of(unit.activation), write.pieces, x.total + h.total + biasIh + biasHh, size);
    },
  };
}

/** tanh(W_x x_t + b_i + g∘(W_h h_{t−1} + b_h)): a candidate that reads the state through gate g, after the product. */
export function gatedCandidate(name: string, meaning: string, block: number, gate: string): RowNotation {
  return {
    name,
    meaning,
    recurrentGate: gate,
    symbols: (step) =>
      applied(nonlinearities.tanh, [
        piece(`W_{x${name}} ${step.input}`, 'x'),
        piece(' + '),
        piece(`b_{i${name}}`, 'b'),
        piece(' + '),
        piece(step.at(gate), 'gate'),
        piece('∘('),
        piece(`W_{h${name}} ${step.before('h')}`, 'h'),
        piece(' + '),
        piece(`b_{h${name}}`, 'b'),
        piece(')'),
      ]),
    evaluate: (unit) => evaluateGated(unit, block, gate),
  };
}

function evaluateGated(unit: UnitNumbers, block: number, gate: string): Evaluated {
  const { x, h, biasIh, biasHh } = unit.row(block);
  const opening = unit.value(gate);
  const write = numberPieces();
  write.products('x', x.products).plus('b', biasIh).text(' + ').number('gate', opening).text('·(');
  write.products('h', h.products).plus('b', biasHh).text(')');
  const size = x.size + h.size + Math.abs(biasIh) + Math.abs(biasHh);
  return outcome(nonlinearities.tanh, write.pieces, x.total + biasIh + opening * (h.total + biasHh), size);
}

function weightedSymbols(name: string, { input, before }: StepSymbols): readonly Piece[] {
  return [
    piece(`W_{x${name}} ${input}`, 'x'),
    piece(' + '),
    piece(`W_{h${name}} ${before('h')}`, 'h'),
    piece(' + '),
    piece(`b_${name}`, 'b'),
  ];
}

function applied({ symbol }: Nonlinearity, inside: readonly Piece[]): readonly Piece[] {
  return symbol === '' ? inside : [piece(`${symbol}(`), ...inside, piece(')')];
}

function outcome(nonlinearity: Nonlinearity, inside: readonly Piece[], argument: number, size: number): Evaluated {
  const { symbol, of } = nonlinearity;
  return {
    pieces: applied(nonlinearity, inside),
    inner: symbol === '' ? undefined : numberPieces().call(symbol, argument),
    value: of(argument),
    size,
  };
}
