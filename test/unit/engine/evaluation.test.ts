import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { Window } from '../../../src/engine/recurrence/window';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import { allValues, exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

for (const { name: set, open, within } of testedKernels) {
  describe(`evaluation: ${set}`, () => {
    const bound = within(1e-13, 2e-6);

    for (const { name: cell } of cells) {
      it(`${cell}: is the loss that training would report, for any T and B`, () => {
        const network = smallNetwork(cell, { layers: 2 });
        for (const [steps, batch] of [
          [7, 3],
          [50, 2],
          [16, 9],
          [17, 1],
        ] as const) {
          for (const reduction of ['mean', 'sum'] as const) {
            const loss = { kind: 'crossEntropy', reduction } as const;
            const window = randomWindow({ network, loss: 'crossEntropy', steps, batch, mask: (t) => t % 3 !== 1 });
            const evaluation = exampleLearner({ network, loss, kernels: open() }).evaluate([window]);
            const trained = update(exampleLearner({ network, loss, steps, batch, kernels: open() }), window);
            assert.ok(Math.abs((evaluation?.loss ?? NaN) / trained.loss - 1) < bound);
            assert.equal(evaluation?.targets, window.mask.filter((value) => value === 1).length);
          }
        }
      });

      it(`${cell}: does not change the carried state of the training`, () => {
        const network = smallNetwork(cell);
        const windows = [...windowsOf(randomWindow({ network, loss: 'mse', steps: 12 }), 4)];
        const [plain, interrupted] = [1, 2].map(() => exampleLearner({ network, kernels: open() }));
        for (const window of windows) {
          update(plain, window);
          interrupted.evaluate([randomWindow({ network, loss: 'mse', steps: 40, seed: 5 })]);
          update(interrupted, window);
        }
        assert.deepEqual(allValues(interrupted), allValues(plain));
      });
    }

    const network = smallNetwork('gru');
    const learner = exampleLearner({ network, kernels: open(), loss: { kind: 'crossEntropy', reduction: 'mean' } });
    const whole = randomWindow({ network, loss: 'crossEntropy', steps: 40 });

    it('carries the state from window to window, and starts from zero state at the next call', () => {
      const inOne = learner.evaluate([whole])?.loss ?? NaN;
      const inPieces = learner.evaluate(windowsOf(whole, 9))?.loss ?? NaN;
      assert.ok(Math.abs(inOne - inPieces) < bound);
      const carriedOn: Window = { ...whole, reset: new Uint8Array(3) };
      assert.equal(learner.evaluate([carriedOn])?.loss, inOne);
    });

    it('weights windows by their targets', () => {
      const other = randomWindow({ network, loss: 'crossEntropy', steps: 5, batch: 2, seed: 9, mask: (t) => t === 4 });
      const [a, b] = [learner.evaluate([whole])?.loss ?? NaN, learner.evaluate([other])?.loss ?? NaN];
      const both = learner.evaluate([whole, other]);
      assert.equal(both?.targets, 122);
      assert.ok(Math.abs(both.loss - (120 * a + 2 * b) / 122) < bound);
    });

    it('passes on the outputs of every step, and counts correct predictions', () => {
      let hits = 0;
      let seen = 0;
      const masked = randomWindow({ network, loss: 'crossEntropy', steps: 40, mask: (t) => t % 2 === 0 });
      assert.ok(masked.targets.kind === 'classes');
      const { indices } = masked.targets;
      const evaluation = learner.evaluate([masked], (window, t, outputs) => {
        assert.equal(window, masked);
        assert.equal(t, seen++);
        for (let sequence = 0; sequence < 3; sequence++) {
          if (t % 2 === 0 && (outputs[2 * sequence + 1] > outputs[2 * sequence] ? 1 : 0) === indices[t * 3 + sequence])
            hits++;
        }
      });
      assert.equal(seen, 40);
      assert.ok(hits > 0 && hits < 60);
      assert.equal(evaluation?.accuracy, hits / 60);
    });

    it('requests the next window after the outputs of the one before were passed on', () => {
      const order: string[] = [];
      function* windows() {
        for (const name of ['first', 'second']) {
          order.push(name);
          yield randomWindow({ network, loss: 'crossEntropy', steps: 1 });
        }
      }
      learner.evaluate(windows(), () => order.push('outputs'));
      assert.deepEqual(order, ['first', 'outputs', 'second', 'outputs']);
    });

    it('is undefined where no step has a target', () => {
      assert.equal(learner.evaluate([]), undefined);
      assert.equal(learner.evaluate([randomWindow({ network, loss: 'crossEntropy', mask: () => false })]), undefined);
    });

    it('refuses to carry the state over to another number of sequences', () => {
      const wider = randomWindow({ network, loss: 'crossEntropy', batch: 4, reset: [1, 1, 1, 0] });
      assert.throws(() => learner.evaluate([whole, wider]), /4 sequences can't continue one of 3/);
      const narrower = randomWindow({ network, loss: 'crossEntropy', batch: 2, reset: [1, 0] });
      assert.throws(() => learner.evaluate([whole, narrower]), /2 sequences can't continue one of 3/);
    });
  });
}
