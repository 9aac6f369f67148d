import assert from 'node:assert/strict';
import { formatNewest } from '../../../webview/comparison/formatNewest';

describe('What is said above compared curves', () => {
  const squared = { name: 'adding', value: 0.2, loss: 'squared error' };

  it('names the lowest and the highest of one loss', () => {
    assert.equal(
      formatNewest('training loss', [
        squared,
        { ...squared, name: 'sunspots', value: 0.1 },
        { ...squared, value: NaN },
      ]),
      'Of the newest values of the training loss, “sunspots” has the lowest, 0.100, and “adding” the highest, 0.200.',
    );
  });

  it('ranks no values of different losses', () => {
    const words = formatNewest('training loss', [squared, { name: 'sonnets', value: 3.06, loss: 'cross-entropy' }]);
    assert.match(words, /^These runs have different losses, squared error and cross-entropy: /);
    assert.doesNotMatch(words, /lowest|highest|sonnets/);
  });

  it('says so where there is none yet, or only one', () => {
    assert.match(formatNewest('training loss', [{ ...squared, value: NaN }]), /none has any yet/);
    assert.equal(formatNewest('training loss', [squared]), 'training loss: “adding” stands at 0.200.');
  });
});
