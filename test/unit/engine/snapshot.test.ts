import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { Learner, LearnerOptions } from '../../../src/engine/learner';
import type { BpttSpec, NetworkSpec, OptimizerSpec } from '../../../src/engine/spec';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import type { Window } from '../../../src/engine/recurrence/window';
import { allValues, exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const common = { learningRate: 0.05, weightDecay: 0.01 } as const;
const optimizers: readonly OptimizerSpec[] = [
  { kind: 'sgd', momentum: 0.9, nesterov: true, schedule: { exponential: 0.9 }, ...common },
  { kind: 'adagrad', epsilon: 1e-10, schedule: 'constant', ...common },
  { kind: 'rmsprop', decay: 0.9, momentum: 0.5, epsilon: 1e-8, schedule: { cosine: 9 }, ...common },
  { kind: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, schedule: { warmup: 7 }, ...common },
  { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, schedule: 'constant', ...common },
];

function windows(network: NetworkSpec, inputs: 'dense' | 'oneHot'): readonly Window[] {
  return [1, 2].flatMap((seed) => [
    ...windowsOf(randomWindow({ network, loss: 'mse', steps: 16, seed, inputs, reset: [seed % 2, 1, 0] }), 4),
  ]);
}

/** The bits of the results of a training: every loss and the final parameters. */
function train(learner: Learner, part: readonly Window[]): number[] {
  return [...part.map((window) => update(learner, window).loss), ...allValues(learner)];
}

for (const { name: kernels, open } of testedKernels) {
  describe(`continuing from a snapshot: ${kernels}`, () => {
    for (const { name: cell } of cells) {
      for (const [index, optimizer] of optimizers.entries()) {
        for (const bptt of ['full', { forward: 4, backward: 11 }] satisfies BpttSpec[]) {
          for (const inputs of ['dense', 'oneHot'] as const) {
            // After 5 windows of 8 the stored steps hold a sequence that was reset.
            for (const taken of [3, 5]) {
              it(`${cell}, ${optimizer.kind}, ${JSON.stringify(bptt)}, ${inputs}, after ${taken}: continues bit for bit`, () => {
                const network = smallNetwork(cell, { layers: 1 + (index % 2) });
                const options = { network, optimizer, bptt, inputs, steps: 4, clip: { value: 0.05 } } as const;
                const all = windows(network, inputs);
                const unbroken = exampleLearner({ ...options, kernels: open() });
                train(unbroken, all.slice(0, taken));
                const snapshot = structuredClone(unbroken.snapshot());
                const rest = train(unbroken, all.slice(taken));

                const resumed = exampleLearner({ ...options, kernels: open() });
                train(resumed, all.slice(6));
                const scalars = JSON.parse(JSON.stringify(snapshot.scalars)) as typeof snapshot.scalars;
                resumed.restore({ ...snapshot, scalars });
                assert.equal(resumed.updates, taken);
                assert.deepEqual(train(resumed, all.slice(taken)), rest);
              });
            }
          }
        }
      }
    }
  });
}

describe('snapshot and restore', () => {
  const network = smallNetwork('lstm');
  const options = { network, bptt: { forward: 4, backward: 7 }, steps: 4 } as const;

  it('does not change the training', () => {
    const [plain, watched] = [exampleLearner(options), exampleLearner(options)];
    const all = windows(network, 'dense');
    const expected = train(plain, all);
    const found = all.map((window) => {
      watched.snapshot();
      return update(watched, window).loss;
    });
    assert.deepEqual([...found, ...allValues(watched)], expected);
  });

  it('contains a learning rate that was changed while running', () => {
    const learner = exampleLearner(options);
    learner.learningRate = 0.025;
    const other = exampleLearner(options);
    other.restore(learner.snapshot());
    assert.equal(other.learningRate, 0.025);
  });

  for (const [from, to] of testedKernels.flatMap((one) => testedKernels.map((other) => [one, other] as const))) {
    if (from === to) continue;
    it(`continues with ${to.name} where it was taken by ${from.name}, up to the rounding of single precision`, () => {
      const all = windows(network, 'dense');
      const learner = exampleLearner({ ...options, optimizer: optimizers[1], kernels: from.open() });
      train(learner, all.slice(0, 3));
      const other = exampleLearner({ ...options, optimizer: optimizers[1], kernels: to.open() });
      other.restore(learner.snapshot());
      assert.equal(other.updates, 3);
      const [here, there] = [learner, other].map((one) => train(one, all.slice(3)));
      assert.ok(here !== undefined && there?.length === here.length);
      for (const [i, value] of here.entries()) assert.ok(Math.abs((there[i] ?? NaN) - value) < 1e-4, `${i}: ${value}`);
    });
  }

  const problems: readonly [string, Partial<LearnerOptions>, RegExp][] = [
    ['hidden size', { network: { ...network, hidden: 6 } }, /rnn\.weight_ih_l0.*\[24, 3\]/],
    ['cell', { network: smallNetwork('rnn') }, /rnn\.weight_ih_l0/],
    ['batch', { batch: 2 }, /state\/h_l0/],
    ['optimizer', { optimizer: optimizers[1] }, /optimizer "sgd".*"adagrad"/],
    ['reach', { bptt: 'full', steps: 3 }, /stores 6 steps; this learner holds 3/],
  ];
  for (const [what, changes, message] of problems) {
    it(`is refused by a learner with another ${what}, which is unchanged`, () => {
      const learner = exampleLearner(options);
      train(learner, windows(network, 'dense'));
      const other = exampleLearner({ ...options, ...changes });
      const before = allValues(other);
      assert.throws(() => other.restore(learner.snapshot()), message);
      assert.deepEqual(allValues(other), before);
      assert.equal(other.updates, 0);
    });
  }
});
