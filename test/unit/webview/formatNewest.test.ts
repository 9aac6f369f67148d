import assert from 'node:assert/strict';
import { formatNewest } from '../../../webview/comparison/formatNewest';

describe('The summary of compared curves', () => {
  const squared = { name: 'adding', value: 0.2, loss: 'squared error' };

  it('names the lowest and the highest of one loss', () => {
    assert.equal(
      formatNewest('training loss', [
        squared,
        { ...squared, name: 'sunspots', value: 0.1 },
        { ...squared, value: NaN },
      ]),
      'Latest training loss: “sunspots” has the lowest, 0.100, and “adding” the highest, 0.200.',
    );
  });

  it('does not rank what reads the same', () => {
    const values = [
      { ...squared, value: 0.10001 },
      { ...squared, value: 0.1 },
    ];
    assert.equal(formatNewest('training loss', values), 'Latest training loss: 0.100 in all runs.');
    assert.equal(
      formatNewest('training loss', [...values, { ...squared, value: NaN }]),
      'Latest training loss: 0.100 in the 2 runs that have it.',
    );
  });

  it('does not rank values of different losses', () => {
    const text = formatNewest('training loss', [squared, { name: 'sonnets', value: 3.06, loss: 'cross-entropy' }]);
    assert.match(text, /^These runs have different losses, squared error and cross-entropy, so /);
    assert.doesNotMatch(text, /lowest|highest|sonnets/);
  });

  it('reports that there is no value yet, or only one', () => {
    assert.match(formatNewest('training loss', [{ ...squared, value: NaN }]), /No values yet/);
    assert.equal(formatNewest('training loss', [squared]), 'training loss: “adding” has 0.200.');
  });
});
