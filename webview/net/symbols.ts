import type { Inspection } from '../../src/protocol/inspection';
import { nodeNotation } from './cells/registry';
import type { NodeAt } from './nodeValues';
import { piece, type Piece } from './pieces';
import { stepSymbols } from './stepSymbols';
import { translate } from '../../src/text/translate';

/** A node's formula as the course writes it, the step's number in the indices; `x_{2}` stands for an index. */
export function symbolicFormula(inspection: Inspection, { node, layer, t }: NodeAt): readonly Piece[] {
  const { cell, lossKind, outputKind } = inspection;
  const step = stepSymbols(inspection, layer, t);
  const { at } = step;
  switch (node) {
    case 'x':
      return [piece(translate`${at('x')} is given`)];
    case 'y': {
      const linear = [piece(`W_{hy} ${at('h')}`, 'h'), piece(' + '), piece('b_y', 'b')];
      if (lossKind === 'mse' && outputKind === 'sigmoid') return [piece(`${at('ŷ')} = σ(`), ...linear, piece(')')];
      return lossKind === 'mse'
        ? [piece(`${at('ŷ')} = `), ...linear]
        : [piece(`p(${at('ŷ')}) = softmax(`), ...linear, piece(')')];
    }
    case 'L':
      return [piece(`${at('L')} = `), piece('w', 'b'), ...lossTerms(lossKind, at)];
    default:
      return [piece(`${at(node)} = `), ...nodeNotation(cell, node).symbols(step)];
  }
}

/** What a node stands for, in one sentence; undefined for those that every net has. */
export function nodeMeaning({ cell }: Inspection, { node }: NodeAt): string | undefined {
  return ['x', 'y', 'L'].includes(node) ? undefined : nodeNotation(cell, node).meaning;
}

function lossTerms(kind: Inspection['lossKind'], at: (symbol: string) => string): readonly Piece[] {
  return kind === 'mse'
    ? [piece(' · Σ ('), piece(at('ŷ'), 'h'), piece(' − '), piece(at('y'), 'x'), piece(')²')]
    : [piece(' · (−ln '), piece(`p(${at('ŷ')} = ${at('y')})`, 'h'), piece(')')];
}
