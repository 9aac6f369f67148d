import { cellNamed } from '../../../src/engine/cells/registry';
import { openKernels, runnableKernelSets } from '../../../src/engine/kernels/open';
import { allowFusedKernels } from '../../../src/trainer/fusedKernels.node';
import { exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';

/** Bytes of the JavaScript heap that one update of `steps` steps allocates: the minimum of several measurements. */
function heapPerUpdate(set: string, cell: string, steps: number, collect: () => void): number {
  const kernels = runnableKernelSets().find((name) => name === set) ?? 'reference';
  const network = smallNetwork(cellNamed(cell).name, { layers: 2 });
  const learner = exampleLearner({ network, kernels: openKernels(kernels), steps, clip: { hidden: 0.1 } });
  const window = randomWindow({ network, loss: 'mse', steps });
  // Until the loop is compiled, its doubles are on the heap.
  for (let n = 0; n < 400; n++) update(learner, window);
  const updates = 20;
  let least = Infinity;
  for (let round = 0; round < 8; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < updates; n++) update(learner, window);
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / updates);
  }
  return least;
}

// Run by allocation.test in its own process, in which only one learner has run.
const [set = '', cell = ''] = process.argv.slice(2);
const { gc } = globalThis;
if (gc === undefined) throw new Error('This needs node --expose-gc.');
allowFusedKernels();
const collect = (): void => {
  gc();
};
console.log((heapPerUpdate(set, cell, 420, collect) - heapPerUpdate(set, cell, 20, collect)) / 400);
