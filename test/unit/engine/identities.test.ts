import assert from 'node:assert/strict';
import type { InitSpec } from '../../../src/engine/spec';
import { exampleLearner, parameter, randomWindow, smallNetwork, uniformInit, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const steps = 40;
const onlyLast = (t: number) => t === steps - 1;

for (const { name: set, open, within } of testedKernels) {
  describe(`identities of the gradient through time: ${set}`, () => {
    // Forty steps of single precision, each rounding the one before.
    const bound = within(1e-12, 2e-5);

    for (const gain of [1, 0.9, 1.1]) {
      it(`a linear RNN with W_hh = ${gain}·Q has ‖∂L/∂h_t‖ = ${gain}^(T−t)·‖∂L/∂h_T‖`, () => {
        const network = smallNetwork('rnn', { activation: 'identity', hidden: 12 });
        const init: InitSpec = { ...uniformInit, recurrent: 'orthogonal', gain };
        const learner = exampleLearner({ network, steps, kernels: open() }, init);
        const { record } = update(learner, randomWindow({ network, loss: 'mse', steps, mask: onlyLast }), {
          record: true,
        });
        const dh = record?.layers[0].dh ?? [];
        assert.ok(dh[steps - 1] > 0);
        for (let t = 0; t < steps; t++) {
          const expected = gain ** (steps - 1 - t) * dh[steps - 1];
          assert.ok(Math.abs(dh[t] / expected - 1) < bound, `step ${t}: ${dh[t]}, expected ${expected}`);
        }
      });
    }

    for (const forgetBias of [0, 1, 5]) {
      it(`an LSTM of zero weights has ∂c_T/∂c_0 = σ(${forgetBias})^T`, () => {
        const network = smallNetwork('lstm', { hidden: 4 });
        const learner = exampleLearner({ network, steps, kernels: open() });
        for (const { name, values } of learner.parameters.values()) if (!name.startsWith('head')) values.fill(0);
        parameter(learner, 'rnn.bias_ih_l0').values.fill(forgetBias, 4, 8);
        const { record } = update(learner, randomWindow({ network, loss: 'mse', steps, mask: onlyLast }), {
          record: true,
        });
        const dc = record?.layers[0].dc ?? [];
        const forget = 1 / (1 + Math.exp(-forgetBias));
        assert.ok(dc[steps - 1] > 0);
        for (let t = 0; t < steps; t++) {
          const expected = forget ** (steps - 1 - t) * dc[steps - 1];
          assert.ok(Math.abs(dc[t] / expected - 1) < bound, `step ${t}: ${dc[t]}, expected ${expected}`);
        }
      });
    }
  });
}
