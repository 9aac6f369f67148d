import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cells } from '../../../src/engine/cells/registry';
import { gradientFormula, gradientNodes } from '../../../webview/net/gradientFormula';
import { forwardFormula } from '../../../webview/net/forwardFormula';
import { rowsOf } from '../../../webview/net/rows';
import { deltaFormula, termFormula } from '../../../webview/net/termFormula';
import { cellHelp } from '../../../webview/notebook/cell/cellHelp';
import { lineNotation } from '../../../src/text/lineNotation';
import { formulaPieces, plainOf, sentencePieces, type MathPiece } from '../../../webview/ui/math/mathText';
import { isTypeset, type MathNode } from '../../../webview/ui/math/mathTree';
import { parseMath } from '../../../webview/ui/math/parseMath';
import { inspected, written, type Keys } from './inspectedUpdate';

/** The plain notation as `plainText` writes it: every index in braces, one kind of minus sign in it. */
function canonical(text: string): string {
  return text
    .replaceAll(
      /([_^])(?:\{([^{}]*)\}|([\p{Ll}\p{Lu}\p{Lo}\p{Nd}]+))/gu,
      (_, mark: string, braced = '', plain = '') => `${mark}{${String(braced || plain).replaceAll('-', '−')}}`,
    )
    .replaceAll('^{2}', '²')
    .replaceAll('^{T}', 'ᵀ');
}

/** Everything that stands as text in math or beside it: no index may be left there. */
function lettersOf(pieces: readonly MathPiece[]): readonly string[] {
  const within = (node: MathNode): readonly string[] => {
    switch (node.kind) {
      case 'row':
        return node.children.flatMap(within);
      case 'scripts':
        return [node.base, node.sub, node.sup].flatMap((part) => (part === undefined ? [] : within(part)));
      case 'fraction':
        return [...within(node.numerator), ...within(node.denominator)];
      default:
        return [node.text];
    }
  };
  return pieces.flatMap((piece) => (piece.kind === 'math' ? within(piece.tree) : [piece.text]));
}

function assertTypeset(text: string, pieces: readonly MathPiece[]): void {
  assert.equal(plainOf(pieces), canonical(text), text);
  // The braces of a set stand by themselves.
  for (const letters of lettersOf(pieces)) assert.doesNotMatch(letters, /[_^]|[{}]./, text);
}

const models: Readonly<Record<string, Keys>> = Object.fromEntries<Keys>([
  ...cells.map(({ name }): [string, Keys] => [name, { model: { cell: name, hidden: 3, layers: 2 } }]),
  ...(['relu', 'sigmoid', 'identity'] as const).map((activation): [string, Keys] => [
    `rnn, ${activation}`,
    { model: { cell: 'rnn', hidden: 2, activation } },
  ]),
  ['cross-entropy', { data: { task: 'reber' }, model: { cell: 'lstm', hidden: 2 } }],
  ['sigmoid output', { data: { task: 'sine', length: 7 }, loss: { kind: 'mse', output: 'sigmoid' } }],
]);

describe('The typeset formulas', () => {
  for (const [name, keys] of Object.entries(models)) {
    it(`say what is written: every node and gradient of every step (${name})`, () => {
      const inspection = inspected(keys);
      let formulas = 0;
      for (const layer of inspection.layers.keys()) {
        for (let t = 0; t < inspection.steps; t++) {
          const nodes = rowsOf(inspection, layer).filter((row) => row.layer === layer || row.layer < 0);
          const shown = [
            ...nodes.map(({ node }) => forwardFormula(inspection, { node, layer, t })),
            ...gradientNodes(inspection, layer, t).map(({ node }) => gradientFormula(inspection, { node, layer, t })),
          ];
          for (const { symbols, nameOf, problem, isAbsent, evaluate } of shown) {
            for (const { text } of symbols) assertTypeset(text, formulaPieces(text));
            assertTypeset(nameOf(0), sentencePieces(nameOf(0)));
            if (problem !== undefined || isAbsent) continue;
            for (const { text } of evaluate(0).pieces) assertTypeset(text, sentencePieces(text));
            formulas++;
            assert.notEqual(written(symbols), '');
          }
        }
      }
      for (const { name: parameter } of inspection.parameters) {
        for (const line of [...deltaFormula(inspection, parameter, 1), termFormula(parameter, 1)]) {
          assertTypeset(line, formulaPieces(line));
        }
      }
      assert.ok(formulas > 20, String(formulas));
    });
  }

  it('say what is written: the help texts of all cells', () => {
    for (const { text, formula } of Object.values(cellHelp)) {
      assertTypeset(formula, formulaPieces(formula));
      assertTypeset(text, sentencePieces(text));
    }
  });

  it('say what is written: the lessons of the course', () => {
    const folder = join('media', 'lessons');
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    const texts = lines.filter((line) => !line.includes('`')).map((line) => line.trim());
    assert.ok(texts.length > 100);
    for (const text of texts) {
      assert.equal(plainOf(sentencePieces(text)).replaceAll(/[{}]/g, ''), canonical(text).replaceAll(/[{}]/g, ''));
    }
  });

  it('end at words of a language without spaces', () => {
    const [symbol, words, ...others] = sentencePieces('W_hh，第 0 层为 0.5。');
    assert.deepEqual(symbol, { kind: 'math', tree: parseMath('W_hh') });
    assert.deepEqual(words, { kind: 'text', text: '，第 0 层为 0.5。' });
    assert.deepEqual(others, []);
    assert.deepEqual(
      formulaPieces('没有后一步 = 0').map(({ kind }) => kind),
      ['text', 'math', 'text', 'math'],
    );
  });

  it('have fractions, indices and exponents where they are written, and stack a fraction only on lines of its own', () => {
    const [dL, dh] = [parseMath('∂L'), parseMath('∂h_t')];
    assert.deepEqual(parseMath('∂L/∂h_t', 'stacked'), { kind: 'fraction', numerator: dL, denominator: dh });
    assert.deepEqual(parseMath('∂L/∂h_t').kind, 'row');
    assert.deepEqual(parseMath('W_{hh}ᵀ'), {
      kind: 'scripts',
      base: { kind: 'identifier', text: 'W' },
      sub: { kind: 'identifier', text: 'hh' },
      sup: { kind: 'identifier', text: 'T' },
    });
    assert.deepEqual(parseMath('10^{-3}'), {
      kind: 'scripts',
      base: { kind: 'number', text: '10' },
      sub: undefined,
      sup: {
        kind: 'row',
        children: [
          { kind: 'operator', text: '−' },
          { kind: 'number', text: '3' },
        ],
      },
    });
    assert.ok(isTypeset(parseMath('(h_t)')) && !isTypeset(parseMath('tanh(0.5)')));
  });

  it('leave names of files, columns and tensors as they are', () => {
    const text = 'The column my_h_t of T_out.csv, rnn.weight_hh_l0 and T_max.';
    assert.deepEqual(sentencePieces(text), [{ kind: 'text', text }]);
  });

  it('are signs where there is room for text only', () => {
    assert.equal(lineNotation('‖∂L_t/∂h_{t-1}‖ of x_t'), '‖∂Lₜ/∂hₜ₋₁‖ of xₜ');
    // There is no sign for an index y, and all parameters of a list are written alike.
    assert.equal(lineNotation('W_{hy}, W_hh, W_{xh}, b_h, b_y'), 'W_hy, W_hh, W_xh, b_h, b_y');
    assert.equal(lineNotation('rnn.weight_hh_l0, T_t_x, x_1'), 'rnn.weight_hh_l0, T_t_x, x_1');
  });
});
