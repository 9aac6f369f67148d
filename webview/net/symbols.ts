import type { Inspection } from '../../src/protocol/inspection';
import type { NodeAt } from './formula';
import type { Part, Piece } from './pieces';

/** A node's formula as the course writes it, the step's number in the indices; `x_{2}` stands for an index. */
export function symbolicFormula(inspection: Inspection, { node, layer, t }: NodeAt): readonly Piece[] {
  const { cell, activation, lossKind } = inspection;
  const before = `{${t - 1}}`.replace('-', '−');
  const at = (symbol: string): string => `${symbol}_{${t}}`;
  const input = layer === 0 ? at('x') : `${at('h')} (layer ${layer - 1})`;
  const weighted = (gate: string, bias: string): Piece[] => [
    piece(`W_{x${gate}} ${input}`, 'x'),
    piece(' + '),
    piece(`W_{h${gate}} h_${before}`, 'h'),
    piece(' + '),
    piece(bias, 'b'),
  ];
  const left = piece(`${at(node === 'y' ? 'ŷ' : node)} = `);
  switch (node) {
    case 'x':
      return [piece(`${at('x')} is given`)];
    case 'y': {
      const linear = [piece(`W_{hy} ${at('h')}`, 'h'), piece(' + '), piece('b_y', 'b')];
      return lossKind === 'mse' ? [left, ...linear] : [piece(`p(${at('ŷ')}) = softmax(`), ...linear, piece(')')];
    }
    case 'L':
      return lossKind === 'mse'
        ? [left, piece('w', 'b'), piece(' · Σ ('), piece(at('ŷ'), 'h'), piece(' − '), piece(at('y'), 'x'), piece(')²')]
        : [left, piece('w', 'b'), piece(' · (−ln '), piece(`p(${at('ŷ')} = ${at('y')})`, 'h'), piece(')')];
    case 'c':
      return [
        left,
        piece(at('f'), 'gate'),
        piece('∘'),
        piece(`c_${before}`, 'h'),
        piece(' + '),
        piece(at('i'), 'gate'),
        piece('∘'),
        piece(at('g'), 'x'),
      ];
    case 'h':
      if (cell === 'lstm') return [left, piece(at('o'), 'gate'), piece('∘tanh('), piece(at('c'), 'x'), piece(')')];
      if (cell === 'gru') {
        return [
          left,
          piece('(1 − '),
          piece(at('z'), 'gate'),
          piece(')∘'),
          piece(at('n'), 'x'),
          piece(' + '),
          piece(at('z'), 'gate'),
          piece('∘'),
          piece(`h_${before}`, 'h'),
        ];
      }
      return activation === 'identity'
        ? [left, ...weighted('h', 'b_h')]
        : [left, piece(`${activation === 'sigmoid' ? 'σ' : activation}(`), ...weighted('h', 'b_h'), piece(')')];
    case 'n':
      return [
        left,
        piece('tanh('),
        piece(`W_{xn} ${input}`, 'x'),
        piece(' + '),
        piece('b_{in}', 'b'),
        piece(' + '),
        piece(at('r'), 'gate'),
        piece('∘('),
        piece(`W_{hn} h_${before}`, 'h'),
        piece(' + '),
        piece('b_{hn}', 'b'),
        piece('))'),
      ];
    default:
      return [left, piece(node === 'g' ? 'tanh(' : 'σ('), ...weighted(node, `b_${node}`), piece(')')];
  }
}

function piece(text: string, part?: Part): Piece {
  return { text, part };
}
