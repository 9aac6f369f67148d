import assert from 'node:assert/strict';
import { scheduleFactor } from '../../../src/engine/optimizers/schedule';
import type { ClipSpec, OptimizerSpec } from '../../../src/engine/spec';
import {
  allValues,
  exampleLearner,
  parameter,
  randomWindow,
  relativeDistance,
  smallNetwork,
  update,
} from './exampleLearner';
import { testedKernels, type TestedKernels } from './kernelSets';

const network = smallNetwork('lstm');
const window = randomWindow({ network, loss: 'mse' });

/** Gradient and outcome of the first update under a clipping. */
function firstUpdate(kernels: TestedKernels, clip: ClipSpec) {
  const learner = exampleLearner({ kernels: kernels.open(), network, clip });
  const before = allValues(learner);
  const outcome = update(learner, window);
  const gradient = [...learner.parameters.values()].flatMap((p) => [...p.gradient]);
  return { outcome, gradient, before, after: allValues(learner) };
}

for (const kernels of testedKernels) {
  describe(`clipping: ${kernels.name}`, () => {
    const raw = firstUpdate(kernels, null);

    it('none: norms are still reported', () => {
      const { gradNorm, clippedNorm, clipCoefficient, clipped } = raw.outcome;
      assert.ok(Math.abs(gradNorm / Math.hypot(...raw.gradient) - 1) < kernels.within(1e-14, 1e-6));
      assert.deepEqual([clippedNorm, clipCoefficient, clipped], [gradNorm, 1, false]);
    });

    it('by norm: g *= min(1, c / (‖g‖ + 1e-6))', () => {
      const c = raw.outcome.gradNorm / 3;
      const { outcome, gradient } = firstUpdate(kernels, { norm: c });
      const coefficient = c / (raw.outcome.gradNorm + 1e-6);
      assert.equal(outcome.clipCoefficient, coefficient);
      assert.equal(outcome.gradNorm, raw.outcome.gradNorm);
      assert.equal(outcome.clipped, true);
      const scaled = raw.gradient.map((g) => g * coefficient);
      assert.ok(relativeDistance(gradient, scaled) <= kernels.within(0, 1e-6));
      assert.ok(Math.abs(outcome.clippedNorm / Math.hypot(...gradient) - 1) < kernels.within(1e-14, 1e-6));
      const loose = firstUpdate(kernels, { norm: raw.outcome.gradNorm * 1.01 });
      assert.deepEqual(
        [loose.outcome.clipCoefficient, loose.outcome.clipped, loose.gradient],
        [1, false, raw.gradient],
      );
    });

    it('by value: every element to [−v, v]', () => {
      const v = Math.max(...raw.gradient.map(Math.abs)) / 4;
      const { outcome, gradient } = firstUpdate(kernels, { value: v });
      // In single precision the threshold is the nearest number of that precision.
      const limit = kernels.within(v, Math.fround(v));
      assert.deepEqual(
        gradient,
        raw.gradient.map((g) => Math.max(-limit, Math.min(limit, g))),
      );
      assert.deepEqual([outcome.clipCoefficient, outcome.clipped], [1, true]);
      assert.equal(firstUpdate(kernels, { value: v * 5 }).outcome.clipped, false);
    });
  });
}

for (const kernels of testedKernels) {
  describe(`the norms of an update: ${kernels.name}`, () => {
    it('are those of each parameter', () => {
      const { outcome, before, after, gradient } = firstUpdate(kernels, { value: 0.01 });
      const raw = firstUpdate(kernels, null).gradient;
      let at = 0;
      const learner = exampleLearner({ kernels: kernels.open(), network });
      assert.deepEqual(
        outcome.parameterNorms.map(({ name }) => name),
        [...learner.parameters.keys()],
      );
      for (const { name, gradNorm, clippedNorm, updateNorm, weightNorm } of outcome.parameterNorms) {
        const to = at + parameter(learner, name).values.length;
        const part = (all: readonly number[]) => all.slice(at, to);
        const near = (actual: number, expected: readonly number[]) =>
          assert.ok(Math.abs(actual - Math.hypot(...expected)) < kernels.within(1e-14, 1e-6), `${name}: ${actual}`);
        near(gradNorm, part(raw));
        near(clippedNorm, part(gradient));
        near(weightNorm, part(before));
        near(
          updateNorm,
          part(after).map((value, i) => value - part(before)[i]),
        );
        at = to;
      }
    });
  });
}

