import type { Inspection } from '../../src/protocol/inspection';
import type { CellNotation } from './cells/notation';
import { notations } from './cells/registry';
import { piece, type Piece } from './pieces';
import { stepSymbols } from './stepSymbols';
import { translate } from '../../src/text/translate';

/** A gradient of one layer at one step of the backward pass. */
export interface GradientAt {
  /** `output`, `local`, `later`, `state`, `cellState`, or the node of a δ. */
  readonly node: string;
  readonly layer: number;
  readonly t: number;
}

/** The symbol of the gradient at W_hy h_t + b_y: ∂L/∂ŷ_t, but where ŷ_t is its sigmoid. */
export function outputGradientSymbol({ outputKind }: Pick<Inspection, 'outputKind'>, t: number): string {
  return outputKind === 'sigmoid' ? `δ_{${t}}^{y}` : `∂L/∂ŷ_{${t}}`;
}

/** The node of δ_t of a block of rows. */
export function deltaNode(block: string): string {
  return `delta ${block}`;
}

/** The formula of a gradient in symbols, right of the equals sign. */
export function gradientSymbols(inspection: Inspection, { node, layer, t }: GradientAt): readonly Piece[] {
  const { cell, layers, steps, mask } = inspection;
  const notation = notations[cell];
  const step = stepSymbols(inspection, layer, t);
  const { at } = step;
  switch (node) {
    case 'output':
      return mask[t] === 1 ? outputSymbols(inspection, at) : [piece(translate`0: no target at this step`)];
    case 'local':
      return layer === layers.length - 1
        ? [piece('W_{hy}ᵀ', 'b'), piece(' '), piece(outputGradientSymbol(inspection, t), 'h')]
        : [
            piece(
              sumOver(notation, (name) => `W_{x${name}}ᵀ ${deltaSymbol(notation, name, t)}`),
              'h',
            ),
            piece(`, W_x and δ of layer ${layer + 1}`),
          ];
    case 'later':
      return t === steps - 1 ? [piece('0')] : laterSymbols(inspection, layer, t);
    case 'state':
      return [
        piece(layer === layers.length - 1 ? `∂L_{${t}}/∂${at('h')}` : translate`from the layer above`, 'x'),
        piece(' + '),
        piece(t === steps - 1 ? '0' : `from h_{${t + 1}}`, 'h'),
      ];
    default: {
      const lines = notation.delta({ ...step, isRecurrent: false });
      const block = notation.rows.findIndex(({ name }) => deltaNode(name) === node);
      const line =
        node === 'cellState'
          ? lines.find((one) => !one.startsWith('δ'))
          : lines.filter((one) => one.startsWith('δ'))[block];
      return [piece(line?.slice(line.indexOf(' = ') + 3) ?? '')];
    }
  }
}

function deltaSymbol({ rows }: CellNotation, name: string, t: number): string {
  return rows.length === 1 ? `δ_{${t}}` : `δ_{${t}}^{${name}}`;
}

function sumOver({ rows }: CellNotation, term: (name: string, index: number) => string): string {
  return rows.map(({ name }, index) => term(name, index)).join(' + ');
}

function laterSymbols(inspection: Inspection, layer: number, t: number): readonly Piece[] {
  const notation = notations[inspection.cell];
  const next = stepSymbols(inspection, layer, t + 1);
  const through = sumOver(notation, (name, index) => {
    const delta = deltaSymbol(notation, name, t + 1);
    const gate = notation.rows[index]?.recurrentGate;
    return `W_{h${name}}ᵀ ${gate === undefined ? delta : `(${delta} ∘ ${next.at(gate)})`}`;
  });
  const { directGradient } = notation;
  if (directGradient === undefined) return [piece(through, 'h')];
  return [piece(through, 'h'), piece(' + '), piece(`∂L/∂${next.at('h')} ∘ ${directGradient.symbol(next)}`, 'gate')];
}

function outputSymbols({ lossKind, outputKind }: Inspection, at: (symbol: string) => string): readonly Piece[] {
  const y = at('ŷ');
  const difference = (predicted: string): readonly Piece[] => [
    piece(predicted, 'h'),
    piece(' − '),
    piece(at('y'), 'x'),
    piece(')'),
  ];
  if (lossKind === 'crossEntropy') return [piece('w', 'b'), piece(' · ('), ...difference(`p(${y})`)];
  const slope = outputKind === 'sigmoid' ? [piece(' ∘ '), piece(`${y} ∘ (1 − ${y})`, 'gate')] : [];
  return [piece('w', 'b'), piece(' · 2('), ...difference(y), ...slope];
}
