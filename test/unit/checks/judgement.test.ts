import assert from 'node:assert/strict';
import { judge, type Judgement, type RunOutcome } from '../../../src/checks/judgement';
import type { Expectations } from '../../../src/experiment/schema/schema';

const outcome: RunOutcome = {
  state: 'finished',
  updates: 2000,
  message: undefined,
  measured: {
    updates: 2000,
    clipped: 246,
    loss: 0.25,
    validation: { updates: 2000, validationLoss: 0.1634 },
    accuracy: 0.875,
    best: { updates: 1200, validationLoss: 0.1512 },
    gradient: { update: 1999, first: 2e-6, lastStep: 49, last: 0.5 },
  },
  findings: [
    { code: 'clipAlways', level: 'warning', update: 60 },
    { code: 'clipNever', level: 'hint', update: 1999 },
  ],
  baselines: [
    { name: 'mean', value: 1, answer: 'constant' },
    { name: 'mean, held out', value: 1.23, heldOut: true, answer: 'constant' },
    { name: 'persistence', value: 0.1, answer: 'persistence' },
    { name: 'persistence, held out', value: 0.18, heldOut: true, answer: 'persistence' },
  ],
};

function judged(expect: Expectations, changes: Partial<RunOutcome> = {}): Judgement {
  const [only, ...others] = judge(expect, { ...outcome, ...changes });
  assert.ok(only !== undefined && others.length === 0);
  return only;
}

/** Asserts the verdict and the whole message. */
function says(expect: Expectations, verdict: Judgement['verdict'], message: string, changes?: Partial<RunOutcome>) {
  const result = judged(expect, changes);
  assert.deepEqual([result.verdict, result.message], [verdict, message]);
}

describe('The judgement of an expectation', () => {
  it('says the measured number, the limit and the update, whether it holds or not', () => {
    says({ loss: { below: 0.5 } }, 'met', 'The training loss of update 1,999 is 0.250, below 0.5 as expected.');
    says({ loss: { below: 0.2 } }, 'unmet', 'The training loss of update 1,999 is 0.250; it should be below 0.2.');
    says(
      { validationLoss: { below: 0.1634 } },
      'unmet',
      'The validation loss after 2,000 updates is 0.163; it should be below 0.1634.',
    );
    says(
      { bestValidationLoss: { above: 0.1, below: 0.152 } },
      'met',
      'The lowest validation loss, after 1,200 updates, is 0.151, above 0.1 and below 0.152 as expected.',
    );
    says(
      { accuracy: { atLeast: 0.875 } },
      'met',
      'The accuracy on held-out data after 2,000 updates is 0.875, at least 0.875 as expected.',
    );
    says(
      { clipped: { atMost: 0.1 } },
      'unmet',
      'The share of updates whose gradient was clipped, 246 of 2,000, is 0.123; it should be at most 0.1.',
    );
    says(
      { gradientAtStart: { atLeast: 1e-3 } },
      'unmet',
      'At update 1,999 the ratio of ‖∂L/∂h_0‖ = 2.00e-6 to ‖∂L/∂h_49‖ = 0.500 is 4.00e-6; it should be at least 0.001.',
    );
    const { expected, actual } = judged({ clipped: { atMost: 0.1 } });
    assert.deepEqual([expected, actual], ['at most 0.1', '0.123']);
  });

  it('never shows a number that looks like the limit it violates', () => {
    const measured = { ...outcome.measured, loss: 0.5000001 };
    says({ loss: { below: 0.5 } }, 'unmet', 'The training loss of update 1,999 is 0.5000001; it should be below 0.5.', {
      measured,
    });
  });

  it('does not hold for a number that is none', () => {
    for (const limits of [{ below: 1 }, { above: 0 }]) {
      assert.equal(judged({ loss: limits }, { measured: { ...outcome.measured, loss: NaN } }).verdict, 'unmet');
    }
  });

  it('compares the validation loss with the baseline on held-out data', () => {
    says(
      { betterThan: 'persistence' },
      'met',
      'The validation loss after 2,000 updates is 0.163, that of “persistence, held out” 0.180; it is lower, as expected.',
    );
    const baselines = [{ name: 'persistence, held out', value: 0.1634, heldOut: true, answer: 'persistence' as const }];
    assert.equal(judged({ betterThan: 'persistence' }, { baselines }).verdict, 'unmet', 'an equal loss is not better');
    says({ betterThan: 'persistence' }, 'unjudged', 'These data have no baseline "persistence".', { baselines: [] });
  });

  it('names the findings, with level and update', () => {
    says(
      { findings: 'none' },
      'unmet',
      'The run has 2 findings: clipAlways (warning, update 60), clipNever (hint, update 1,999); it should have none.',
    );
    says({ findings: 'none' }, 'met', 'The run has no findings, as expected.', { findings: [] });
    says(
      { findings: { absent: ['overfit'], present: ['clipAlways'] } },
      'met',
      'The run has none of the findings overfit, and 1 finding: clipAlways (warning, update 60), as expected.',
    );
    says(
      { findings: { absent: ['clipNever'], present: ['overfit', 'clipAlways'] } },
      'unmet',
      'The run has 1 finding: clipNever (hint, update 1,999), which it should not have. The run should have the findings overfit, but has not.',
    );
  });

  it('of a run that diverged is about its findings and the divergence only', () => {
    const diverged = { state: 'diverged', updates: 7, message: 'Diverged at update 7: h became Infinity.' };
    says({ diverges: true }, 'met', 'The run diverged after 7 updates, as expected.', diverged);
    says(
      { diverges: false },
      'unmet',
      'The run should not diverge. Diverged at update 7: h became Infinity.',
      diverged,
    );
    says({ diverges: false }, 'met', 'All values of the 2,000 updates were finite, as expected.');
    says({ diverges: true }, 'unmet', 'The run should diverge, but all values of its 2,000 updates were finite.');
    says({ loss: { below: 1 } }, 'unmet', 'The run diverged after 7 updates, so its end has no such number.', diverged);
    assert.equal(judged({ findings: { present: ['clipAlways'] } }, diverged).verdict, 'met');
  });

  it('does not exist for a run that was stopped, or without the number: it is never met silently', () => {
    const stopped = { state: 'stopped', updates: 7 };
    says({ diverges: false }, 'unjudged', 'The run was not trained to its end (stopped after 7 updates).', stopped);

    const { measured } = outcome;
    says({ accuracy: { atLeast: 0 } }, 'unjudged', 'No accuracy was measured after 2,000 updates.', {
      measured: { ...measured, accuracy: undefined },
    });
    says({ loss: { above: 0 } }, 'unjudged', 'The records of 5 updates of the run are missing.', {
      measured: { ...measured, updates: 1995 },
    });
    says({ validationLoss: { above: 0 } }, 'unjudged', 'No validation loss was measured after 2,000 updates.', {
      measured: { ...measured, validation: { updates: 1900, validationLoss: 1 } },
    });
    says(
      { gradientAtStart: { atLeast: 0 } },
      'unjudged',
      'The gradient of update 1,999 is 0 at every step, so there is no ratio.',
      {
        measured: { ...measured, gradient: { update: 1999, first: 0, lastStep: undefined, last: NaN } },
      },
    );
  });

  it('comes one for each key, in the order of the schema', () => {
    const keys = judge({ diverges: false, loss: { below: 1 }, findings: 'none' }, outcome).map(({ label }) => label);
    assert.deepEqual(keys, ['loss below 1', 'findings none', 'diverges false']);
    assert.deepEqual(judge(undefined, outcome), []);
  });
});