for (const kernels of testedKernels) {
  describe(`weight decay: ${kernels.name}`, () => {
    const plain = { learningRate: 0.1, schedule: 'constant' } as const;
    const kinds: readonly OptimizerSpec[] = [
      { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0.3, ...plain },
      { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.3, ...plain },
      { kind: 'adagrad', epsilon: 1e-10, weightDecay: 0.3, ...plain },
      { kind: 'rmsprop', decay: 0.9, momentum: 0.2, epsilon: 1e-8, weightDecay: 0.3, ...plain },
      { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.3, ...plain },
    ];
    for (const optimizer of kinds) {
      it(`is added to the clipped gradient, also for biases: ${optimizer.kind}, momentum ${'momentum' in optimizer}`, () => {
        const clip = { value: 0.001 } as const;
        const learner = exampleLearner({ kernels: kernels.open(), network, clip, optimizer });
        const before = allValues(learner);
        update(learner, window);
        const { gradient } = firstUpdate(kernels, clip);
        const g = gradient.map((value, i) => value + 0.3 * before[i]);
        // The first step of each optimizer, written out by hand.
        const step: Record<OptimizerSpec['kind'], (value: number) => number> = {
          sgd: (value) => (optimizer.kind === 'sgd' && optimizer.nesterov ? 1.9 * value : value),
          adagrad: (value) => value / (Math.abs(value) + 1e-10),
          rmsprop: (value) => value / (Math.sqrt(0.1) * Math.abs(value) + 1e-8),
          adam: (value) => value / (Math.abs(value) + 1e-8),
          adamw: () => NaN, // Its decay is not part of the gradient: see adamwTorch.test.ts.
        };
        const expected = before.map((value, i) => value - 0.1 * step[optimizer.kind](g[i]));
        assert.ok(relativeDistance(allValues(learner), expected) < kernels.within(1e-14, 2e-6));
      });
    }
  });
}

for (const kernels of testedKernels) {
  describe(`rmsprop with momentum: ${kernels.name}`, () => {
    it('keeps a buffer of steps, as PyTorch does', () => {
      const common = { kind: 'rmsprop', decay: 0.9, epsilon: 1e-8, learningRate: 0.01, weightDecay: 0 } as const;
      const learner = exampleLearner({
        kernels: kernels.open(),
        network,
        optimizer: { ...common, momentum: 0.5, schedule: 'constant' },
      });
      let values = allValues(learner);
      const squares = values.map(() => 0);
      const buffer = values.map(() => 0);
      for (let i = 0; i < 5; i++) {
        update(learner, window);
        const gradient = [...learner.parameters.values()].flatMap((p) => [...p.gradient]);
        values = values.map((value, k) => {
          squares[k] = 0.9 * squares[k] + 0.1 * gradient[k] ** 2;
          buffer[k] = 0.5 * buffer[k] + gradient[k] / (Math.sqrt(squares[k]) + 1e-8);
          return value - 0.01 * buffer[k];
        });
      }
      assert.ok(relativeDistance(allValues(learner), values) < kernels.within(1e-13, 2e-6));
    });
  });
}

describe('the learning rate', () => {
  it('follows each schedule from update 0', () => {
    const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-15, `${actual}`);
    assert.equal(scheduleFactor('constant', 7), 1);
    near(scheduleFactor({ exponential: 0.5 }, 0), 1);
    near(scheduleFactor({ exponential: 0.5 }, 3), 0.125);
    near(scheduleFactor({ cosine: 10 }, 0), 1);
    near(scheduleFactor({ cosine: 10 }, 5), 0.5);
    near(scheduleFactor({ cosine: 10 }, 10), 0);
    near(scheduleFactor({ cosine: 10 }, 25), 0);
    near(scheduleFactor({ warmup: 4 }, 0), 0.25);
    near(scheduleFactor({ warmup: 4 }, 3), 1);
    near(scheduleFactor({ warmup: 4 }, 9), 1);
  });

  it('is the base rate times the schedule, is reported with the update, and can be changed during training', () => {
    const optimizer = {
      kind: 'sgd',
      momentum: 0,
      nesterov: false,
      learningRate: 0.4,
      weightDecay: 0,
      schedule: { warmup: 4 },
    } as const;
    const learner = exampleLearner({ network, optimizer });
    const before = allValues(learner);
    const first = update(learner, window);
    assert.equal(first.learningRate, 0.1);
    const expected = firstUpdate(testedKernels[0], null).gradient.map((g, i) => before[i] - 0.1 * g);
    assert.deepEqual(allValues(learner), expected);
    learner.learningRate = 0.8;
    assert.deepEqual([update(learner, window).learningRate, update(learner, window).learningRate], [0.4, 0.8 * 0.75]);
    assert.equal(learner.updates, 3);
  });
});
