import assert from 'node:assert/strict';
import { keyValues } from '../../../src/run/differences';
import { seedGroups, type SeededRun } from '../../../src/run/seedGroups';

const run = (id: number, seed: number, hidden = 4, keys: Partial<SeededRun> = {}): SeededRun => ({
  id,
  name: 'adding',
  seed,
  values: keyValues({ seed, data: { task: 'adding' }, model: { cell: 'rnn', hidden } }),
  dataDigest: null,
  ...keys,
});

describe('Groups of seeds', () => {
  it('are the runs that differ in their seed only, in the order of the seeds', () => {
    const groups = seedGroups([run(0, 3), run(1, 1), run(2, 1, 8), run(3, 2, 8), run(4, 2, 16)]);
    assert.deepEqual(groups, [
      { name: 'adding, hidden 4', runs: [1, 0] },
      { name: 'adding, hidden 8', runs: [2, 3] },
    ]);
  });

  it('count one run of each seed', () => {
    assert.deepEqual(seedGroups([run(0, 1), run(1, 1), run(2, 2)]), [{ name: 'adding', runs: [0, 2] }]);
    assert.deepEqual(seedGroups([run(0, 1), run(1, 1)]), []);
  });

  it('have no runs on other data, and none whose experiment is not known yet', () => {
    assert.deepEqual(seedGroups([run(0, 1, 4, { dataDigest: 'a' }), run(1, 2, 4, { dataDigest: 'b' })]), []);
    assert.deepEqual(seedGroups([run(0, 1), run(1, 2, 4, { values: undefined })]), []);
  });
});
