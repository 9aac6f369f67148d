import assert from 'node:assert/strict';
import { isLikely, nearestName } from '../../../src/experiment/nearestName';

describe('The name that is most likely meant', () => {
  const columns = ['date', 'precipitation', 'temp_max', 'temp_min', 'wind'];

  it('is one that was cut short, however many letters are missing', () => {
    assert.equal(nearestName('precip', columns), 'precipitation');
    assert.equal(nearestName('TEMP', columns), 'temp_max');
    assert.equal(nearestName('min', columns), 'temp_min');
  });

  it('is otherwise the one of the fewest changed letters', () => {
    assert.equal(nearestName('wnid', columns), 'wind');
    assert.equal(nearestName('', columns), 'date');
  });

  it('is not offered where hardly a letter agrees', () => {
    assert.equal(isLikely('precip', 'precipitation'), true);
    assert.equal(isLikely('wnid', 'wind'), true);
    assert.equal(isLikely('temp_mix', 'temp_min'), true);
    assert.equal(isLikely('foo', 'GRU'), false);
    assert.equal(isLikely('', 'date'), false);
  });
});
