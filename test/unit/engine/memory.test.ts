import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { KernelSet } from '../../../src/engine/kernels/kernelSet';
import { Learner, type LearnerOptions } from '../../../src/engine/learner';
import { estimateMemory } from '../../../src/engine/memory';
import type { BpttSpec } from '../../../src/engine/spec';
import { randomWindow, smallNetwork, uniformInit, update } from './exampleLearner';
import { testedKernels } from './kernelSets';
import { seededRandom } from './seededRandom';

/**
 * A kernel set with a count of the bytes that it has allocated, including its scratch memory and the gaps between
 * tensors.
 */
function measured(set: KernelSet): { readonly kernels: KernelSet; readonly allocated: () => number } {
  if (set.bytesPerElement === 4) return { kernels: set, allocated: () => set.allocated };
  let bytes = 0;
  const counted = <Numbers extends { readonly byteLength: number }>(numbers: Numbers): Numbers => {
    bytes += numbers.byteLength;
    return numbers;
  };
  const kernels: KernelSet = {
    ...set,
    allocate: (length) => counted(set.allocate(length)),
    allocateIndices: (length) => counted(set.allocateIndices(length)),
    allocateDoubles: (length) => counted(set.allocateDoubles(length)),
    allocateFlags: (length) => counted(set.allocateFlags(length)),
  };
  return { kernels, allocated: () => bytes };
}

describe('memory estimate', () => {
  for (const { name, open } of testedKernels) {
    for (const { name: cell } of cells) {
      for (const bptt of ['full', { forward: 30, backward: 5 }, { forward: 30, backward: 70 }] satisfies BpttSpec[]) {
        for (const inputs of ['dense', 'oneHot'] as const) {
          const shards = inputs === 'dense' ? 1 : 3;
          it(`${name}: ${cell}, ${JSON.stringify(bptt)}, ${inputs}, ${shards} shards: is within 10 % of what a learner allocates`, () => {
            const { kernels, allocated } = measured(open());
            const network = smallNetwork(cell, { layers: 2, hidden: 24, inputs: 17, outputs: 9 });
            const options: LearnerOptions = {
              kernels,
              network,
              loss: { kind: 'mse', reduction: 'mean' },
              bptt,
              clip: null,
              optimizer: {
                kind: 'adam',
                learningRate: 0.001,
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
                weightDecay: 0,
                schedule: 'constant',
              },
              steps: 30,
              batch: 6,
              inputs,
              shards,
            };
            const estimate = estimateMemory({ ...options, bytesPerElement: kernels.bytesPerElement });

            const learner = new Learner(options);
            learner.initialize(uniformInit, undefined, seededRandom(1));
            const sketch = { network, loss: 'mse', inputs, batch: 6 } as const;
            update(learner, randomWindow({ ...sketch, steps: 30 }));
            learner.evaluate([randomWindow({ ...sketch, steps: 45 })]);
            const first = allocated();
            assert.ok(Math.abs(estimate.bytes / first - 1) < 0.1, `estimated ${estimate.bytes}, allocated ${first}`);
            assert.equal(
              estimate.parts.reduce((sum, { bytes }) => sum + bytes, 0),
              estimate.bytes,
            );

            update(learner, randomWindow({ ...sketch, steps: 11 }));
            learner.evaluate([randomWindow({ ...sketch, steps: 90 })]);
            assert.equal(allocated(), first, 'later windows of any length allocate nothing');
          });
        }
      }
    }
  }

  it('does not grow with a `backward` that no window is long enough for', () => {
    const question = {
      network: smallNetwork('gru'),
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false, learningRate: 1, weightDecay: 0, schedule: 'constant' },
      steps: 10,
      batch: 4,
      loss: { kind: 'mse', reduction: 'mean' },
      bytesPerElement: 8,
      inputs: 'dense',
    } as const;
    const long = estimateMemory({ ...question, bptt: { forward: 100, backward: 100 } });
    assert.equal(long.bytes, estimateMemory({ ...question, bptt: 'full' }).bytes);
  });

  it('lists the parts of the memory, in both precisions, without allocating it', () => {
    const question = {
      network: smallNetwork('lstm', { hidden: 1_000_000 }),
      bptt: 'full',
      optimizer: {
        kind: 'adagrad',
        learningRate: 0.1,
        epsilon: 1e-10,
        weightDecay: 0,
        schedule: 'constant',
      },
      steps: 100,
      batch: 32,
      loss: { kind: 'mse', reduction: 'mean' },
      inputs: 'dense',
    } as const;
    const double = estimateMemory({ ...question, bytesPerElement: 8 });
    const single = estimateMemory({ ...question, bytesPerElement: 4 });
    const parameters = double.parts.find(({ name }) => name === 'parameters')?.bytes ?? 0;
    assert.equal(parameters, 8 * (4e6 * 3 + 4e12 + 8e6 + 2e6 + 2));
    assert.ok(double.bytes > 5 * parameters && Math.abs(double.bytes / single.bytes - 2) < 1e-3);
  });
});
