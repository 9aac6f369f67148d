import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import type { OpenPlace, PanelState } from '../../../src/protocol/panel';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { differingKeys, keyValues } from '../../../src/run/differences';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { cellHelp } from '../../../webview/notebook/cell/cellHelp';
import { openCellTitles } from '../../../webview/notebook/openCells';
import { emptyModel, type Model } from '../../../webview/store/model';
import { reduce } from '../../../webview/store/reducer';
import { restoreView, savedStateOf } from '../../../webview/store/savedView';
import { exampleLayout } from '../run/exampleRecords';

const info = { layout: exampleLayout, recordEvery: 1, batch: 4, folder: '/run' } as unknown as RunInfo;

const status = (updates: number, state: RunStatus['state'] = 'running') =>
  ({ updates, state, findings: [] }) as unknown as RunStatus;

const shown = (open: OpenPlace | undefined, now: RunStatus): PanelState => ({
  ...{ uri: 'file:///a.rnn.json', folder: undefined, title: 'a', startTime: '', fileName: 'a.rnn.json', entries: [] },
  ...{ selected: undefined, message: undefined },
  run: { info, status: now, series: new DisplaySeries(exampleLayout, 1).whole(), open },
});

const loaded = (open: OpenPlace | undefined, now: RunStatus, before: Model = emptyModel): Model =>
  reduce(before, { kind: 'runLoaded', state: shown(open, now) });
const told = (model: Model, now: RunStatus): Model =>
  reduce(model, { kind: 'statusChanged', status: now, entries: [] });

describe('The place where an experiment says that its panel opens', () => {
  it('is shown as soon as its update is trained, and once', () => {
    const before = loaded({ update: 2, cell: 'unrolled', step: 1, sequence: 3 }, status(0));
    assert.equal(before.view.selection, undefined);
    assert.equal(told(before, status(2)).view.selection, undefined);
    const there = told(before, status(3));
    assert.deepEqual(there.view.selection, { update: 2, t: 1 });
    assert.equal(there.view.sequence, 3);
    assert.equal(there.openCell, 'unrolled');
    const scrolled = reduce(there, { kind: 'cellOpened' });
    const left = reduce(scrolled, { kind: 'viewChanged', view: { selection: undefined } });
    const later = told(left, status(9));
    assert.equal(later.view.selection, undefined);
    assert.equal(later.openCell, undefined);
    // The page is made again when its tab was hidden.
    const restored = { ...emptyModel, view: restoreView(JSON.parse(JSON.stringify(savedStateOf(later)))) };
    assert.equal(loaded({ update: 2 }, status(9), restored).view.selection, undefined);
  });

  it('lies within the run: the last update, step and sequence stand for those beyond them', () => {
    const place = { update: 100, step: 100, sequence: 100 };
    assert.equal(loaded(place, status(50)).view.selection, undefined);
    const ended = loaded(place, status(50, 'stopped'));
    assert.deepEqual(ended.view.selection, { update: 49, t: exampleLayout.steps - 1 });
    assert.equal(ended.view.sequence, 3);
  });

  it('may be a cell alone; a run without one is shown at its newest update', () => {
    const cell = loaded({ cell: 'gradient' }, status(5));
    assert.deepEqual([cell.view.selection, cell.openCell], [undefined, 'gradient']);
    const none = loaded(undefined, status(5));
    assert.deepEqual([none.view.selection, none.openCell], [undefined, undefined]);
  });

  it('names cells of the notebook, each by one name', () => {
    const titles = Object.values(openCellTitles);
    assert.equal(new Set(titles).size, titles.length);
    // Cells of the comparison are no cells of a run.
    assert.deepEqual(
      [...titles].sort(),
      Object.keys(cellHelp)
        .filter((title) => !['Differences', 'Over seeds'].includes(title))
        .sort(),
    );
  });

  it('is no difference between two runs', () => {
    const experiment = (open: string) => {
      const parsed = parseExperiment(`{ "data": { "task": "adding" }, "model": { "cell": "rnn" }${open} }`);
      assert.ok(parsed.kind === 'experiment');
      const resolved = parsed.file.resolve();
      assert.ok(resolved.kind === 'resolved');
      return keyValues(resolved.experiment);
    };
    assert.deepEqual(differingKeys([experiment(''), experiment(', "open": { "update": 3 }')]), []);
  });
});
