import assert from 'node:assert/strict';
import { isLikely, nearestName } from '../../../src/experiment/problems/nearestName';

describe('The name that is most likely meant', () => {
  const columns = ['date', 'precipitation', 'temp_max', 'temp_min', 'wind'];

  it('is an abbreviated one, however many letters are missing', () => {
    assert.equal(nearestName('precip', columns), 'precipitation');
    assert.equal(nearestName('TEMP', columns), 'temp_max');
    assert.equal(nearestName('min', columns), 'temp_min');
  });

  it('is otherwise the one with the smallest edit distance', () => {
    assert.equal(nearestName('wnid', columns), 'wind');
    assert.equal(nearestName('', columns), 'date');
  });

  it('is not suggested if few letters agree', () => {
    assert.equal(isLikely('precip', 'precipitation'), true);
    assert.equal(isLikely('wnid', 'wind'), true);
    assert.equal(isLikely('temp_mix', 'temp_min'), true);
    assert.equal(isLikely('foo', 'GRU'), false);
    assert.equal(isLikely('', 'date'), false);
  });
});
