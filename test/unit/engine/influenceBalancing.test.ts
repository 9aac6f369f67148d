import assert from 'node:assert/strict';
import type { Learner } from '../../../src/engine/learner';
import type { BpttSpec } from '../../../src/engine/spec';
import type { Window } from '../../../src/engine/recurrence/window';
import { analyticReference } from './analyticReference';
import { exampleLearner, parameter, update } from './exampleLearner';

// Tallec and Ollivier (2017): s_{t+1} = A s_t + θ·v with losses ½(s¹ − 1)². θ is one number behind a whole bias, so the
// engine's bias gradient is projected on v here, and the engine's own step is switched off by a rate of 0.
const reference = analyticReference.influenceBalancing;
const v = Float64Array.from({ length: reference.n }, (_, i) => (i < reference.positive ? 1 : -1));

function linearLearner(steps: number, bptt: BpttSpec = 'full'): Learner {
  const { n } = reference;
  const learner = exampleLearner({
    network: { cell: 'rnn', activation: 'identity', inputs: 1, hidden: n, layers: 1, outputs: 1 },
    loss: { kind: 'mse', reduction: 'sum' },
    bptt,
    steps,
    batch: 1,
  });
  learner.learningRate = 0;
  for (const { values } of learner.parameters.values()) values.fill(0);
  const a = parameter(learner, 'rnn.weight_hh_l0').values;
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 0.5;
    if (i + 1 < n) a[i * n + i + 1] = 0.5;
  }
  parameter(learner, 'head.weight').values[0] = 1;
  return learner;
}

function setTheta(learner: Learner, theta: number): void {
  parameter(learner, 'rnn.bias_ih_l0').values.set(v.map((sign) => theta * sign));
}

/** dL/dθ of the half square loss. */
function thetaGradient(learner: Learner): number {
  return Array.from(parameter(learner, 'rnn.bias_ih_l0').gradient).reduce((sum, g, i) => sum + (g * v[i]) / 2, 0);
}

function windowOf(steps: number, mask: (t: number) => boolean): Window {
  return {
    steps,
    batch: 1,
    inputs: { kind: 'dense', values: new Float64Array(steps) },
    targets: { kind: 'values', values: new Float64Array(steps).fill(1) },
    mask: Uint8Array.from({ length: steps }, (_, t) => (mask(t) ? 1 : 0)),
    reset: Uint8Array.of(0),
  };
}

const atTheEnd = (steps: number) => windowOf(steps, (t) => t === steps - 1);
const atEveryStep = (steps: number) => windowOf(steps, () => true);

/** Runs to the stationary state of θ without any loss. */
function settle(learner: Learner, steps: number): void {
  for (let done = 0; done < 3000; done += steps) {
    assert.equal(
      learner.step(
        windowOf(steps, () => false),
        { record: false },
      ).kind,
      'forwardOnly',
    );
  }
}

describe('influence balancing', () => {
  const lengths = Object.entries(reference.dS1_dTheta_truncatedTo_L).map(
    ([key, value]) => [Number(key), value] as const,
  );

  it('gives the published derivative for a gradient truncated after L steps', () => {
    for (const [length, expected] of lengths) {
      const learner = linearLearner(length);
      setTheta(learner, reference.theta0);
      settle(learner, length);
      const { loss } = update(learner, atTheEnd(length));
      const difference = -Math.sqrt(loss);
      assert.ok(Math.abs(loss / 2 - reference.loss0) < 1e-9, `loss ${loss}`);
      const derivative = thetaGradient(learner) / difference;
      assert.ok(Math.abs(derivative - expected) < 1e-8, `L = ${length}: ${derivative}, published ${expected}`);
    }
  });

  it('gives the same derivatives by truncating long windows', () => {
    for (const [length, expected] of lengths) {
      const learner = linearLearner(200, { forward: 200, backward: length });
      setTheta(learner, reference.theta0);
      settle(learner, 200);
      const { loss } = update(learner, atTheEnd(200));
      const derivative = thetaGradient(learner) / -Math.sqrt(loss);
      assert.ok(Math.abs(derivative - expected) < 1e-8, `L = ${length}: ${derivative}, published ${expected}`);
    }
  });

  it('gets the right sign at the published lengths', () => {
    const points = (length: number, windowFor: (steps: number) => Window) => {
      const learner = linearLearner(length);
      setTheta(learner, reference.theta0);
      settle(learner, length);
      update(learner, windowFor(length));
      // At θ₀ the state is too low and falls with θ: θ must fall, so the gradient must be positive.
      return thetaGradient(learner) > 0;
    };
    const atEnd = reference.firstCorrectSign_lossAtWindowEnd;
    assert.deepEqual([points(atEnd - 1, atTheEnd), points(atEnd, atTheEnd)], [false, true]);
    const everywhere = reference.firstCorrectSign_lossAtEveryStep;
    assert.deepEqual([points(everywhere - 1, atEveryStep), points(everywhere, atEveryStep)], [false, true]);
  });

  /** Descends on θ with windows of L steps and returns where it ends. */
  function descend(length: number, rate: number, windows: number): number {
    const learner = linearLearner(length);
    let theta = reference.theta0;
    setTheta(learner, theta);
    settle(learner, length);
    for (let i = 0; i < windows && Math.abs(theta) < 100; i++) {
      update(learner, atTheEnd(length));
      theta -= rate * thetaGradient(learner);
      setTheta(learner, theta);
    }
    return theta;
  }

  it('diverges when truncated after 10 steps and reaches θ = −1/6 when truncated after 50 or 100', () => {
    assert.ok(descend(10, 0.003, 1000) >= 100);
    for (const length of [50, 100]) {
      const theta = descend(length, 0.003, 1500);
      assert.ok(Math.abs(theta - reference.thetaStar) < 1e-6, `L = ${length} ends at ${theta}`);
    }
  });
});
