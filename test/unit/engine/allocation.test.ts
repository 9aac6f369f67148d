import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cells } from '../../../src/engine/cells/registry';
import type { Learner } from '../../../src/engine/learner';
import { exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the JavaScript heap that one update takes until they are collected: the least of several measurements. */
function heapPerUpdate(learner: Learner, train: () => void): number {
  const updates = 20;
  let least = Infinity;
  for (let round = 0; round < 8; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < updates; n++) train();
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / updates);
  }
  assert.ok(learner.updates > 0);
  return least;
}

describe('the time loop', () => {
  // The reference kernels are plain TypeScript, whose doubles live on the heap until the last of it is compiled.
  for (const { name, open } of testedKernels.filter(({ name }) => name !== 'reference')) {
    for (const { name: cell } of cells) {
      it(`${name}: ${cell}: allocates nothing, whatever the number of steps`, () => {
        const network = smallNetwork(cell, { layers: 2 });
        const [short, long] = [20, 420].map((steps) => {
          const learner = exampleLearner({ network, kernels: open(), steps, clip: { hidden: 0.1 } });
          const window = randomWindow({ network, loss: 'mse', steps });
          const train = (): void => void update(learner, window, { record: false });
          // Until the loop is compiled its doubles live on the heap.
          for (let n = 0; n < 400; n++) train();
          return heapPerUpdate(learner, train);
        });
        const perStep = (long - short) / 400;
        // One object has 16 bytes at least; two layers, forward and backward, would make four of them and more.
        assert.ok(perStep < 16, `${perStep.toFixed(1)} bytes per step`);
      });
    }
  }
});
