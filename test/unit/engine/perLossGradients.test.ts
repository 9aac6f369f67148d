import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { PerLossGradients } from '../../../src/engine/instruments/perLossGradients';
import type { LossSpec } from '../../../src/engine/spec';
import { exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const steps = 9;

describe('the gradient flow matrices ‖∂L_t/∂h_k‖ and ‖∂L_t/∂c_k‖', () => {
  for (const kernels of testedKernels) {
    for (const { name: cell, state } of cells) {
      for (const inputs of ['dense', 'oneHot'] as const) {
        for (const kind of ['mse', 'crossEntropy'] as const) {
          it(`${kernels.name}: ${cell}, ${inputs}, ${kind}: equals the gradient of each loss alone, in both layers`, () => {
            const network = smallNetwork(cell, { layers: 2 });
            const loss: LossSpec = { kind, reduction: 'sum' };
            const learner = () => exampleLearner({ kernels: kernels.open(), network, loss, inputs, batch: 1, steps });
            const gradients = new PerLossGradients(kernels.open(), network, inputs, steps);
            for (const [name, { values }] of learner().parameters) gradients.load(name, values);
            const hasTarget = (t: number): boolean => t !== 4;
            const window = randomWindow({ network, loss: kind, steps, batch: 1, inputs, mask: hasTarget });
            const zero = state.map(() => new Float64Array(network.hidden));
            for (const layer of [0, 1]) {
              const { h, c } = gradients.matrices({ window, initial: [zero, zero], weight: 1 }, loss, layer);
              assert.equal(c !== undefined, state.length > 1);
              for (let t = 0; t < steps; t++) {
                const rowOf = (matrix: Float64Array): number[] => [...matrix.subarray(t * steps, (t + 1) * steps)];
                if (!hasTarget(t)) {
                  assert.ok([...rowOf(h), ...(c === undefined ? [] : rowOf(c))].every(Number.isNaN), `no loss at ${t}`);
                  continue;
                }
                const alone = randomWindow({
                  network,
                  loss: kind,
                  steps,
                  batch: 1,
                  inputs,
                  mask: (step) => step === t,
                });
                const { record } = update(learner(), alone, { record: true });
                const { dh, dc } = record?.layers[layer] ?? {};
                for (const [name, matrix, norms] of [
                  ['h', h, dh],
                  ['c', c, dc],
                ] as const) {
                  if (matrix === undefined) continue;
                  rowOf(matrix).forEach((norm, k) => {
                    if (k > t) {
                      assert.ok(Number.isNaN(norm), 'no loss reaches a later step');
                      return;
                    }
                    const expected = norms?.[k] ?? NaN;
                    const error = Math.abs(norm - expected) / expected;
                    const what = `layer ${layer}, ∂L_${t}/∂${name}_${k} ${norm}, ${expected}`;
                    assert.ok(error < kernels.within(1e-12, 2e-5), what);
                  });
                }
              }
            }
          });
        }
      }
    }

    it(`${kernels.name}: starts from the state before the window, and gives the same result twice`, () => {
      const network = smallNetwork('lstm');
      const loss: LossSpec = { kind: 'mse', reduction: 'sum' };
      const learner = exampleLearner({ kernels: kernels.open(), network, loss, batch: 1, steps });
      const gradients = new PerLossGradients(kernels.open(), network, 'dense', steps);
      for (const [name, { values }] of learner.parameters) gradients.load(name, values);
      const window = randomWindow({ network, loss: 'mse', steps, batch: 1 });
      const of = (value: number) => {
        const state = new Float64Array(network.hidden).fill(value);
        return gradients.matrices({ window, initial: [[state, state]], weight: 1 }, loss, 0);
      };
      assert.deepEqual(of(0), of(0));
      assert.notDeepEqual(of(0.5), of(0));
    });
  }

  it('supports more losses than one pass back-propagates', () => {
    const network = smallNetwork('rnn');
    const loss: LossSpec = { kind: 'mse', reduction: 'sum' };
    const long = 150;
    const learner = exampleLearner({ network, loss, batch: 1, steps: long });
    const gradients = new PerLossGradients(testedKernels[0].open(), network, 'dense', long);
    for (const [name, { values }] of learner.parameters) gradients.load(name, values);
    const window = randomWindow({ network, loss: 'mse', steps: long, batch: 1 });
    const zero = new Float64Array(network.hidden);
    const { h: matrix } = gradients.matrices({ window, initial: [[zero]], weight: 1 }, loss, 0);
    for (const t of [149, 85, 20]) {
      const alone = randomWindow({ network, loss: 'mse', steps: long, batch: 1, mask: (step) => step === t });
      const { record } = update(exampleLearner({ network, loss, batch: 1, steps: long }), alone, { record: true });
      const expected = record?.layers[0].dh[t - 10] ?? NaN;
      assert.ok(Math.abs(matrix[t * long + t - 10] / expected - 1) < 1e-12);
    }
  });

  it('refuses a window of several sequences', () => {
    const network = smallNetwork('rnn');
    const gradients = new PerLossGradients(testedKernels[0].open(), network, 'dense', steps);
    const window = randomWindow({ network, loss: 'mse', steps, batch: 2 });
    assert.throws(
      () => gradients.matrices({ window, initial: [], weight: 1 }, { kind: 'mse', reduction: 'sum' }, 0),
      /9 steps × 2 sequences doesn't fit/,
    );
  });
});
