import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { KernelSet } from '../../../src/engine/kernels/kernelSet';
import { referenceKernels } from '../../../src/engine/kernels/reference';
import type { LearnerOptions } from '../../../src/engine/learner';
import type { Updated } from '../../../src/engine/instruments/outcome';
import type { Activation, BpttSpec, ClipSpec, OptimizerSpec } from '../../../src/engine/spec';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import {
  allValues,
  exampleLearner,
  parameter,
  randomWindow,
  relativeDistance,
  smallNetwork,
  update,
} from './exampleLearner';
import { testedKernels } from './kernelSets';

const common = { learningRate: 0.05, weightDecay: 0.01, schedule: 'constant' } as const;
const optimizers: readonly OptimizerSpec[] = [
  { kind: 'sgd', momentum: 0, nesterov: false, ...common },
  { kind: 'sgd', momentum: 0.9, nesterov: false, ...common },
  { kind: 'sgd', momentum: 0.9, nesterov: true, ...common },
  { kind: 'adagrad', epsilon: 1e-10, ...common },
  { kind: 'rmsprop', decay: 0.9, momentum: 0, epsilon: 1e-8, ...common },
  { kind: 'rmsprop', decay: 0.9, momentum: 0.5, epsilon: 1e-8, ...common },
  { kind: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, ...common },
  { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, ...common },
];

/** Cells with all options of a cell's kernel, and hidden sizes with a remainder of one to three SIMD lanes. */
const nets = [
  ...(['tanh', 'relu', 'sigmoid', 'identity'] satisfies Activation[]).map((activation, i) => ({
    cell: 'rnn' as const,
    activation,
    hidden: 5 + i,
  })),
  ...cells
    .filter(({ name }) => name !== 'rnn')
    .flatMap(({ name: cell }) => [5, 6, 7, 8, 19].map((hidden) => ({ cell, activation: 'tanh' as const, hidden }))),
];

/** The last of three updates, and all parameters after it. */
function train(
  kernels: KernelSet,
  options: Partial<LearnerOptions> & Pick<LearnerOptions, 'network'>,
  inputs: 'dense' | 'oneHot',
  record = true,
): { readonly last: Updated; readonly gradients: readonly Float64Array[]; readonly values: readonly number[] } {
  const learner = exampleLearner({ ...options, kernels, inputs, steps: 6, batch: 5 });
  const whole = randomWindow({
    network: options.network,
    loss: options.loss?.kind ?? 'mse',
    steps: 18,
    batch: 5,
    inputs,
    mask: (t, sequence) => (t + sequence) % 4 !== 0,
    reset: [1, 0, 1, 0, 1],
  });
  const outcomes = [...windowsOf(whole, 6)].map((window) => update(learner, window, { record }));
  return {
    last: outcomes[outcomes.length - 1],
    gradients: [...learner.parameters.values()].map(({ gradient }) => Float64Array.from(gradient)),
    values: allValues(learner),
  };
}

for (const { name, open } of testedKernels.filter(({ name }) => name !== 'reference')) {
  describe(`${name} beside the reference kernels`, () => {
    const agree = (
      options: Partial<LearnerOptions> & Pick<LearnerOptions, 'network'>,
      inputs: 'dense' | 'oneHot',
    ): void => {
      const ours = train(open(), options, inputs);
      const theirs = train(referenceKernels, options, inputs);
      assert.ok(Math.abs(ours.last.loss / theirs.last.loss - 1) < 1e-5);
      ours.gradients.forEach((gradient, i) => {
        const apart = relativeDistance(gradient, theirs.gradients[i]);
        assert.ok(apart < 1e-5, `gradient ${i} is off by ${apart} of its norm`);
      });
      ours.last.record?.layers.forEach(({ dh, dhLocal, dc, saturation }, layer) => {
        const expected = theirs.last.record?.layers[layer];
        assert.ok(expected !== undefined);
        assert.ok(relativeDistance(dh, expected.dh) < 1e-5);
        assert.ok(relativeDistance(dhLocal, expected.dhLocal) < 1e-5);
        if (dc !== undefined) assert.ok(relativeDistance(dc, expected.dc ?? []) < 1e-5);
        assert.deepEqual(saturation, expected.saturation);
      });
      assert.ok(relativeDistance(ours.values, theirs.values) < 1e-5);
    };

    for (const { cell, activation, hidden } of nets) {
      for (const loss of ['mse', 'crossEntropy'] as const) {
        it(`${cell}, ${activation}, H ${hidden}, ${loss}: same loss, gradients, norms per step, saturation, parameters`, () => {
          const network = smallNetwork(cell, { activation, hidden, layers: 2, outputs: 3 });
          const truncations: readonly BpttSpec[] = ['full', { forward: 6, backward: 4 }, { forward: 6, backward: 11 }];
          const clips: readonly ClipSpec[] = [null, { norm: 0.1 }, { value: 0.01 }, { hidden: 0.004 }];
          for (const bptt of truncations) {
            for (const clip of clips) {
              for (const inputs of ['dense', 'oneHot'] as const) {
                agree({ network, bptt, clip, loss: { kind: loss, reduction: 'mean' } }, inputs);
              }
            }
          }
        });
      }
    }

    for (const optimizer of optimizers) {
      it(`${optimizer.kind}, momentum ${'momentum' in optimizer ? optimizer.momentum : 'none'}: same parameters`, () => {
        agree({ network: smallNetwork('gru', { hidden: 6 }), optimizer, clip: { norm: 0.5 } }, 'dense');
      });
    }

    it('runs a cell without a kernel of its own', () => {
      for (const { name: cell } of cells) {
        const network = smallNetwork(cell, { layers: 2 });
        const kernels: KernelSet = { ...open(), cellKernel: () => undefined };
        const written = train(kernels, { network }, 'dense');
        const fused = train(open(), { network }, 'dense');
        assert.ok(relativeDistance(written.values, fused.values) < 1e-6);
        assert.notDeepEqual(written.values, fused.values, 'the fused kernel does round differently');
      }
    });

    it('gives the same bits from run to run, with instruments and without', () => {
      for (const { name: cell } of cells) {
        const options = { network: smallNetwork(cell, { layers: 2, hidden: 19 }), optimizer: optimizers[6] };
        const first = train(open(), options, 'oneHot');
        assert.deepEqual(train(open(), options, 'oneHot').values, first.values);
        assert.deepEqual(train(open(), options, 'oneHot', false).values, first.values);
      }
    });

    it('measures gradients whose squares are beyond float32, and flushes only underflowed values', () => {
      const network = smallNetwork('rnn', { activation: 'identity', hidden: 4, outputs: 1 });
      const learner = exampleLearner({ network, kernels: open(), steps: 60, batch: 1 });
      for (const { values } of learner.parameters.values()) values.fill(0);
      for (let unit = 0; unit < 4; unit++) parameter(learner, 'rnn.weight_hh_l0').values[5 * unit] = 0.1;
      parameter(learner, 'head.weight').values.fill(1);
      const window = randomWindow({ network, loss: 'mse', steps: 60, batch: 1, mask: (t) => t === 59 });
      const dh = update(learner, window, { record: true }).record?.layers[0].dh ?? [];
      for (let t = 59; t > 35; t--) assert.ok(Math.abs(dh[t - 1] / dh[t] - 0.1) < 1e-6, `from step ${t} to ${t - 1}`);
      assert.ok(dh[36] > 0 && dh[36] < 1e-20);
      assert.equal(dh[0], 0);
    });
  });
}
