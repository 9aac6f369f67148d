import assert from 'node:assert/strict';
import type { RunInfo, RunState, RunStatus } from '../../../src/protocol/run';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { comparisonOf, type RunToCompare } from '../../../src/share/comparedRuns';
import { recordComparison } from '../../../src/share/recordComparison';
import { exampleLayout } from '../run/exampleRecords';

interface Made {
  readonly name?: string;
  readonly variant?: string | null;
  readonly seed?: number;
  readonly cell?: string;
  readonly state?: RunState;
  readonly isRecorded?: boolean;
}

function made(id: number, made: Made): RunToCompare {
  const { name = 'Two cells', variant = null, seed, cell = 'rnn', state = 'finished', isRecorded = true } = made;
  const info = {
    folder: `/home/someone/secret/unroll-runs/run-${id}`,
    variant,
    seed: seed ?? 1,
    dataDigest: null,
    layout: exampleLayout,
    recordEvery: 1,
  } as unknown as RunInfo;
  return {
    id,
    name,
    experimentName: 'Two cells',
    file: 'a.rnn.json',
    seed,
    startTime: '',
    experiment: { model: { cell }, seed: seed ?? 1 },
    status: { state, findings: [], updates: 3, beforeFix: { folder: '/home/someone/secret' } } as unknown as RunStatus,
    data: isRecorded ? { info, series: new DisplaySeries(exampleLayout, 1).whole() } : undefined,
    problem: isRecorded ? undefined : 'The run in /home/someone/secret is gone.',
  };
}

describe('What is compared of runs', () => {
  it('names the experiment itself by what its variants change', () => {
    const { runs, keys, groups } = comparisonOf([
      made(0, {}),
      made(1, { name: 'gated', variant: 'gated', cell: 'gru' }),
    ]);
    assert.deepEqual(
      runs.map(({ name }) => name),
      ['Two cells, cell rnn', 'gated'],
    );
    assert.deepEqual([keys, groups], [['model.cell'], []]);
  });

  it('says a seed once in the name of a run of a group of seeds', () => {
    const { runs, groups } = comparisonOf([
      made(0, { name: 'seed 1', seed: 1 }),
      made(1, { name: 'seed 2', seed: 2 }),
      made(2, { name: 'gated, seed 1', variant: 'gated', seed: 1, cell: 'gru' }),
      made(3, { name: 'gated, seed 3', variant: 'gated', seed: 3, cell: 'gru' }),
    ]);
    assert.deepEqual(
      runs.map(({ name }) => name),
      ['seed 1, cell rnn', 'seed 2, cell rnn', 'gated, seed 1', 'gated, seed 3'],
    );
    assert.deepEqual(
      groups.map(({ runs: ids }) => ids),
      [
        [0, 1],
        [2, 3],
      ],
    );
  });
});

describe('A recorded comparison', () => {
  it('has no path of this machine, and no runs without records', () => {
    const recorded = recordComparison(
      comparisonOf([made(0, {}), made(1, { seed: 2 }), made(2, { name: 'gone', isRecorded: false })]),
    );
    assert.equal(recorded.kind, 'recorded');
    const { state, leftOut } = recorded.kind === 'recorded' ? recorded : assert.fail();
    assert.doesNotMatch(JSON.stringify(state), /someone/);
    assert.deepEqual([state.runs.length, state.subjects.length, leftOut], [2, 0, ['gone']]);
    assert.match(state.note ?? '', /^This file compares 2 runs\./);
  });

  it('is refused while a run trains, here or elsewhere, and without any records', () => {
    for (const state of ['waiting', 'preparing', 'running', 'paused', 'elsewhere'] as const) {
      const refused = recordComparison(comparisonOf([made(0, {}), made(1, { name: 'slow', state })]));
      assert.match(refused.kind === 'refused' ? refused.reason : '', /^“slow” is training\./, state);
    }
    const none = recordComparison(comparisonOf([made(0, { isRecorded: false })]));
    assert.match(none.kind === 'refused' ? none.reason : '', /^None of these runs has records/);
  });
});
