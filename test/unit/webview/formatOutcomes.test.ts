import assert from 'node:assert/strict';
import { formatOutcomes } from '../../../webview/comparison/formatOutcomes';

describe('The summary of compared curves', () => {
  const squared = { name: 'adding', value: 0.2, loss: 'squared error' };

  it('names the lowest and the highest of one loss', () => {
    assert.equal(
      formatOutcomes('training loss', [
        squared,
        { ...squared, name: 'sunspots', value: 0.1 },
        { ...squared, value: NaN },
      ]),
      'Median training loss of the last tenth of the updates: “sunspots” has the lowest, 0.100, and “adding” the highest, 0.200.',
    );
  });

  it('does not rank what reads the same', () => {
    const values = [
      { ...squared, value: 0.10001 },
      { ...squared, value: 0.1 },
    ];
    assert.equal(
      formatOutcomes('training loss', values),
      'Median training loss of the last tenth of the updates: 0.100 in all runs.',
    );
    assert.equal(
      formatOutcomes('training loss', [...values, { ...squared, value: NaN }]),
      'Median training loss of the last tenth of the updates: 0.100 in the 2 runs that have it.',
    );
  });

  it('does not rank values of different losses', () => {
    const text = formatOutcomes('training loss', [squared, { name: 'sonnets', value: 3.06, loss: 'cross-entropy' }]);
    assert.match(text, /^These runs have different losses, squared error and cross-entropy, so /);
    assert.doesNotMatch(text, /lowest|highest|sonnets/);
  });

  it('reports that there is no value yet, or only one', () => {
    assert.match(formatOutcomes('training loss', [{ ...squared, value: NaN }]), /No values yet/);
    assert.equal(
      formatOutcomes('training loss', [squared]),
      'Median training loss of the last tenth of the updates: “adding” has 0.200.',
    );
  });

  it('says of a validation the best value, and the last one where it differs', () => {
    const best = { ...squared, last: 0.5 };
    assert.equal(
      formatOutcomes('validation loss', [best, { ...squared, name: 'sunspots', value: 0.1, last: 0.1 }]),
      'Best validation loss: “sunspots” has the lowest, 0.100, and “adding” the highest, 0.200 (last 0.500).',
    );
  });
});
