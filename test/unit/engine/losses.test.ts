import assert from 'node:assert/strict';
import { crossEntropy } from '../../../src/engine/losses/crossEntropy';
import { lossWeight, type LossStep } from '../../../src/engine/losses/loss';
import { sigmoidSquaredError } from '../../../src/engine/losses/sigmoidSquaredError';
import { squaredError } from '../../../src/engine/losses/squaredError';
import { exampleLearner, randomWindow, smallNetwork, update } from './exampleLearner';

function stepOf(outputs: number[], width: number, targets: LossStep['targets'], mask: number[]): LossStep {
  return {
    outputs: Float64Array.from(outputs),
    outputsAt: 0,
    rows: mask.length,
    width,
    targets,
    firstRow: 0,
    mask: Uint8Array.from(mask),
    gradient: new Float64Array(outputs.length).fill(NaN),
    gradientAt: 0,
    gradientWeight: 0.5,
  };
}

describe('losses', () => {
  it('cross-entropy is −log softmax of the class, its gradient softmax − one-hot, weighted', () => {
    const step = stepOf([0, Math.log(3), 1, 1], 2, { kind: 'classes', indices: Int32Array.of(1, 0) }, [1, 1]);
    assert.ok(Math.abs(crossEntropy(step) - (Math.log(4 / 3) + Math.log(2))) < 1e-15);
    const expected = [0.125, -0.125, -0.25, 0.25];
    step.gradient?.forEach((g, i) => assert.ok(Math.abs(g - expected[i]) < 1e-16));
  });

  it('cross-entropy stays finite and exact for huge outputs', () => {
    const step = stepOf([1e4, -1e4, 0], 3, { kind: 'classes', indices: Int32Array.of(1) }, [1]);
    assert.equal(crossEntropy(step), 2e4);
    assert.deepEqual([...(step.gradient ?? [])], [0.5, -0.5, 0]);
  });

  it('squared error sums over rows and outputs, its gradient is 2(ŷ − y), weighted', () => {
    const step = stepOf([1, 2, 3, 4], 2, { kind: 'values', values: Float64Array.of(0, 2, 5, 1) }, [1, 1]);
    assert.equal(squaredError(step), 1 + 4 + 9);
    assert.deepEqual([...(step.gradient ?? [])], [1, 0, -2, 3]);
  });

  it('squared error of a sigmoid output has the gradient 2(σ(ŷ) − y)·σ(ŷ)·(1 − σ(ŷ)), weighted', () => {
    const step = stepOf([0, Math.log(3)], 1, { kind: 'values', values: Float64Array.of(1, 0.25) }, [1, 1]);
    assert.ok(Math.abs(sigmoidSquaredError(step) - (0.25 + 0.25)) < 1e-15);
    const expected = [-0.5 * 0.25, 0.5 * 0.1875];
    step.gradient?.forEach((g, i) => assert.ok(Math.abs(g - expected[i]) < 1e-15, `${g}`));
  });

  it('squared error of a sigmoid output is finite and exact for huge outputs', () => {
    const step = stepOf([1e4, -1e4], 1, { kind: 'values', values: Float64Array.of(0, 1) }, [1, 1]);
    assert.equal(sigmoidSquaredError(step), 2);
    step.gradient?.forEach((g) => {
      assert.ok(g === 0, String(g));
    });
  });

  it('masked rows do not count and have a gradient of exactly 0, for any values', () => {
    const numbers = stepOf([1, NaN], 1, { kind: 'values', values: Float64Array.of(0, 0) }, [1, 0]);
    assert.equal(squaredError(numbers), 1);
    assert.deepEqual([...(numbers.gradient ?? [])], [1, 0]);
    const half = stepOf([0, NaN], 1, { kind: 'values', values: Float64Array.of(0, 0) }, [1, 0]);
    assert.equal(sigmoidSquaredError(half), 0.25);
    assert.deepEqual([...(half.gradient ?? [])], [0.125, 0]);
    const classes = stepOf([1, 1, NaN, 5], 2, { kind: 'classes', indices: Int32Array.of(0, -1) }, [1, 0]);
    assert.equal(crossEntropy(classes), Math.log(2));
    assert.deepEqual([...(classes.gradient ?? [])], [-0.25, 0.25, 0, 0]);
  });

  it('refuses targets of the other kind', () => {
    const values = { kind: 'values', values: new Float64Array(2) } as const;
    const classes = { kind: 'classes', indices: new Int32Array(1) } as const;
    assert.throws(() => crossEntropy(stepOf([0, 0], 2, values, [1])), /needs classes/);
    assert.throws(() => squaredError(stepOf([0, 0], 2, classes, [1])), /needs numbers/);
    assert.throws(() => sigmoidSquaredError(stepOf([0, 0], 2, classes, [1])), /needs numbers/);
  });

  it('are normalised according to the reduction', () => {
    assert.equal(lossWeight({ kind: 'mse', reduction: 'mean' }, 10, 3, 4), 1 / 30);
    assert.equal(lossWeight({ kind: 'crossEntropy', reduction: 'mean' }, 10, 3, 4), 1 / 10);
    assert.equal(lossWeight({ kind: 'mse', reduction: 'sum' }, 10, 3, 4), 1 / 4);
    assert.equal(lossWeight({ kind: 'crossEntropy', reduction: 'sum' }, 10, 3, 4), 1 / 4);
  });

  for (const reduction of ['mean', 'sum'] as const) {
    it(`a masked step affects neither loss nor gradient, ${reduction}`, () => {
      const network = smallNetwork('gru');
      const window = randomWindow({ network, loss: 'mse', mask: (t, sequence) => t > 2 || sequence !== 1 });
      assert.ok(window.targets.kind === 'values');
      const changed = window.targets.values.map((value, i) =>
        window.mask[Math.floor(i / network.outputs)] === 0 ? 1e6 : value,
      );
      const run = (targets: typeof window.targets) => {
        const learner = exampleLearner({ network, loss: { kind: 'mse', reduction } });
        const { loss } = update(learner, { ...window, targets });
        return [loss, ...[...learner.parameters.values()].flatMap(({ gradient }) => [...gradient])];
      };
      assert.deepEqual(run({ kind: 'values', values: changed }), run(window.targets));
    });
  }

  it('mean and sum differ by (targets × outputs) / batch for mse', () => {
    const network = smallNetwork('rnn');
    const window = randomWindow({ network, loss: 'mse', mask: (t, sequence) => (t + sequence) % 3 !== 0 });
    const targets = window.mask.filter((value) => value === 1).length;
    const [mean, sum] = (['mean', 'sum'] as const).map(
      (reduction) => update(exampleLearner({ network, loss: { kind: 'mse', reduction } }), window).loss,
    );
    assert.ok(Math.abs(sum / mean - (targets * network.outputs) / window.batch) < 1e-12);
  });
});
