import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { GradientTerms } from '../../../src/engine/instruments/chainRuleTerms';
import type { BpttSpec, ClipSpec } from '../../../src/engine/spec';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import { exampleLearner, randomWindow, relativeDistance, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const truncations: readonly (readonly [string, BpttSpec, number])[] = [
  ['full', 'full', 12],
  ['windows of 4 steps, 2 back', { forward: 4, backward: 2 }, 4],
  ['windows of 4 steps, 9 back', { forward: 4, backward: 9 }, 4],
];
const clips: readonly ClipSpec[] = [null, { hidden: 0.05 }];

/** The result of a computation that pauses. */
function done<Result>(work: Generator<undefined, Result>): Result {
  let rest = work.next();
  while (rest.done !== true) rest = work.next();
  return rest.value;
}

describe('the terms of ∂L/∂W', () => {
  for (const kernels of testedKernels) {
    for (const { name: cell } of cells) {
      for (const [name, bptt, steps] of truncations) {
        for (const clip of clips) {
          for (const inputs of ['dense', 'oneHot'] as const) {
            it(`${kernels.name}: ${cell}, ${name}, ${inputs}${clip === null ? '' : ', hidden clipping'}: add up to the gradient of every parameter`, () => {
              const network = smallNetwork(cell, { layers: 2 });
              const learner = exampleLearner({ kernels: kernels.open(), network, inputs, bptt, clip, steps });
              const whole = randomWindow({ network, loss: 'mse', steps: 12, inputs, mask: (t) => t % 3 !== 1 });
              // The last window of several has carried states and, if the gradient reaches back, stored steps.
              const windows = [...windowsOf(whole, steps)];
              const { capture } =
                windows.map((window) => update(learner, window, { record: false, capture: true })).at(-1) ?? {};
              assert.ok(capture !== undefined);
              for (const parameter of learner.parameters.keys()) {
                const terms = new GradientTerms(capture, parameter);
                const { sum, sumNorm, share } = done(terms.perStep());
                const error = terms.relativeError(sum);
                assert.ok(error < kernels.within(1e-13, 2e-6), `${parameter}: ${error}`);
                assert.ok(Math.abs(sumNorm[0] - terms.gradientNorm) < kernels.within(1e-13, 2e-6) * terms.gradientNorm);
                assert.ok(Math.abs(share.reduce((a, b) => a + b) - 1) < kernels.within(1e-12, 1e-5));
              }
            });
          }
        }
      }
    }
  }

  it('also add up if the batch is split into shards', () => {
    const network = smallNetwork('lstm', { layers: 2 });
    for (const kernels of testedKernels) {
      const learner = exampleLearner({ kernels: kernels.open(), network, shards: 3 });
      const { capture } = update(learner, randomWindow({ network, loss: 'mse' }), { record: false, capture: true });
      assert.ok(capture !== undefined);
      for (const parameter of learner.parameters.keys()) {
        const terms = new GradientTerms(capture, parameter);
        assert.ok(terms.relativeError(done(terms.perStep()).sum) < kernels.within(1e-13, 2e-6), parameter);
      }
    }
  });

  it('add up over the sequences of a batch to the term of the batch', () => {
    const network = smallNetwork('gru');
    const { capture } = update(exampleLearner({ network }), randomWindow({ network, loss: 'mse' }), {
      record: false,
      capture: true,
    });
    assert.ok(capture !== undefined);
    const terms = new GradientTerms(capture, 'rnn.weight_hh_l0');
    const sum = done(terms.sumFrom(3, 0));
    for (const sequence of [1, 2]) done(terms.sumFrom(3, sequence)).forEach((value, i) => (sum[i] += value));
    assert.ok(relativeDistance(sum, done(terms.sumFrom(3))) < 1e-14);
  });

  it('are the outer product of δ_t and the state before it', () => {
    const network = smallNetwork('rnn', { inputs: 1, hidden: 2, outputs: 1 });
    const window = randomWindow({ network, loss: 'mse', steps: 3, batch: 1 });
    const { capture } = update(exampleLearner({ network, batch: 1, steps: 3 }), window, {
      record: false,
      capture: true,
    });
    assert.ok(capture !== undefined);
    const terms = new GradientTerms(capture, 'rnn.weight_hh_l0');
    const [delta, before] = [terms.delta(2, 0), terms.source(2, 0)];
    assert.deepEqual([...before], [...(capture.tensors.get('h_l0')?.data.subarray(2, 4) ?? [])]);
    const expected = [delta[0] * before[0], delta[0] * before[1], delta[1] * before[0], delta[1] * before[1]];
    assert.deepEqual([...done(terms.sumFrom(2))], expected);
    assert.deepEqual([...terms.source(0, 0)], [0, 0], 'nothing lies before the first step');
  });

  it('report a missing tensor by name', () => {
    const network = smallNetwork('rnn');
    const { capture } = update(exampleLearner({ network }), randomWindow({ network, loss: 'mse' }), {
      record: false,
      capture: true,
    });
    assert.ok(capture !== undefined);
    assert.throws(() => new GradientTerms(capture, 'rnn.weight_hh_l7'), /no tensor "grad\/rnn\.weight_hh_l7"/);
  });
});
