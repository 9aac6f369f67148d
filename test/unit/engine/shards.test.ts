import assert from 'node:assert/strict';
import { shardsOf } from '../../../src/engine/parallel/shardBatch';
import { cells } from '../../../src/engine/cells/registry';
import { splitBatch } from '../../../src/engine/recurrence/batchRows';
import type { LearnerOptions } from '../../../src/engine/learner';
import type { BpttSpec, CellName, ClipSpec } from '../../../src/engine/spec';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import { allValues, exampleLearner, randomWindow, relativeDistance, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const truncations: readonly BpttSpec[] = [
  'full',
  { forward: 6, backward: 4 },
  { forward: 6, backward: 6 },
  { forward: 6, backward: 11 },
];
const clips: readonly ClipSpec[] = [null, { norm: 0.1 }, { value: 0.01 }, { hidden: 0.004 }];

describe('the shards of a batch', () => {
  it('depend on the sizes alone: one if a step is short, else of at least eight sequences each', () => {
    const net = (cell: CellName, hidden: number) => smallNetwork(cell, { hidden, inputs: 65, outputs: 65 });
    assert.equal(shardsOf(net('rnn', 16), 50, 16), 1);
    assert.equal(shardsOf(net('rnn', 100), 25, 1), 1);
    assert.equal(shardsOf(net('rnn', 128), 64, 32), 4);
    assert.equal(shardsOf(net('lstm', 128), 64, 32), 4);
    assert.equal(shardsOf(net('lstm', 128), 64, 20), 2);
    assert.equal(shardsOf(net('lstm', 256), 100, 64), 8);
    assert.equal(shardsOf(net('lstm', 256), 100, 1000), 8);
    assert.equal(shardsOf(net('lstm', 1024), 1000, 7), 1);
  });

  it('contain every sequence once', () => {
    for (const [batch, shards] of [
      [7, 3],
      [8, 8],
      [20, 2],
      [5, 1],
    ] as const) {
      const ranges = splitBatch(batch, shards);
      assert.equal(ranges.length, shards);
      assert.deepEqual(
        ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i)),
        Array.from({ length: batch }, (_, sequence) => sequence),
      );
      const counts = ranges.map(({ count }) => count);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    }
  });
});

