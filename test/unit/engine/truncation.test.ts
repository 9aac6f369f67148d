import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import type { BpttSpec } from '../../../src/engine/spec';
import { allValues, exampleLearner, parameter, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels, type TestedKernels } from './kernelSets';

const network = smallNetwork('lstm');
const sequence = randomWindow({ network, loss: 'mse', steps: 20 });

function gradientsOf(
  kernels: TestedKernels,
  bptt: BpttSpec,
  windows: Iterable<ReturnType<typeof randomWindow>>,
  net = network,
  steps = 20,
) {
  const learner = exampleLearner({ kernels: kernels.open(), network: net, bptt, steps });
  learner.learningRate = 0;
  let outcome;
  for (const window of windows) outcome = update(learner, window, { record: true });
  if (outcome === undefined) throw new Error('no window');
  const gradients = [...learner.parameters.values()].map(({ gradient }) => Array.from(gradient));
  return { gradients, loss: outcome.loss, record: outcome.record };
}

describe('cutting sequences into windows', () => {
  it('covers every step once, in order, the last window shorter', () => {
    const windows = [...windowsOf(sequence, 8)];
    assert.deepEqual(
      windows.map(({ steps }) => steps),
      [8, 8, 4],
    );
    assert.deepEqual(
      windows.map(({ reset }) => [...reset]),
      [
        [1, 1, 1],
        [0, 0, 0],
        [0, 0, 0],
      ],
    );
    const joined = windows.flatMap(({ inputs }) => (inputs.kind === 'dense' ? [...inputs.values] : []));
    assert.deepEqual(joined, sequence.inputs.kind === 'dense' ? [...sequence.inputs.values] : []);
    const targets = windows.flatMap(({ targets: cut }) => (cut.kind === 'values' ? [...cut.values] : []));
    assert.deepEqual(targets, sequence.targets.kind === 'values' ? [...sequence.targets.values] : []);
  });

  it('cuts symbols, classes and masks alike', () => {
    const symbols = randomWindow({ network, loss: 'crossEntropy', inputs: 'oneHot', steps: 5, mask: (t) => t !== 3 });
    const windows = [...windowsOf(symbols, 2)];
    assert.deepEqual(
      windows.flatMap(({ mask }) => [...mask]),
      [...symbols.mask],
    );
    const read = (window: typeof symbols) => [
      window.inputs.kind === 'oneHot' ? [...window.inputs.indices] : [],
      window.targets.kind === 'classes' ? [...window.targets.indices] : [],
    ];
    const [inputs, targets] = read(symbols);
    assert.deepEqual(
      windows.flatMap((window) => read(window)[0]),
      inputs,
    );
    assert.deepEqual(
      windows.flatMap((window) => read(window)[1]),
      targets,
    );
  });

  it('refuses windows of no steps', () => {
    assert.throws(() => [...windowsOf(sequence, 0)], /bptt\.forward is 0/);
  });
});

