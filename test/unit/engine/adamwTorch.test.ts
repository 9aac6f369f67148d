import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Learner } from '../../../src/engine/learner';
import { relativeDistance, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

/** A case of test/fixtures/optimizers_reference.py. */
interface TorchCase {
  readonly sizes: Readonly<Record<'inputs' | 'hidden' | 'outputs' | 'steps' | 'batch', number>>;
  readonly options: Readonly<Record<'weightDecay' | 'epsilon' | 'beta1' | 'beta2', number>>;
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly rates: readonly number[];
  readonly before: Readonly<Record<string, readonly number[]>>;
  readonly losses: readonly number[];
  readonly after: TorchCase['before'];
}

const { adamw } = JSON.parse(readFileSync('test/fixtures/optimizers_reference.json', 'utf8')) as {
  readonly adamw: readonly TorchCase[];
};

describe('AdamW against torch.optim.AdamW in float64', () => {
  for (const kernels of testedKernels) {
    for (const { sizes, options, x, target, rates, before, losses, after } of adamw) {
      it(`has the same losses and parameters (${kernels.name}, weight decay ${options.weightDecay})`, () => {
        const { steps, batch, ...network } = sizes;
        const learner = new Learner({
          kernels: kernels.open(),
          network: { cell: 'lstm', activation: 'tanh', layers: 1, ...network },
          loss: { kind: 'mse', reduction: 'mean' },
          bptt: 'full',
          clip: null,
          optimizer: { kind: 'adamw', learningRate: rates[0], ...options, schedule: 'constant' },
          steps,
          batch,
          inputs: 'dense',
        });
        for (const [name, values] of Object.entries(before)) learner.load(name, values);
        losses.forEach((expected, i) => {
          learner.learningRate = rates[i];
          const { loss } = update(learner, {
            steps,
            batch,
            inputs: { kind: 'dense', values: Float64Array.from(x) },
            targets: { kind: 'values', values: Float64Array.from(target) },
            mask: new Uint8Array(steps * batch).fill(1),
            reset: new Uint8Array(batch).fill(1),
          });
          assert.ok(Math.abs(loss / expected - 1) < kernels.within(1e-11, 1e-5), `loss ${i}: ${loss}, not ${expected}`);
        });
        for (const [name, expected] of Object.entries(after)) {
          const distance = relativeDistance(learner.parameters.get(name)?.values ?? [], expected);
          assert.ok(distance < kernels.within(1e-11, 2e-5), `${name}: ${distance}`);
        }
      });
    }
  }
});
