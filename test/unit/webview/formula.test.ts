import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { Inspection } from '../../../src/protocol/inspection';
import { evaluate, unevaluable } from '../../../webview/net/formula';
import { forwardFormula } from '../../../webview/net/forwardFormula';
import { reproduce } from '../../../webview/net/nodeFormula';
import { engineValue, unitsOf } from '../../../webview/net/nodeValues';
import { rowsOf } from '../../../webview/net/rows';
import { symbolicFormula } from '../../../webview/net/symbols';
import { inspected, written, type Keys } from './inspectedUpdate';

/** Every node of every step and layer, except the given ones. */
function nodesOf(inspection: Inspection): { node: string; layer: number; t: number }[] {
  return inspection.layers.flatMap((_, layer) =>
    rowsOf(inspection, layer)
      .filter((row) => row.node !== 'x' && (row.layer === layer || (row.layer < 0 && layer === 0)))
      .flatMap(({ node }) => Array.from({ length: inspection.steps }, (_, t) => ({ node, layer, t }))),
  );
}

/** The value of the printed expression between the brackets of tanh(…), as by a calculator. */
function sumAsPrinted(text: string): number {
  const inside = /^tanh\((.*)\)$/.exec(text)?.[1] ?? '';
  return inside
    .replaceAll(' − ', ' + −')
    .split(' + ')
    .map((term) => term.replaceAll(/[()]/g, '').replaceAll('−', '-').split('·'))
    .reduce((sum, factors) => sum + factors.reduce((product, factor) => product * Number(factor), 1), 0);
}

/** The three steps that the course computes by hand. */
const threeSteps: Keys = {
  data: {
    sequences: [
      { inputs: [[1], [0.5], [-1]], targets: [[0.5], [0.25], [-0.5]] },
      { inputs: [[0], [1], [0.25]], targets: [null, null, [1]] },
    ],
  },
  model: { cell: 'rnn', hidden: 2 },
  loss: { kind: 'mse', reduction: 'sum' },
  training: { steps: 3 },
};

describe('The formula of a node', () => {
  const models: Readonly<Record<string, Keys>> = Object.fromEntries<Keys>([
    ...cells.map(({ name }): [string, Keys] => [
      `${name}, two layers`,
      { model: { cell: name, hidden: 3, layers: 2 } },
    ]),
    ...(['relu', 'sigmoid', 'identity'] as const).map((activation): [string, Keys] => [
      `rnn, ${activation}`,
      { model: { cell: 'rnn', hidden: 3, activation } },
    ]),
    ['cross-entropy', { data: { task: 'reber' }, model: { cell: 'gru', hidden: 3 } }],
    ['summed loss', { data: { task: 'sine', length: 7 }, loss: { kind: 'mse', reduction: 'sum' } }],
    ['sigmoid output', { data: { task: 'delay', lag: 2, length: 7 }, loss: { kind: 'mse', output: 'sigmoid' } }],
    ['three steps', threeSteps],
  ]);

  for (const [name, keys] of Object.entries(models)) {
    for (const [kernels, most] of [
      ['reference', 1e-12],
      ['single precision', 3e-6],
    ] as const) {
      it(`gives the engine's value, for every unit of every node (${name}, ${kernels})`, () => {
        const inspection = inspected(keys, kernels, 3);
        let checked = 0;
        for (const at of nodesOf(inspection)) {
          if (unevaluable(inspection, at) !== undefined) continue;
          const { largest, agrees, units } = reproduce(forwardFormula(inspection, at));
          assert.ok(agrees && largest <= most, `${at.node} at ${at.t}, layer ${at.layer}: ${largest}`);
          checked += units;
        }
        assert.ok(checked >= inspection.steps * 3, `only ${checked} values`);
      });
    }
  }

  it('detects a value that differs from the formula', () => {
    const inspection = inspected(threeSteps, 'single precision');
    const at = { node: 'h', layer: 0, t: 1 };
    assert.ok(reproduce(forwardFormula(inspection, at)).agrees);
    const layer = inspection.layers[0];
    assert.ok(layer !== undefined);
    layer.h[2] = (layer.h[2] ?? 0) + 1e-4;
    assert.ok(!reproduce(forwardFormula(inspection, at)).agrees);
    layer.h[2] = NaN;
    assert.ok(!reproduce(forwardFormula(inspection, at)).agrees);
  });

  it('prints the numbers that give the value', () => {
    const inspection = inspected(threeSteps);
    // The printed expression has the numbers that a student would type into a calculator, rounded to three digits.
    for (let t = 0; t < 3; t++) {
      for (let unit = 0; unit < 2; unit++) {
        const at = { node: 'h', layer: 0, t };
        const text = written(evaluate(inspection, at, unit).pieces);
        console.log(
          `      ${written(symbolicFormula(inspection, at))}, unit ${unit}: ${text} = ${engineValue(inspection, at, unit)}`,
        );
        const value = Math.tanh(sumAsPrinted(text));
        assert.ok(Math.abs(value - engineValue(inspection, at, unit)) < 0.01, `${text} = ${value}`);
      }
    }
    assert.equal(
      written(symbolicFormula(inspection, { node: 'h', layer: 0, t: 2 })),
      'h_{2} = tanh(W_{xh} x_{2} + W_{hh} h_{1} + b_h)',
    );
  });

  it('has a symbol for every node of every cell', () => {
    for (const keys of Object.values(models)) {
      const inspection = inspected(keys);
      for (const at of nodesOf(inspection)) {
        assert.match(written(symbolicFormula(inspection, at)), / = .+/);
        assert.ok(unitsOf(inspection, at) > 0);
      }
    }
  });

  it('lists the largest of many terms, and the sum of the others', () => {
    const inspection = inspected({ model: { cell: 'rnn', hidden: 12 } });
    const text = written(evaluate(inspection, { node: 'h', layer: 0, t: 3 }, 5).pieces);
    assert.match(text, /\(9 more\)/);
  });

  it('explains why a node has nothing to evaluate', () => {
    const none = inspected(threeSteps);
    assert.match(unevaluable(none, { node: 'L', layer: 0, t: 0 }) ?? '', /Nothing is asked/);
    const reaching = inspected(
      { data: { task: 'echo', length: 12 }, bptt: { forward: 4, backward: 7 } },
      'reference',
      3,
    );
    assert.equal(reaching.windowStart, 3);
    assert.match(unevaluable(reaching, { node: 'h', layer: 0, t: 2 }) ?? '', /earlier window/);
    assert.equal(unevaluable(reaching, { node: 'h', layer: 0, t: 3 }), undefined);
  });
});
