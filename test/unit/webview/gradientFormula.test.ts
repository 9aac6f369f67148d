import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { gradientFormula, gradientNodes } from '../../../webview/net/gradientFormula';
import { reproduce } from '../../../webview/net/nodeFormula';
import { inspected, written, type Keys } from './inspectedUpdate';

/** The three steps that the course computes by hand; the second sequence is one step shorter. */
const threeSteps: Keys = {
  data: {
    sequences: [
      { inputs: [[1], [0.5], [-1]], targets: [[0.5], [0.25], [-0.5]] },
      { inputs: [[0], [1]], targets: [null, [1]] },
    ],
  },
  model: { cell: 'rnn', hidden: 2 },
  loss: { kind: 'mse', reduction: 'sum' },
  training: { steps: 3 },
};

const models: Readonly<Record<string, Keys>> = Object.fromEntries<Keys>([
  ...cells.flatMap(({ name }): [string, Keys][] => [
    [`${name}, two layers`, { model: { cell: name, hidden: 3, layers: 2 } }],
    [`${name}, hidden clipping`, { model: { cell: name, hidden: 3 }, clip: { hidden: 0.002 } }],
    [
      `${name}, a gradient beyond its window`,
      { model: { cell: name, hidden: 3 }, data: { task: 'echo', length: 12 }, bptt: { forward: 4, backward: 7 } },
    ],
  ]),
  ...(['relu', 'sigmoid', 'identity'] as const).map((activation): [string, Keys] => [
    `rnn, ${activation}`,
    { model: { cell: 'rnn', hidden: 3, activation } },
  ]),
  ['truncated', { data: { task: 'sine', length: 9 }, bptt: { forward: 6, backward: 3 } }],
  ['cross-entropy', { data: { task: 'reber' }, model: { cell: 'gru', hidden: 3 } }],
  ['summed loss', { data: { task: 'sine', length: 7 }, loss: { kind: 'mse', reduction: 'sum' } }],
  ['sigmoid output', { data: { task: 'sine', length: 7 }, loss: { kind: 'mse', output: 'sigmoid' } }],
  ['sequences of unequal length', threeSteps],
]);

