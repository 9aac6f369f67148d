import assert from 'node:assert/strict';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { pack } from '../../../src/run/records/recordBatch';
import { clippingTable, lossTable } from '../../../webview/notebook/trainingTables';
import { formatUpdates } from '../../../webview/notebook/loss/lossCurves';
import { zoomedSeriesRequest, seriesAt, visibleSeries } from '../../../webview/store/zoomedSeries';
import { standardView, type ShownZoomedSeries, type ShownRun } from '../../../webview/store/model';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

const updates = 20_000;

function seriesOf(from: number, to: number): DisplaySeries {
  const series = new DisplaySeries(exampleLayout, 1, from);
  const records = Array.from({ length: to - from }, (_, i) => exampleRecord(from + i));
  series.append(pack(exampleLayout, records));
  return series;
}

const whole = seriesOf(0, updates);
function runOf(
  detail?: ShownZoomedSeries,
  state: RunStatus['state'] = 'finished',
  folder: string | null = '/run',
): ShownRun {
  const facts = { layout: exampleLayout, recordEvery: 1, folder } as unknown as RunInfo;
  return { info: facts, status: { state, updates } as RunStatus, series: whole, version: 1, zoomed: detail };
}
const wantedIn = (run: ShownRun, from: number, to: number) =>
  zoomedSeriesRequest({ run, view: { ...standardView, range: [from, to] } });

describe('Full resolution in the pictures of training time', () => {
  it('is requested if the overview has fewer columns than fit, with a margin that costs no columns', () => {
    const request = wantedIn(runOf(), 5000.5, 6000.2);
    assert.deepEqual(request, { from: 4477, to: 6524 });
    assert.equal(whole.scalars.strideFor(request.to - request.from), 1);
    assert.deepEqual(wantedIn(runOf(), 10, 14), { from: 0, to: 270 });
    assert.equal(wantedIn(runOf(), 0, 19_000), undefined);
    assert.equal(zoomedSeriesRequest({ run: runOf(), view: standardView }), undefined);
  });

  it('is not requested again while it covers the visible range, and is requested before its end becomes visible', () => {
    const run = runOf({ series: seriesOf(4477, 6523), end: 6523 });
    assert.equal(wantedIn(run, 5000, 6000), undefined);
    assert.equal(wantedIn(run, 5100, 5200), undefined);
    assert.notEqual(wantedIn(run, 5500, 6500), undefined);
    assert.notEqual(wantedIn(runOf({ series: seriesOf(0, 8000), end: 8000 }), 5000, 6000), undefined);
  });

  it('is not requested if the run is not saved', () => {
    assert.equal(wantedIn(runOf(undefined, 'finished', null), 100, 200), undefined);
  });

  it('is also requested at the end of a live run, beyond the end of the visible range', () => {
    for (const state of ['running', 'paused'] as const) {
      assert.deepEqual(wantedIn(runOf(undefined, state), updates - 100, updates + 50), {
        from: updates - 356,
        to: updates + 306,
      });
    }
    assert.deepEqual(wantedIn(runOf(undefined, 'running'), 100, 200), { from: 0, to: 456 });
    // Updates that are not trained yet need space as well.
    assert.equal(wantedIn(runOf(undefined, 'running'), updates - 100, updates + 40_000), undefined);
    const grown = { series: seriesOf(updates - 356, updates), end: updates };
    assert.equal(wantedIn(runOf(grown, 'running'), updates - 100, updates + 50), undefined);
    assert.equal(visibleSeries(runOf(grown, 'running'), [updates - 100, updates + 50]), grown.series);
    // A run that another process trains has only the records on disk.
    assert.equal(wantedIn(runOf(undefined, 'elsewhere'), updates - 100, updates + 50)?.to, updates);
  });

  it('is drawn if it covers the visible range, and read for every update that it contains', () => {
    const series = seriesOf(4477, 6523);
    const run = runOf({ series, end: 6523 });
    assert.equal(visibleSeries(run, [5000, 6000]), series);
    assert.equal(visibleSeries(run, [4477, 6523]), series);
    assert.equal(visibleSeries(run, [4400, 5000]), whole);
    assert.equal(visibleSeries(run, [0, updates]), whole);
    assert.equal(seriesAt(run, 6522), series);
    assert.equal(seriesAt(run, 6523), whole);
    assert.equal(seriesAt(run, 4476), whole);
  });

  it('gives exact updates in texts and tables', () => {
    const series = seriesOf(4477, 6523);
    assert.equal(formatUpdates(series, series.scalars.columnAt(5000), updates), 'update 5,000');
    assert.equal(formatUpdates(whole, whole.scalars.columnAt(5000), updates), 'updates 4,992–5,007');
    assert.equal(formatUpdates(whole, whole.scalars.columnAt(updates), updates - 10), 'updates 19,984–19,989');
    assert.equal(formatUpdates(whole, whole.scalars.columnAt(updates), updates - 15), 'update 19,984');
    assert.deepEqual(lossTable(series).rows[523]?.slice(0, 2), [5000, 5000.5]);
    assert.deepEqual(clippingTable(series).rows[523]?.slice(0, 3), [5000, 5000.125, 2500]);
  });
});