for (const kernels of testedKernels) {
  describe(`truncated backpropagation through time: ${kernels.name}`, () => {
    for (const { name: cell } of cells) {
      it(`${cell}: forward = backward = T is the full gradient, bit for bit, over several updates`, () => {
        const net = smallNetwork(cell, { layers: 2 });
        const runs = (['full', { forward: 7, backward: 7 }] as const).map((bptt) => {
          const learner = exampleLearner({ kernels: kernels.open(), network: net, bptt, clip: { norm: 0.5 } });
          for (let seed = 1; seed < 5; seed++) {
            const window = randomWindow({
              network: net,
              loss: 'mse',
              seed,
              reset: seed % 2 === 0 ? [0, 1, 0] : undefined,
            });
            update(learner, window);
          }
          return allValues(learner);
        });
        assert.deepEqual(runs[0], runs[1]);
      });

      it(`${cell}: windows of 5 reaching back over 20 give the full gradient of their losses while weights rest`, () => {
        const net = smallNetwork(cell, { layers: 2 });
        const lastOnly = (t: number) => t >= 15;
        const whole = randomWindow({ network: net, loss: 'mse', steps: 20, mask: lastOnly });
        const full = gradientsOf(kernels, 'full', [whole], net);
        const learner = exampleLearner({
          kernels: kernels.open(),
          network: net,
          bptt: { forward: 5, backward: 20 },
          steps: 5,
        });
        learner.learningRate = 0;
        const outcomes = [...windowsOf(whole, 5)].map((window) => learner.step(window, { record: true }));
        assert.deepEqual(
          outcomes.map(({ kind }) => kind),
          ['forwardOnly', 'forwardOnly', 'forwardOnly', 'updated'],
        );
        [...learner.parameters.values()].forEach(({ name, gradient }, index) => {
          full.gradients[index].forEach((value, i) => {
            assert.ok(
              Math.abs(gradient[i] - value) <= kernels.within(1e-14, 1e-6),
              `${name}[${i}]: ${gradient[i]}, full ${value}`,
            );
          });
        });
        const last = outcomes[3];
        assert.ok(last.kind === 'updated');
        assert.equal(last.record?.windowAt, 15);
        assert.equal(last.record.steps, 20);
        last.record.layers.forEach(({ dh }, layer) => {
          dh.forEach((norm, t) => {
            const expected = full.record?.layers[layer].dh[t] ?? NaN;
            assert.ok(
              Math.abs(norm - expected) <= kernels.within(1e-14, 1e-6),
              `layer ${layer}, step ${t}: ${norm}, full ${expected}`,
            );
          });
        });
      });
    }

    it('uses only the last `backward` steps of a window for gradient and mean, and reports the whole loss', () => {
      const { gradients, loss, record } = gradientsOf(kernels, { forward: 20, backward: 4 }, [sequence]);
      const full = gradientsOf(kernels, 'full', [sequence]);
      assert.equal(loss, full.loss);
      assert.deepEqual(record?.lossPerStep, full.record?.lossPerStep);
      assert.deepEqual([...(record?.layers[0].dh.subarray(0, 16) ?? [])], new Array(16).fill(0));
      assert.ok(record?.layers[0].dh.subarray(16).every((norm) => norm > 0));
      // The gradient of the head's bias depends on each step's own loss only: the gradient is the mean over the last 4
      // steps.
      const tail = gradientsOf(kernels, 'full', [
        randomWindow({ network, loss: 'mse', steps: 20, mask: (t) => t >= 16 }),
      ]);
      assert.deepEqual(gradients.at(-1), tail.gradients.at(-1));
      assert.notDeepEqual(gradients[1], tail.gradients[1]);
    });

    it('counts `backward` as the length of a shorter last window', () => {
      const cut = { forward: 8, backward: 6 } as const;
      const windows = [...windowsOf(sequence, 8)];
      const short = gradientsOf(kernels, cut, windows);
      const whole = gradientsOf(kernels, { forward: 8, backward: 4 }, windows);
      assert.deepEqual(short.gradients, whole.gradients);
    });

    it('reaches further back from a shorter last window if backward > forward', () => {
      const learner = exampleLearner({
        kernels: kernels.open(),
        network,
        bptt: { forward: 8, backward: 12 },
        steps: 8,
      });
      const reach = [...windowsOf(sequence, 8)].map(
        (window) => update(learner, window, { record: true }).record?.windowAt,
      );
      assert.deepEqual(reach, [0, 4, 8]);
    });

    it('stores no earlier windows if every sequence starts from zero state', () => {
      const learner = exampleLearner({
        kernels: kernels.open(),
        network,
        bptt: { forward: 5, backward: 10 },
        steps: 5,
      });
      const reach = [1, 2].map((seed) => {
        const window = randomWindow({ network, loss: 'mse', steps: 5, seed });
        return update(learner, window, { record: true }).record?.windowAt;
      });
      assert.deepEqual(reach, [0, 0]);
    });

    it('reaches exactly `backward` steps back', () => {
      const at = (backward: number) => {
        const learner = exampleLearner({ kernels: kernels.open(), network, bptt: { forward: 2, backward }, steps: 2 });
        learner.learningRate = 0;
        const windows = [...windowsOf(sequence, 2)];
        const outcomes = windows.map((window) => update(learner, window, { record: true }));
        return outcomes.at(-1)?.record;
      };
      assert.deepEqual([at(5)?.windowAt, at(5)?.steps], [3, 5]);
      assert.deepEqual([at(6)?.windowAt, at(6)?.steps], [4, 6]);
      assert.ok(at(6)?.layers[0].dh.every((norm) => norm > 0));
    });

    it('runs a window without a target in its backward part forward only', () => {
      const learner = exampleLearner({ kernels: kernels.open(), network, bptt: { forward: 7, backward: 2 } });
      const before = allValues(learner);
      const early = randomWindow({ network, loss: 'mse', mask: (t) => t < 5 });
      assert.deepEqual(learner.step(early, { record: true }), { kind: 'forwardOnly' });
      assert.equal(learner.updates, 0);
      assert.deepEqual(allValues(learner), before);
      const next = randomWindow({ network, loss: 'mse', seed: 2, reset: [0, 0, 0] });
      const carried = update(learner, next).loss;
      const fresh = update(
        exampleLearner({ kernels: kernels.open(), network, bptt: { forward: 7, backward: 2 } }),
        next,
      ).loss;
      assert.notEqual(carried, fresh);
    });

    it('ends the gradient path of a sequence that starts from zero state, and of that sequence only', () => {
      const bptt = { forward: 5, backward: 10 } as const;
      const first = randomWindow({ network, loss: 'mse', steps: 5 });
      const gradient = (change: number, reset: readonly number[]) => {
        const learner = exampleLearner({ kernels: kernels.open(), network, bptt, steps: 5 });
        learner.learningRate = 0;
        assert.ok(first.inputs.kind === 'dense');
        const values = first.inputs.values.slice();
        // Sequence 1 at the first step.
        values[network.inputs] += change;
        update(learner, { ...first, inputs: { kind: 'dense', values } });
        update(learner, randomWindow({ network, loss: 'mse', steps: 5, seed: 2, reset }));
        return Array.from(parameter(learner, 'rnn.weight_ih_l0').gradient);
      };
      assert.deepEqual(gradient(0, [0, 1, 0]), gradient(1, [0, 1, 0]));
      assert.notDeepEqual(gradient(0, [1, 0, 1]), gradient(1, [1, 0, 1]));
    });
  });
}
