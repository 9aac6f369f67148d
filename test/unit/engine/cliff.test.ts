import assert from 'node:assert/strict';
import { clipGradient } from '../../../src/engine/optimizers/clipping';
import { referenceKernels } from '../../../src/engine/kernels/reference';
import { sgd } from '../../../src/engine/optimizers/sgd';
import type { Learner } from '../../../src/engine/learner';
import type { Snapshot } from '../../../src/engine/snapshot';
import type { Window } from '../../../src/engine/recurrence/window';
import { analyticReference } from './analyticReference';
import { exampleLearner, parameter, update } from './exampleLearner';

// Pascanu, Mikolov and Bengio (2013), eq. 8 and Fig. 6: x_t = w·σ(x_{t−1}) + b, x_0 = ½, E = (σ(x_50) − 0.7)². With
// h_t = σ(x_t) it is a sigmoid RNN of one unit that starts from h_0 = σ(½); w and b are the only free parameters.
const reference = analyticReference.cliff;
const steps = 50;
const start = 1 / (1 + Math.exp(-0.5));

const window: Window = {
  steps,
  batch: 1,
  inputs: { kind: 'dense', values: new Float64Array(steps) },
  targets: { kind: 'values', values: new Float64Array(steps).fill(0.7) },
  mask: Uint8Array.from({ length: steps }, (_, t) => (t === steps - 1 ? 1 : 0)),
  reset: Uint8Array.of(0),
};

function cliffLearner(): { readonly learner: Learner; readonly origin: Snapshot } {
  const learner = exampleLearner({
    network: { cell: 'rnn', activation: 'sigmoid', inputs: 1, hidden: 1, layers: 1, outputs: 1 },
    loss: { kind: 'mse', reduction: 'sum' },
    steps,
    batch: 1,
  });
  learner.learningRate = 0;
  for (const { values } of learner.parameters.values()) values.fill(0);
  parameter(learner, 'head.weight').values[0] = 1;
  const { tensors, scalars } = learner.snapshot();
  const state = { dtype: 'F64', shape: [1, 1, 1], data: Float64Array.of(start) } as const;
  return { learner, origin: { scalars, tensors: new Map([...tensors, ['state/h_l0', state]]) } };
}

/** E and its gradient at (w, b), from x_0. */
function evaluate(learner: Learner, origin: Snapshot, w: number, b: number, capture = false) {
  learner.restore(origin);
  parameter(learner, 'rnn.weight_hh_l0').values[0] = w;
  parameter(learner, 'rnn.bias_ih_l0').values[0] = b;
  const outcome = update(learner, window, { record: false, capture });
  return {
    error: outcome.loss,
    dw: parameter(learner, 'rnn.weight_hh_l0').gradient[0],
    db: parameter(learner, 'rnn.bias_ih_l0').gradient[0],
    capture: outcome.capture,
  };
}

function assertRelative(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${what}: ${actual}, published ${expected}`);
}

describe('the cliff', () => {
  const { learner, origin } = cliffLearner();

  it('has the published heights and slopes', () => {
    for (const { w, b, E, dw, db } of reference.points) {
      const found = evaluate(learner, origin, w, b);
      assertRelative(found.error, E, 1e-10, `E(${w}, ${b})`);
      assertRelative(found.dw, dw, 1e-9, `∂E/∂w(${w}, ${b})`);
      assertRelative(found.db, db, 1e-9, `∂E/∂b(${w}, ${b})`);
    }
  });

  it('has the published |dE/dx_t| at every step', () => {
    const { capture } = evaluate(learner, origin, 4.94, -2.575, true);
    const h = capture?.tensors.get('h_l0')?.data ?? [];
    const dh = capture?.tensors.get('dh_l0')?.data ?? [];
    const published = reference['perTimestep_at_4.94_-2.575'];
    assert.equal(published.length, steps);
    published.forEach((expected, t) => {
      assertRelative(Math.abs(dh[t] * h[t] * (1 - h[t])), expected, 1e-9, `step ${t + 1}`);
    });
  });

  for (const [name, clip] of [
    ['noClip', null],
    ['clip1', { norm: 1 }],
  ] as const) {
    it(`ends where gradient descent was published to end, ${name}`, () => {
      const published = reference['gd_from_5_-2.3_lr0.1_2000'][name];
      const { apply } = sgd({
        kind: 'sgd',
        momentum: 0,
        nesterov: false,
        weightDecay: 0,
        learningRate: 0.1,
        schedule: 'constant',
      });
      const values = Float64Array.of(5, -2.3);
      let steepest = 0;
      for (let i = 0; i < 2000; i++) {
        const { dw, db } = evaluate(learner, origin, values[0], values[1]);
        const gradient = Float64Array.of(dw, db);
        const norm = referenceKernels.norm(gradient, 0, 2);
        steepest = Math.max(steepest, norm);
        // The paper divides by ‖g‖ alone; PyTorch's rule, which is the engine's, adds 1e-6 to it.
        clipGradient(clip, referenceKernels, gradient, norm - 1e-6);
        apply({ values, gradient, slots: [], rate: 0.1, update: i });
      }
      const { error } = evaluate(learner, origin, values[0], values[1]);
      assertRelative(steepest, published.maxGradNorm, 1e-6, 'steepest slope');
      // Clipped, the descent bounces along the wall, which magnifies the last bits of every step.
      assertRelative(values[0], published.w, 1e-5, 'w');
      assertRelative(values[1], published.b, 1e-5, 'b');
      assertRelative(error, published.E, 2e-2, 'E');
    });
  }
});