describe('The formula of a gradient', () => {
  for (const [name, keys] of Object.entries(models)) {
    for (const [kernels, most] of [
      ['reference', 1e-12],
      ['single precision', 1e-5],
    ] as const) {
      it(`gives the engine's value, for every unit of every step (${name}, ${kernels})`, () => {
        const inspection = inspected(keys, kernels, 3);
        let [checked, nonzero] = [0, 0];
        for (const layer of inspection.layers.keys()) {
          for (let t = 0; t < inspection.steps; t++) {
            for (const { node } of gradientNodes(inspection, layer, t)) {
              const formula = gradientFormula(inspection, { node, layer, t });
              if (formula.problem !== undefined) continue;
              const { units, largest, agrees } = reproduce(formula);
              const values = Array.from({ length: units }, (_, unit) => Math.abs(formula.engineValue(unit)));
              const relative = largest / Math.max(1e-3, ...values);
              assert.ok(agrees && relative <= most, `${node} at ${t}, layer ${layer}: ${largest}`);
              checked += units;
              nonzero += values.filter((value) => value > 0).length;
            }
          }
        }
        assert.ok(checked >= 18 && nonzero >= checked / 4, `${checked} values, ${nonzero} of them not 0`);
      });
    }
  }

  it('detects a value that differs from the formula', () => {
    for (const { name: cell } of cells) {
      const inspection = inspected({ model: { cell, hidden: 3 } }, 'single precision', 3);
      const [layer] = inspection.layers;
      assert.ok(layer !== undefined);
      const t = inspection.steps - 3;
      for (const { node, values } of gradientNodes(inspection, 0, t)) {
        if (node === 'state') continue;
        const agrees = (): boolean => reproduce(gradientFormula(inspection, { node, layer: 0, t })).agrees;
        assert.ok(agrees(), `${cell}: ${node}`);
        const { dh, hidden } = layer;
        // The part from the next step is made of two arrays of the engine; the other values are parts of one.
        const target = node === 'later' ? dh.subarray(t * hidden, (t + 1) * hidden) : values;
        const before = target[1] ?? target[0] ?? NaN;
        const index = target.length > 1 ? 1 : 0;
        target[index] = before * 1.001 + 1e-6;
        assert.ok(!agrees(), `${cell}: ${node} is ${before}`);
        target[index] = NaN;
        assert.ok(!agrees(), `${cell}: ${node} is not a number`);
        target[index] = before;
      }
    }
  });

  it('is the chain rule as the course writes it', () => {
    const symbols = (keys: Keys, node: string, t: number): string => {
      const inspection = inspected(keys, 'reference', 1, 0);
      return written(gradientFormula(inspection, { node, layer: 0, t }).symbols);
    };
    assert.equal(symbols(threeSteps, 'later', 1), 'from h_{2} = W_{hh}ᵀ δ_{2}');
    assert.equal(symbols(threeSteps, 'local', 1), '∂L_{1}/∂h_{1} = W_{hy}ᵀ ∂L/∂ŷ_{1}');
    assert.equal(symbols(threeSteps, 'output', 1), '∂L/∂ŷ_{1} = w · 2(ŷ_{1} − y_{1})');
    assert.equal(symbols(threeSteps, 'state', 1), '∂L/∂h_{1} = ∂L_{1}/∂h_{1} + from h_{2}');
    assert.equal(symbols(threeSteps, 'delta h', 1), 'δ_{1} = ∂L/∂h_{1} ∘ (1 − h_{1}^{2})');
    const lstm = { model: { cell: 'lstm', hidden: 2 } };
    assert.equal(symbols(lstm, 'cellState', 1), '∂L/∂c_{1} = ∂L/∂h_{1} ∘ o_{1} ∘ (1 − tanh²c_{1}) + ∂L/∂c_{2} ∘ f_{2}');
    assert.equal(
      symbols(lstm, 'later', 1),
      'from h_{2} = W_{hi}ᵀ δ_{2}^{i} + W_{hf}ᵀ δ_{2}^{f} + W_{hg}ᵀ δ_{2}^{g} + W_{ho}ᵀ δ_{2}^{o}',
    );
    assert.equal(
      symbols({ model: { cell: 'gru', hidden: 2 } }, 'later', 1),
      'from h_{2} = W_{hr}ᵀ δ_{2}^{r} + W_{hz}ᵀ δ_{2}^{z} + W_{hn}ᵀ (δ_{2}^{n} ∘ r_{2}) + ∂L/∂h_{2} ∘ z_{2}',
    );
  });

  it('prints the numbers that give the value', () => {
    const inspection = inspected(threeSteps, 'reference', 1, 0);
    const [layer] = inspection.layers;
    assert.ok(layer !== undefined);
    for (const [t, unit] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const formula = gradientFormula(inspection, { node: 'later', layer: 0, t });
      const text = written(formula.evaluate(unit).pieces);
      // As by a calculator: a sum of products, with every sign an operator.
      const value = text
        .replaceAll(' − ', ' + −')
        .split(' + ')
        .map((term) => term.replaceAll(/[()]/g, '').replaceAll('−', '-').split('·').map(Number))
        .reduce((sum, factors) => sum + factors.reduce((product, factor) => product * factor, 1), 0);
      assert.ok(Math.abs(value - formula.engineValue(unit)) < 0.003, `${text} = ${value}`);
    }
  });

  it('explains where there is nothing to evaluate', () => {
    const padded = inspected(threeSteps, 'reference', 3);
    const formula = gradientFormula(padded, { node: 'state', layer: 0, t: 2 });
    assert.ok(formula.isAbsent);
    assert.match(formula.problem ?? '', /ended before step 2/);
    const truncated = inspected(
      { data: { task: 'sine', length: 9 }, bptt: { forward: 6, backward: 3 } },
      'reference',
      3,
    );
    assert.match(
      gradientFormula(truncated, { node: 'later', layer: 0, t: 2 }).problem ?? '',
      /Truncation ends the gradient at step 3/,
    );
    const earlier = inspected(
      {
        model: { cell: 'gru', hidden: 3 },
        data: { task: 'echo', length: 12 },
        bptt: { forward: 4, backward: 7 },
      },
      'reference',
      3,
    );
    assert.match(gradientFormula(earlier, { node: 'delta r', layer: 0, t: 2 }).problem ?? '', /earlier window/);
    assert.equal(gradientFormula(earlier, { node: 'later', layer: 0, t: 2 }).problem, undefined);
  });
});
