import assert from 'node:assert/strict';
import type { OpenPlace, PanelState } from '../../../src/protocol/panel';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { emptyModel, type Model } from '../../../webview/store/model';
import { reduce } from '../../../webview/store/reducer';
import { exampleLayout } from '../run/exampleRecords';

const info = { layout: exampleLayout, recordEvery: 1, batch: 4, folder: '/run' } as unknown as RunInfo;

const statusAt = (updates: number, state: RunStatus['state'] = 'running') =>
  ({ updates, state, findings: [] }) as unknown as RunStatus;

/** The state of a panel whose experiment opens at update 1, with a place that a lesson requests. */
const shown = (status: RunStatus | undefined, place?: OpenPlace, selected?: string): PanelState => ({
  ...{ uri: 'file:///a.rnn.json', folder: undefined, title: 'a', startTime: '', fileName: 'a.rnn.json', entries: [] },
  ...{ selected, message: undefined, place },
  run: status && {
    info,
    status,
    series: new DisplaySeries(exampleLayout, 1).whole(),
    open: { update: 1, cell: 'loss' },
  },
});

const loaded = (before: Model, state: PanelState): Model => reduce(before, { kind: 'runLoaded', state });

describe('The place that a lesson requests', () => {
  it('is shown although the place of the experiment was, and its cell is marked', () => {
    const opened = loaded(emptyModel, shown(statusAt(9, 'finished')));
    assert.deepEqual(opened.view.selection, { update: 1, t: undefined });
    assert.equal(opened.markedCell, undefined);
    const there = loaded(opened, shown(statusAt(9, 'finished'), { update: 3, step: 2, cell: 'backward' }));
    assert.deepEqual(there.view.selection, { update: 3, t: 2 });
    assert.equal(there.openCell, 'backward');
    assert.equal(there.markedCell, 'backward');
    const next = loaded(there, shown(statusAt(9, 'finished'), { update: 3, cell: 'update' }));
    assert.equal(next.markedCell, 'update');
  });

  it('is waited for until the run has its update, and takes the place of the one in the experiment', () => {
    const requested = loaded(emptyModel, shown(undefined, { update: 3, cell: 'backward' }));
    const begun = loaded(requested, shown(statusAt(2)));
    assert.equal(begun.view.selection, undefined);
    assert.equal(begun.markedCell, undefined);
    const there = reduce(begun, { kind: 'statusChanged', status: statusAt(4), entries: [] });
    assert.deepEqual(there.view.selection, { update: 3, t: undefined });
    assert.equal(there.markedCell, 'backward');
    const later = reduce(there, { kind: 'statusChanged', status: statusAt(5), entries: [] });
    assert.deepEqual(later.view.selection, { update: 3, t: undefined });
    assert.equal(later.requestedPlace, undefined);
  });

  it('is left with its mark when another variant is shown', () => {
    const there = loaded(emptyModel, shown(statusAt(9, 'finished'), { update: 3, cell: 'backward' }));
    const other = loaded(there, shown(statusAt(9, 'finished'), undefined, 'other'));
    assert.equal(other.markedCell, undefined);
  });
});