for (const { name, open, within } of testedKernels) {
  describe(`a batch of several shards: ${name}`, () => {
    const bound = within(1e-10, 1e-5);

    /** Three windows with a target at some steps and a reset of some sequences, each update captured and recorded. */
    const train = (options: Partial<LearnerOptions> & Pick<LearnerOptions, 'network'>, shards: number) => {
      const learner = exampleLearner({ ...options, kernels: open(), steps: 6, batch: 5, shards });
      const whole = randomWindow({
        network: options.network,
        loss: options.loss?.kind ?? 'mse',
        steps: 20,
        batch: 5,
        inputs: options.inputs ?? 'dense',
        mask: (t, sequence) => (t + sequence) % 4 !== 0,
        reset: [1, 0, 1, 0, 1],
      });
      const updates = [...windowsOf(whole, 6)].map((window) =>
        update(learner, window, { record: true, capture: true }),
      );
      return { learner, updates, values: allValues(learner) };
    };

    for (const { name: cell } of cells) {
      for (const loss of ['mse', 'crossEntropy'] as const) {
        it(`${cell}, ${loss}: gives the result of the whole batch, up to the last digits`, () => {
          let differing = 0;
          for (const bptt of truncations) {
            for (const clip of clips) {
              for (const inputs of ['dense', 'oneHot'] as const) {
                const network = smallNetwork(cell, { layers: 2, hidden: 6 });
                const options = { network, bptt, clip, inputs, loss: { kind: loss, reduction: 'mean' } } as const;
                const whole = train(options, 1);
                const cut = train(options, 3);
                assert.ok(relativeDistance(cut.values, whole.values) < bound);
                differing += relativeDistance(cut.values, whole.values) > 0 ? 1 : 0;
                cut.updates.forEach(({ record, capture, loss: total, gradNorm, clipped }, n) => {
                  const expected = whole.updates[n];
                  assert.ok(Math.abs(total / expected.loss - 1) < bound);
                  assert.ok(Math.abs(gradNorm / expected.gradNorm - 1) < bound);
                  assert.equal(clipped, expected.clipped);
                  assert.ok(record !== undefined && expected.record !== undefined);
                  assert.deepEqual([record.steps, record.windowAt], [expected.record.steps, expected.record.windowAt]);
                  assert.ok(relativeDistance(record.lossPerStep, expected.record.lossPerStep) < bound);
                  record.layers.forEach((layer, l) => {
                    const other = expected.record?.layers[l];
                    assert.ok(other !== undefined);
                    assert.ok(relativeDistance(layer.dh, other.dh) < bound);
                    assert.ok(relativeDistance(layer.dhLocal, other.dhLocal) < bound);
                    if (layer.dc !== undefined) assert.ok(relativeDistance(layer.dc, other.dc ?? []) < bound);
                    assert.deepEqual(layer.saturation, other.saturation);
                  });
                  assert.ok(capture !== undefined && expected.capture !== undefined);
                  assert.deepEqual([...capture.tensors.keys()], [...expected.capture.tensors.keys()]);
                  for (const [tensor, { shape, dtype, data }] of capture.tensors) {
                    const other = expected.capture.tensors.get(tensor);
                    assert.deepEqual([dtype, shape], [other?.dtype, other?.shape], tensor);
                    assert.ok(relativeDistance(data, other?.data ?? []) < 10 * bound, tensor);
                  }
                });
              }
            }
          }
          assert.ok(differing > 0, 'the order of summation does differ');
        });
      }

      it(`${cell}: continues from a snapshot bit for bit, for any shards of the learner that took it`, () => {
        for (const bptt of truncations) {
          for (const inputs of ['dense', 'oneHot'] as const) {
            const network = smallNetwork(cell, { layers: 2 });
            const options = { network, bptt, inputs, steps: 4, batch: 5, shards: 2 } as const;
            const windows = [
              ...windowsOf(
                randomWindow({ network, loss: 'mse', steps: 24, batch: 5, inputs, reset: [1, 0, 0, 1, 0] }),
                4,
              ),
            ];
            const learner = exampleLearner({ ...options, kernels: open() });
            windows.slice(0, 3).forEach((window) => update(learner, window));
            const snapshot = structuredClone(learner.snapshot());
            const rest = windows.slice(3).map((window) => update(learner, window).loss);

            const resumed = exampleLearner({ ...options, kernels: open() });
            resumed.restore(snapshot);
            assert.deepEqual(
              windows.slice(3).map((window) => update(resumed, window).loss),
              rest,
            );
            assert.deepEqual(allValues(resumed), allValues(learner));

            const other = exampleLearner({ ...options, shards: 1, kernels: open() });
            other.restore(snapshot);
            const losses = windows.slice(3).map((window) => update(other, window).loss);
            assert.ok(relativeDistance(losses, rest) < bound);
          }
        }
      });
    }

    it('reports the same place of a non-finite value as the whole batch', () => {
      const network = smallNetwork('lstm', { layers: 2, hidden: 4 });
      for (const badValue of [1e39, NaN, -Infinity]) {
        const outcomes = [1, 3].map((shards) => {
          const learner = exampleLearner({ network, kernels: open(), batch: 5, shards });
          const window = randomWindow({ network, loss: 'mse', batch: 5 });
          if (window.inputs.kind === 'dense') window.inputs.values[(3 * 5 + 4) * network.inputs + 1] = badValue;
          return learner.step(window, { record: true });
        });
        if (name === 'reference' && badValue === 1e39) continue;
        assert.equal(outcomes[0].kind, 'nonFinite');
        const [whole, cut] = outcomes.map((outcome) => ({ ...outcome, loss: undefined }));
        assert.deepEqual(cut, whole);
      }
    });

    it('reports the same place of an overflowing gradient as the whole batch', () => {
      const network = smallNetwork('rnn', { activation: 'identity', layers: 2, hidden: 4 });
      const outcomes = [1, 3].map((shards) => {
        const learner = exampleLearner({ network, kernels: open(), steps: 40, batch: 5, shards });
        for (const [key, { values }] of learner.parameters) {
          if (key.includes('weight_hh')) values.fill(name === 'reference' ? 1e20 : 1e3);
          else if (!key.includes('head')) values.fill(0);
        }
        const window = randomWindow({
          network,
          loss: 'mse',
          steps: 40,
          batch: 5,
          mask: (t, sequence) => t === 39 && sequence > 1,
        });
        return learner.step(window, { record: true });
      });
      assert.equal(outcomes[0].kind === 'nonFinite' && outcomes[0].pass, 'backward');
      const [whole, cut] = outcomes.map((outcome) => ({ ...outcome, loss: undefined }));
      assert.deepEqual(cut, whole);
    });
  });
}
