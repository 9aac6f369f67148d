import assert from 'node:assert/strict';
import { newRunFolder } from '../../../src/run/storage/runFolder';

describe('The folder of a new run', () => {
  const moment = new Date('2026-01-02T03:04:05.678Z');
  const nameOf = (experiment: string, variant?: string): string =>
    newRunFolder(experiment, variant, moment).split('/').at(-1) ?? '';

  it('is named after the experiment, its variant and the time', () => {
    assert.equal(
      newRunFolder('/home/me/adding.rnn.json', 'no clipping', moment),
      '/home/me/unroll-runs/adding--no-clipping--20260102-030405-678',
    );
  });

  it('is named after the seed of a run that is one of a group', () => {
    assert.equal(
      newRunFolder('/home/me/adding.rnn.json', 'no clipping', moment, '/runs', 7),
      '/runs/adding--no-clipping--seed-7--20260102-030405-678',
    );
  });

  it('has a name that is valid in every file system, whatever the names of experiment and variant', () => {
    const long = '界🎲é'.repeat(60);
    const name = nameOf(`/w/${long}.rnn.json`, long);
    assert.ok(new TextEncoder().encode(name).length <= 255, name);
    assert.match(name, /^[\p{L}\p{N}-]+$/u);
    assert.match(nameOf('/w/x.rnn.json', '../🎲/..'), /^x--run--2026/);
  });
});
