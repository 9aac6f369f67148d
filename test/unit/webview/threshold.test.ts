import assert from 'node:assert/strict';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { clippedShare, thresholdRange } from '../../../webview/notebook/clipping/thresholdView';
import type { ShownRun } from '../../../webview/store/model';
import { pack } from '../../../src/run/records/recordBatch';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

/** A run whose n-th update had a norm of n + 1. */
function runOf(updates: number): ShownRun {
  const series = new DisplaySeries(exampleLayout, 1);
  const records = Array.from({ length: updates }, (_, n) => ({ ...exampleRecord(n), gradNorm: n + 1 }));
  series.append(pack(exampleLayout, records));
  return { series } as ShownRun;
}

describe('A trial threshold', () => {
  it('clips exactly the updates above it while every update has its own column', () => {
    assert.deepEqual(clippedShare(runOf(100), 80), [0.2, 0.2]);
    assert.deepEqual(clippedShare(runOf(100), 100), [0, 0]);
    assert.deepEqual(clippedShare(runOf(100), 0.5), [1, 1]);
  });

  it('can be that of the run itself, also where no norm comes near it', () => {
    const clippedAt = (threshold: number) =>
      ({ ...runOf(100), info: { clip: { kind: 'norm', threshold } } }) as unknown as ShownRun;
    assert.deepEqual(thresholdRange(clippedAt(500)), [1, 500]);
    assert.deepEqual(thresholdRange(clippedAt(0.25)), [0.25, 101]);
    assert.deepEqual(thresholdRange(clippedAt(50)), [1, 101]);
  });

  it('gives bounds of the clipped share if a column covers several updates', () => {
    const updates = 4096 * 4;
    const run = runOf(updates);
    assert.equal(run.series.scalars.stride, 8);
    const [least, most] = clippedShare(run, updates / 4 + 3);
    const truth = (updates - updates / 4 - 3) / updates;
    assert.ok(least <= truth && truth <= most && most - least < 0.001, `${least} ${truth} ${most}`);
  });
});
