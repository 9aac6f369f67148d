import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../../src/protocol/panel';
import { pack, type RecordBatch } from '../../../src/run/records/recordBatch';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { LiveZoomedSeries } from '../../../src/session/live/liveZoomedSeries';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const encoder = new RecordEncoder(exampleLayout);
const batchOf = (from: number, to: number): RecordBatch =>
  pack(
    exampleLayout,
    Array.from({ length: to - from }, (_, i) => exampleRecord(from + i)),
  );

/** A live run: it sends published records to listeners, and unwritten records on request. */
class TrainingRun {
  readonly #listeners = new Set<(batch: RecordBatch) => void>();
  #unwritten: RecordBatch[] = [];
  #updates = 0;

  constructor(readonly path: string) {
    writeFileSync(path, encoder.head());
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  readonly onDidAppend = (listener: (batch: RecordBatch) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };

  unwritten(from: number): Promise<readonly RecordBatch[]> {
    return Promise.resolve(this.#unwritten.filter(({ update, count }) => update[0] + count > from));
  }

  train(updates: number): void {
    const batch = batchOf(this.#updates, this.#updates + updates);
    this.#updates += updates;
    this.#unwritten.push(batch);
    for (const listener of this.#listeners) listener(batch);
  }

  flush(): void {
    for (const batch of this.#unwritten.splice(0)) appendFileSync(this.path, encoder.encode(batch));
  }
}

describe('The zoomed series of a live run', () => {
  let folder: string;
  let run: TrainingRun;
  let records: StoredZoomedSeries;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-live-'));
    run = new TrainingRun(join(folder, 'records.arrows'));
    records = new StoredZoomedSeries(new FolderStorage(folder), { layout: exampleLayout, recordEvery: 1 });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const following = (request: ZoomedSeriesRequest): LiveZoomedSeries =>
    new LiveZoomedSeries(run, { layout: exampleLayout, recordEvery: 1 }, request);
  /** The series of a page after a reply and the records that were added since. */
  const shown = (answer: ZoomedSeries, ...gained: readonly (ZoomedSeries | undefined)[]) => {
    const series = new DisplaySeries(exampleLayout, 1, answer.from);
    for (const part of [answer, ...gained]) if (part !== undefined) series.write(part.series);
    return series.whole();
  };
  const expected = (from: number, to: number) => {
    const series = new DisplaySeries(exampleLayout, 1, from);
    series.append(batchOf(from, to));
    return series.whole();
  };

  it('has every update up to the newest, on disk or not, and those that arrive while it is read', async () => {
    run.train(3000);
    run.flush();
    run.train(700);
    run.train(300);
    const live = following({ from: 2500, to: 4500 });
    const read = live.read({
      read: async (request) => {
        // Between the request to the trainer and reading the disk, some updates are trained and some are written.
        run.train(40);
        run.flush();
        run.train(60);
        return records.read(request);
      },
    });
    const answer = await read;
    assert.equal(answer?.to, 4100);
    assert.deepEqual(shown(answer), expected(2500, 4100));
    assert.equal(live.grown(), undefined);
    live.dispose();
  });

  it('gets every new update exactly once, up to the end of the request', async () => {
    run.train(1000);
    const live = following({ from: 900, to: 1500 });
    const answer = await live.read(records);
    assert.ok(answer !== undefined);
    assert.equal(answer.to, 1000);
    run.train(3);
    const first = live.grown();
    run.train(200);
    run.flush();
    run.train(1);
    const second = live.grown();
    assert.deepEqual([first?.to, second?.to, live.grown()], [1003, 1204, undefined]);
    assert.deepEqual(shown(answer, first, second), expected(900, 1204));
    assert.equal(run.listeners, 1);
    run.train(400);
    const last = live.grown();
    assert.equal(last?.to, 1500);
    assert.equal(run.listeners, 0, 'it has let go of the run');
    assert.deepEqual(shown(answer, first, second, last), expected(900, 1500));
    run.train(100_000);
    assert.equal(live.grown(), undefined);
  });

  it('stays exact, wherever the arriving batches end', async () => {
    run.train(1000);
    const live = following({ from: 500, to: 2548 });
    const answer = await live.read(records);
    assert.ok(answer !== undefined);
    run.train(1500);
    run.train(1500);
    const last = live.grown();
    assert.equal(last?.series.scalars.stride, 1);
    assert.deepEqual(shown(answer, last), expected(500, 2548));
  });

  it('works before anything is on disk, and before anything is trained', async () => {
    run.train(50);
    const live = following({ from: 20, to: 100 });
    const answer = await live.read(records);
    assert.ok(answer !== undefined);
    assert.deepEqual(shown(answer), expected(20, 50));
    live.dispose();
    const ahead = following({ from: 60, to: 100 });
    const none = await ahead.read(records);
    assert.equal(none?.to, 60);
    run.train(30);
    assert.deepEqual(shown(none, ahead.grown()), expected(60, 80));
    ahead.dispose();
    assert.equal(run.listeners, 0);
  });
});
