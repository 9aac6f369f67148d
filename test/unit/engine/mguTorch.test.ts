import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tensorOf, type Capture } from '../../../src/engine/instruments/capture';
import { Learner } from '../../../src/engine/learner';
import type { Window } from '../../../src/engine/recurrence/window';
import { relativeDistance, update } from './exampleLearner';
import { testedKernels, type TestedKernels } from './kernelSets';

/** A case of test/fixtures/mgu_reference.py. */
interface TorchCase {
  readonly loss: 'mse' | 'crossEntropy';
  readonly layers: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly steps: number;
  readonly batch: number;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly lossValue: number;
  readonly gradients: TorchCase['parameters'];
  readonly states: TorchCase['parameters'];
  readonly dh: TorchCase['parameters'];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/mgu_reference.json', 'utf8')) as {
  readonly cases: readonly TorchCase[];
};

/** One update from PyTorch's parameters, captured. */
function captured({ open }: TestedKernels, torch: TorchCase): { readonly loss: number; readonly capture: Capture } {
  const { layers, inputs, hidden, outputs, steps, batch } = torch;
  const learner = new Learner({
    kernels: open(),
    network: { cell: 'mgu', activation: 'tanh', layers, inputs, hidden, outputs },
    loss: { kind: torch.loss, reduction: 'mean' },
    bptt: 'full',
    clip: null,
    optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0, schedule: 'constant' },
    steps,
    batch,
    inputs: 'dense',
  });
  for (const [name, values] of Object.entries(torch.parameters)) learner.load(name, values);
  const window: Window = {
    steps,
    batch,
    inputs: { kind: 'dense', values: Float64Array.from(torch.x) },
    targets:
      torch.loss === 'mse'
        ? { kind: 'values', values: Float64Array.from(torch.target) }
        : { kind: 'classes', indices: Int32Array.from(torch.target) },
    mask: new Uint8Array(steps * batch).fill(1),
    reset: new Uint8Array(batch).fill(1),
  };
  const { loss, capture } = update(learner, window, { record: false, capture: true });
  assert.ok(capture !== undefined);
  return { loss, capture };
}

describe('The minimal gated unit against PyTorch in float64', () => {
  it('has two cases to compare with: one layer with mse, two layers with cross-entropy', () => {
    assert.deepEqual(
      cases.map(({ layers, loss }) => [layers, loss]),
      [
        [1, 'mse'],
        [2, 'crossEntropy'],
      ],
    );
  });

  for (const kernels of testedKernels) {
    for (const torch of cases) {
      it(`has the same loss, states, ∂L/∂h_t and gradients (${kernels.name}, ${torch.loss})`, () => {
        const { loss, capture } = captured(kernels, torch);
        assert.ok(Math.abs(loss - torch.lossValue) < kernels.within(1e-10, 1e-5 * torch.lossValue));
        const gradients = Object.entries(torch.gradients).map(([name, values]) => [`grad/${name}`, values] as const);
        const expected = [...gradients, ...Object.entries(torch.states), ...Object.entries(torch.dh)];
        assert.equal(expected.length, 6 + 4 * (torch.layers - 1) + 2 * torch.layers);
        for (const [name, values] of expected) {
          const distance = relativeDistance(tensorOf(capture, name).data, values);
          assert.ok(distance < kernels.within(1e-10, 1e-5), `${name}: ${distance}`);
        }
      });
    }
  }
});
