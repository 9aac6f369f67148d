import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { exampleLearner, parameter, randomWindow, relativeDistance, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';
import { naiveGradients } from './naiveNetwork';

for (const { name, open, within } of testedKernels) {
  describe(`hidden clipping against a second implementation: ${name}`, () => {
    for (const { name: cell } of cells) {
      for (const layers of [1, 2]) {
        const network = smallNetwork(cell, { layers, hidden: 4 });
        const window = randomWindow({
          network,
          loss: 'mse',
          batch: 2,
          steps: 6,
          mask: (t, sequence) => t !== 2 + sequence,
        });

        for (const [limit, acts] of [
          [0.3, true],
          [1e9, false],
        ] as const) {
          it(`${cell}, ${layers} layer(s), ‖∂L/∂h‖ limited to ${limit} per element`, () => {
            const learner = exampleLearner({
              network,
              kernels: open(),
              steps: 6,
              batch: 2,
              clip: { hidden: limit },
              loss: { kind: 'mse', reduction: 'sum' },
            });
            const expected = naiveGradients(learner, network, window, limit * 2);
            const outcome = update(learner, window, { record: true });
            assert.equal(outcome.clipped, acts);
            assert.equal(outcome.clipCoefficient, 1);
            for (const [key, gradient] of expected) {
              // The sum is divided by the batch of 2 here, and not in the naive loss.
              const distance = relativeDistance(
                Array.from(parameter(learner, key).gradient, (g) => 2 * g),
                gradient,
              );
              assert.ok(distance < within(1e-12, 5e-6), `${key} is off by ${distance}`);
            }
          });
        }
      }
    }

    it('records ∂L/∂h_t before it is clipped', () => {
      const network = smallNetwork('rnn');
      const window = randomWindow({ network, loss: 'mse' });
      const last = (limit: number) =>
        update(exampleLearner({ network, kernels: open(), clip: { hidden: limit } }), window, {
          record: true,
        }).record?.layers[0].dh.at(-1);
      assert.equal(last(1e-6), last(1e6));
    });
  });
}
