import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tensorOf } from '../../../src/engine/instruments/capture';
import { Learner } from '../../../src/engine/learner';
import type { CellName } from '../../../src/engine/spec';
import type { Window } from '../../../src/engine/recurrence/window';
import { relativeDistance, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

/** A case of test/fixtures/sigmoid_reference.py. */
interface TorchCase {
  readonly cell: CellName;
  readonly layers: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly steps: number;
  readonly batch: number;
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  readonly gradients: TorchCase['parameters'];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/sigmoid_reference.json', 'utf8')) as {
  readonly cases: readonly TorchCase[];
};

function windowOf({ steps, batch, x, target }: TorchCase): Window {
  return {
    steps,
    batch,
    inputs: { kind: 'dense', values: Float64Array.from(x) },
    targets: { kind: 'values', values: Float64Array.from(target) },
    mask: new Uint8Array(steps * batch).fill(1),
    reset: new Uint8Array(batch).fill(1),
  };
}

describe('Squared error of a sigmoid output against PyTorch in float64', () => {
  for (const kernels of testedKernels) {
    for (const torch of cases) {
      it(`has the same loss and gradients (${kernels.name}, ${torch.cell})`, () => {
        const { cell, layers, inputs, hidden, outputs, steps, batch } = torch;
        const learner = new Learner({
          kernels: kernels.open(),
          network: { cell, activation: 'tanh', layers, inputs, hidden, outputs },
          loss: { kind: 'mse', reduction: 'mean', output: 'sigmoid' },
          bptt: 'full',
          clip: null,
          optimizer: {
            kind: 'sgd',
            learningRate: 0.1,
            momentum: 0,
            nesterov: false,
            weightDecay: 0,
            schedule: 'constant',
          },
          steps,
          batch,
          inputs: 'dense',
        });
        for (const [name, values] of Object.entries(torch.parameters)) learner.load(name, values);
        const window = windowOf(torch);
        const evaluated = learner.evaluate([window])?.loss ?? NaN;
        const { loss, capture } = update(learner, window, { record: false, capture: true });
        assert.ok(capture !== undefined);
        for (const value of [loss, evaluated]) {
          assert.ok(Math.abs(value - torch.loss) < kernels.within(1e-12, 1e-6), `${value}, not ${torch.loss}`);
        }
        for (const [name, expected] of Object.entries(torch.gradients)) {
          const distance = relativeDistance(tensorOf(capture, `grad/${name}`).data, expected);
          assert.ok(distance < kernels.within(1e-11, 1e-5), `${name}: ${distance}`);
        }
      });
    }
  }
});
