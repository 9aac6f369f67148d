import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Learner } from '../../../src/engine/learner';
import type { CellName, ClipSpec, OptimizerSpec } from '../../../src/engine/spec';
import type { Window } from '../../../src/engine/recurrence/window';
import { relativeDistance, update } from './exampleLearner';
import { testedKernels, type TestedKernels } from './kernelSets';

interface TorchCase {
  readonly cell: CellName;
  readonly loss: 'mse' | 'ce';
  readonly I: number;
  readonly H: number;
  readonly O: number;
  readonly T: number;
  readonly B: number;
  readonly params: Readonly<Record<string, readonly (number | readonly number[])[]>>;
  readonly grads: TorchCase['params'];
  readonly x: readonly (readonly (readonly number[])[])[];
  readonly target: readonly (readonly (number | readonly number[])[])[];
  readonly lossValue: number;
  readonly gradNorm: number;
  readonly dhNormPerTimestep: readonly number[];
  readonly optim: Readonly<Record<string, { readonly clip: number | null; readonly loss: readonly number[] }>>;
}

const { cases } = JSON.parse(readFileSync('test/fixtures/torch_reference.json', 'utf8')) as {
  readonly cases: readonly TorchCase[];
};

/** The fixture's names of the six parameters. */
const names: Readonly<Record<string, string>> = {
  weight_ih: 'rnn.weight_ih_l0',
  weight_hh: 'rnn.weight_hh_l0',
  bias_ih: 'rnn.bias_ih_l0',
  bias_hh: 'rnn.bias_hh_l0',
  weight_hy: 'head.weight',
  bias_y: 'head.bias',
};

const common = { weightDecay: 0, schedule: 'constant' } as const;
const optimizers: Readonly<Record<string, OptimizerSpec>> = {
  sgd: { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, ...common },
  momentum: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: false, ...common },
  nesterov: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, ...common },
  rmsprop: { kind: 'rmsprop', learningRate: 0.01, decay: 0.99, momentum: 0, epsilon: 1e-8, ...common },
  adam: { kind: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...common },
  adagrad: { kind: 'adagrad', learningRate: 0.1, epsilon: 1e-10, ...common },
};

function learnerOf({ open }: TestedKernels, torch: TorchCase, optimizer: OptimizerSpec, clip: ClipSpec): Learner {
  const learner = new Learner({
    kernels: open(),
    network: { cell: torch.cell, activation: 'tanh', inputs: torch.I, hidden: torch.H, layers: 1, outputs: torch.O },
    loss: { kind: torch.loss === 'ce' ? 'crossEntropy' : 'mse', reduction: 'mean' },
    bptt: 'full',
    clip,
    optimizer,
    steps: torch.T,
    batch: torch.B,
    inputs: 'dense',
  });
  for (const [name, values] of Object.entries(torch.params)) learner.load(names[name], values.flat());
  return learner;
}

function windowOf(torch: TorchCase): Window {
  const targets = torch.target.flat();
  return {
    steps: torch.T,
    batch: torch.B,
    inputs: { kind: 'dense', values: Float64Array.from(torch.x.flat(2)) },
    targets:
      torch.loss === 'ce'
        ? { kind: 'classes', indices: Int32Array.from(targets as number[]) }
        : { kind: 'values', values: Float64Array.from(targets.flat()) },
    mask: new Uint8Array(torch.T * torch.B).fill(1),
    reset: new Uint8Array(torch.B).fill(1),
  };
}

function clipOf(key: string, threshold: number | null): ClipSpec {
  if (threshold === null) return null;
  return key.endsWith('clip_norm') ? { norm: threshold } : { value: threshold };
}

/**
 * In double precision every number agrees within 1e-10; in single precision relative to itself, or to the
 * norm of its tensor.
 */
function assertClose(kernels: TestedKernels, actual: number, expected: number, what: string, single = 1e-5): void {
  const distance = Math.abs(actual - expected);
  assert.ok(
    distance < kernels.within(1e-10, single * Math.abs(expected)),
    `${what}: ${actual}, PyTorch has ${expected}`,
  );
}

describe('engine against PyTorch in float64', () => {
  it('has the six cases and 108 trajectories to compare with', () => {
    assert.equal(cases.length, 6);
    assert.equal(
      cases.reduce((sum, { optim }) => sum + Object.keys(optim).length, 0),
      108,
    );
  });

  for (const kernels of testedKernels) {
    for (const torch of cases) {
      describe(`${kernels.name}: ${torch.cell}, ${torch.loss}`, () => {
        it('gives its loss, every gradient and ‖∂L/∂h_t‖ of every step', () => {
          const learner = learnerOf(kernels, torch, optimizers.sgd, null);
          const outcome = update(learner, windowOf(torch), { record: true });
          assertClose(kernels, outcome.loss, torch.lossValue, 'loss');
          assertClose(kernels, outcome.gradNorm, torch.gradNorm, 'gradNorm');
          for (const [name, gradient] of Object.entries(torch.grads)) {
            const ours = learner.parameters.get(names[name])?.gradient ?? [];
            const theirs = gradient.flat();
            assert.equal(ours.length, theirs.length);
            const apart = relativeDistance(ours, theirs);
            assert.ok(apart < kernels.within(1e-10, 1e-5), `${name} is off by ${apart} of its norm`);
          }
          const dh = outcome.record?.layers[0].dh ?? [];
          assert.equal(dh.length, torch.T);
          torch.dhNormPerTimestep.forEach((value, t) => assertClose(kernels, dh[t], value, `dh[${t}]`));
        });

        for (const [key, { clip, loss }] of Object.entries(torch.optim)) {
          it(`follows ${key} for ${loss.length} updates`, () => {
            const learner = learnerOf(kernels, torch, optimizers[key.split('+')[0]], clipOf(key, clip));
            const window = windowOf(torch);
            loss.forEach((value, i) => assertClose(kernels, update(learner, window).loss, value, `loss ${i}`, 1e-4));
          });
        }
      });
    }
  }
});
