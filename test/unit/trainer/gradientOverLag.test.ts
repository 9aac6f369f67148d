import assert from 'node:assert/strict';
import { openKernels } from '../../../src/engine/kernels/open';
import { gradientOverLag } from '../../../src/trainer/training/gradientOverLag';
import { sequenceOf, type Window } from '../../../src/engine/recurrence/window';
import { Learner } from '../../../src/engine/learner';
import { exampleTraining } from './exampleTraining';

describe('The gradient that a lag leaves', () => {
  for (const cell of ['rnn', 'lstm', 'gru']) {
    it(`${cell}: is the median over the losses, each backpropagated in a window in which it is the only one`, () => {
      const { setup } = exampleTraining({
        data: { task: 'echo', lags: [1, 2], length: 12 },
        loss: undefined,
        model: { cell, hidden: 5 },
        clip: null,
        training: { steps: 3, batch: 2 },
      });
      const [batch] = setup.source.validation();
      assert.ok(batch !== undefined);
      const whole = sequenceOf(batch, 0);
      const lag = 7;
      const shares: number[][] = [[], []];
      for (let t = lag; t < whole.steps; t++) {
        const alone: Window = { ...whole, mask: whole.mask.map((value, step) => (step === t ? value : 0)) };
        const learner = new Learner({
          ...setup.options,
          kernels: openKernels('reference'),
          steps: whole.steps,
          batch: 1,
          shards: 1,
        });
        for (const [name, { values }] of setup.learner.parameters) learner.load(name, values);
        const outcome = learner.step(alone, { record: true });
        assert.ok(outcome.kind === 'updated');
        const layer = outcome.record?.layers.at(-1);
        for (const [i, norms] of [layer?.dh, layer?.dc].entries()) {
          if (norms !== undefined) shares[i]?.push((norms[t - lag] ?? NaN) / (norms[t] ?? NaN));
        }
      }
      const medians = shares.filter(({ length }) => length > 0).map(medianOf);
      const share = gradientOverLag(setup, lag) ?? NaN;
      assert.ok(Math.abs(share / Math.max(...medians) - 1) < 1e-4, `${share}, ${String(medians)}`);
      assert.equal(gradientOverLag(setup, whole.steps), undefined, 'no loss has such a step');
    });
  }
});

/** The middle value, or the mean of the two in the middle. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}
