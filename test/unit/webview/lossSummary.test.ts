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
};

describe('The summary of the loss', () => {
  it('compares a training loss with every baseline of the training part', () => {
    assert.equal(
      lossSummary(measured),
      'Squared error is 0.100 on the last batch. In training the loss is 90 % below “mean” (1.00) and 35 % below “persistence” (0.155).',
    );
    assert.match(
      lossSummary({ ...measured, loss: 0.17 }),
      /83 % below “mean” \(1\.00\) and 10 % above “persistence” \(0\.155\)\.$/,
    );
    assert.match(lossSummary({ ...measured, baselines: [] }), /on the last batch\.$/);
  });

  it('compares a held-out loss with the baselines on held-out data, and says which others are measured in training', () => {
    const held = { ...measured, validationLoss: 0.17, lowest: { value: 0.17, when: 'update 49' } };
    assert.equal(
      lossSummary(held),
      'Squared error is 0.100 on the last batch, 0.170 held out. ' +
        'On held-out data the loss is 83 % below “mean” (1.00, in training) and 6 % below “persistence” (0.180).',
    );
    assert.match(
      lossSummary({ ...held, baselines: baselines.slice(0, 2) }),
      /On held-out data the loss is 83 % below “mean” \(1\.00\) and 10 % above “persistence” \(0\.155\)\.$/,
    );
  });

  it('names multiples of a baseline, equal losses and a baseline of 0', () => {
    const against = (loss: number, value: number) =>
      lossSummary({ ...measured, loss, baselines: [{ name: 'b', value, source }] }).split('the loss is ')[1];
    assert.equal(against(0.0001, 1), 'more than 99 % below “b” (1.00).');
    assert.equal(against(1.002, 1), 'as high as “b” (1.00).');
    assert.equal(against(3.25, 1), '3.3 times “b” (1.00).');
    assert.equal(against(3e6, 1), '3.00e+6 times “b” (1.00).');
    assert.equal(against(1, 0), 'above “b” (0).');
    assert.equal(against(0, 0), 'as high as “b” (0).');
  });

  it('shows when a held-out loss was lowest, once it has risen again', () => {
    const lowest = { value: 0.14, when: 'updates 792–799' };
    assert.match(lossSummary({ ...measured, validationLoss: 0.15, lowest }), /0\.150 held out\. On held-out/);
    assert.match(
      lossSummary({ ...measured, validationLoss: 0.27, lowest }),
      /0\.270 held out, where it was lowest \(0\.140\) at updates 792–799\. .* and 50 % above “persistence” \(0\.180\)\.$/,
    );
  });
});
