import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import { changedKeys } from '../../../src/session/changedKeys';
import { mergeSeeds } from '../../../src/editor/findings/mergeSeeds';
import { formatSeedRuns } from '../../../src/editor/seedLens';
import type { RunStatus } from '../../../src/protocol/run';

describe('The lens of an experiment with several seeds', () => {
  const run = (state: RunStatus['state'], loss?: number) => ({ status: { state, loss } as unknown as RunStatus });

  it('counts the runs by state, with the median and range of the finished ones', () => {
    assert.equal(
      formatSeedRuns([run('finished', 1), run('diverged', 50), run('finished', 2), run('running', 9)], 5),
      '5 seeds: 2 finished, 1 diverged, 1 training, 1 not trained · median loss 1.50 (1.00 to 2.00, n = 2)',
    );
    assert.equal(formatSeedRuns([run('waiting')], 1), '1 seed: 1 waiting');
  });
});

describe('Findings of several seeds', () => {
  const found = (code: string, seed: number | undefined, variant?: string, key = 'clip') => ({
    finding: { code, keyPath: [key] },
    session: { variant, seed },
  });
  const shown = (all: readonly ReturnType<typeof found>[]) =>
    mergeSeeds(all).map(({ finding, session, seeds }) => [finding.code, session.variant, session.seed, seeds]);

  it('are shown once per rule, key and variant, with the seeds that have them', () => {
    assert.deepEqual(
      shown([found('a', 1), found('b', 1), found('a', 2), found('a', 2, 'v'), found('a', 3, undefined, 'bptt')]),
      [
        ['a', undefined, 1, [1, 2]],
        ['b', undefined, 1, [1]],
        ['a', 'v', 2, [2]],
        ['a', undefined, 3, [3]],
      ],
    );
  });

  it('stay as they are for runs of one seed', () => {
    assert.equal(shown([found('a', undefined), found('a', undefined)]).length, 2);
  });
});

describe('The keys that have changed since a run of several seeds', () => {
  const changed = (seed: number, now: string) => {
    const fileOf = (keys: string) => {
      const parsed = parseExperiment(`{ "data": { "task": "adding" }, "model": { "cell": "rnn" }, ${keys} }`);
      return parsed.kind === 'experiment' ? parsed.file : assert.fail(JSON.stringify(parsed));
    };
    const run = fileOf(`"seed": ${seed}`).resolve();
    assert.ok(run.kind === 'resolved');
    return changedKeys({ experiment: run.experiment, variant: undefined, info: undefined }, fileOf(now));
  };

  it('do not include the seed, as long as it is one of the file', () => {
    assert.deepEqual(changed(3, '"seeds": [1, 2, 3]'), []);
    assert.deepEqual(changed(3, '"seeds": [3, 4], "clip": { "norm": 1 }'), ['clip', 'clip.norm']);
    assert.deepEqual(changed(3, '"seeds": [1, 2]'), ['seed']);
    assert.deepEqual(changed(3, '"seed": 4'), ['seed']);
  });
});
