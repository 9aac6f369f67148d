import assert from 'node:assert/strict';
import { lossSummary, type MeasuredLoss } from '../../../webview/notebook/loss/lossSummary';

const source = 'measured';
const baselines = [
  { name: 'mean', value: 1, source, heldOut: false },
  { name: 'persistence', value: 0.155, source, heldOut: false },
  { name: 'persistence, held out', value: 0.18, source, heldOut: true },
];
const measured: MeasuredLoss = {
  name: 'Squared error',
  loss: 0.1,
  batch: 'the last batch',
  validationLoss: undefined,
  lowest: undefined,
  baselines,
  isRunning: false,
};

describe('The summary of the loss', () => {
  it('compares a training loss with the baselines of the training part', () => {
    assert.equal(
      lossSummary(measured),
      'Squared error is 0.100 on the last batch. Below every baseline, the best being “persistence” (0.155).',
    );
    assert.match(
      lossSummary({ ...measured, loss: 0.17, isRunning: true }),
      /Below the baseline “mean” \(1\.00\), not yet below “persistence” \(0\.155\)\.$/,
    );
  });

  it('compares a held-out loss with a baseline of the held-out data, if there is one', () => {
    const held = { ...measured, validationLoss: 0.17, lowest: { value: 0.17, when: 'update 49' } };
    assert.equal(
      lossSummary(held),
      'Squared error is 0.100 on the last batch, 0.170 on held-out data. Below the baseline “persistence, held out” (0.180).',
    );
    assert.match(
      lossSummary({ ...held, baselines: baselines.slice(0, 2) }),
      /Below the baseline “mean” \(1\.00\), not below “persistence” \(0\.155\)\.$/,
    );
  });

  it('shows when a held-out loss was lowest, once it has risen again', () => {
    const lowest = { value: 0.14, when: 'updates 792–799' };
    assert.match(lossSummary({ ...measured, validationLoss: 0.15, lowest }), /0\.150 on held-out data\. Below/);
    assert.equal(
      lossSummary({ ...measured, validationLoss: 0.27, lowest }),
      'Squared error is 0.100 on the last batch, 0.270 on held-out data, where it was lowest (0.140) at updates 792–799. ' +
        'Not below the baseline “persistence, held out” (0.180).',
    );
  });
});
