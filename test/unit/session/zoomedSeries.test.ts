import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { panelRequests } from '../../../src/protocol/panel';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { ZoomedSeries } from '../../../src/protocol/panel';
import { pack, type RecordLayout, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const spike = 4321;
const encoder = new RecordEncoder(exampleLayout);

function recordOf(update: number, every: number): UpdateRecord {
  const record = exampleRecord(update, every);
  return update === spike ? { ...record, loss: 1e9, gradNorm: 1e12 } : record;
}

/** The message of updates `from … to`. */
function message(from: number, to: number, every = 1): Uint8Array {
  return encoder.encode(
    pack(
      exampleLayout,
      Array.from({ length: to - from }, (_, i) => recordOf(from + i, every)),
    ),
  );
}

/** A record file in batches of unequal sizes. */
function file(updates: number, every = 1): Buffer {
  const parts = [encoder.head()];
  for (let from = 0, n = 0; from < updates; n++) {
    const to = Math.min(updates, from + 1 + ((n * 137) % 700));
    parts.push(message(from, to, every));
    from = to;
  }
  return Buffer.concat(parts);
}

/** The columns of a series of exactly these updates. */
function expected(from: number, to: number, every = 1): ZoomedSeries {
  const series = new DisplaySeries(exampleLayout, every, from);
  const first = from - (from % every);
  const records = Array.from({ length: to - first }, (_, i) => recordOf(first + i, every));
  series.append(pack(exampleLayout, records));
  return { from, to, series: series.whole() };
}

describe('The zoomed series of a stored run', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-detail-'));
    path = join(folder, 'records.arrows');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const detailOf = (layout: RecordLayout = exampleLayout, recordEvery = 1): StoredZoomedSeries =>
    new StoredZoomedSeries(new FolderStorage(folder), { layout, recordEvery });

  it('has every update of a range of at most 2,048 as it was recorded', async () => {
    writeFileSync(path, file(10_000));
    const detail = detailOf();
    for (const [from, to] of [
      [0, 1],
      [0, 2048],
      [1, 5],
      [4000, 5000],
      [spike, spike + 1],
      [7001, 9049],
      [9999, 10_000],
    ] as const) {
      const answer = await detail.read({ from, to });
      assert.deepEqual(answer, expected(from, to));
      const { scalars } = answer?.series ?? {};
      assert.equal(scalars?.stride, 1);
      for (let update = from; update < to; update++) {
        const { loss, gradNorm } = recordOf(update, 1);
        assert.equal(scalars.columns['lossMax']?.[update - from], loss);
        assert.equal(scalars.columns['gradNorm']?.[update - from], gradNorm);
      }
    }
  });

  it('merges a longer range as little as possible, and keeps a spike of one update', async () => {
    writeFileSync(path, file(10_000));
    const answer = await detailOf().read({ from: 3000, to: 8000 });
    assert.deepEqual(answer, expected(3000, 8000));
    const { stride, columns } = answer?.series.scalars ?? {};
    assert.equal(stride, 4);
    assert.equal(columns?.['lossMax']?.[Math.floor((spike - 3000) / 4)], 1e9);
    assert.equal(columns['gradNorm']?.[Math.floor((spike - 3000) / 4)], 1e12);
  });

  it('shows at its start the gradient through time that was recorded before it', async () => {
    writeFileSync(path, file(5000, 3));
    const answer = await detailOf(exampleLayout, 3).read({ from: 1000, to: 3048 });
    assert.deepEqual(answer, expected(1000, 3048, 3));
    assert.equal(answer?.series.scalars.stride, 1);
    assert.equal(answer.series.scalars.columns['lossMax']?.[0], 1000.5);
    // Update 999, layer 0, step 0.
    assert.equal(answer.series.heat.columns['dh']?.[0], 1099);
  });

  it('ends with the last complete batch on disk, and includes later ones once they are complete', async () => {
    writeFileSync(path, Buffer.concat([encoder.head(), message(0, 600), message(600, 1000)]));
    const detail = detailOf();
    assert.deepEqual(await detail.read({ from: 500, to: 5000 }), expected(500, 1000));
    const next = message(1000, 1500);
    appendFileSync(path, next.subarray(0, 1000));
    assert.equal((await detail.read({ from: 500, to: 5000 }))?.to, 1000);
    appendFileSync(path, next.subarray(1000));
    assert.deepEqual(await detail.read({ from: 500, to: 5000 }), expected(500, 1500));
    assert.equal((await detail.read({ from: 6000, to: 7000 }))?.to, 6000);
  });

  it('reads a file again that was truncated and continued', async () => {
    const head = encoder.head();
    const first = message(0, 600);
    writeFileSync(path, Buffer.concat([head, first, message(600, 1000)]));
    const detail = detailOf();
    await detail.read({ from: 0, to: 1000 });
    truncateSync(path, head.length + first.length);
    assert.deepEqual(await detail.read({ from: 100, to: 1000 }), expected(100, 600));
    appendFileSync(path, message(600, 900));
    assert.deepEqual(await detail.read({ from: 100, to: 1000 }), expected(100, 900));
  });

  it('answers two simultaneous requests as it would two consecutive ones', async () => {
    writeFileSync(path, file(5000));
    const detail = detailOf();
    const [one, other] = await Promise.all([detail.read({ from: 10, to: 20 }), detail.read({ from: 4000, to: 4100 })]);
    assert.deepEqual([one, other], [expected(10, 20), expected(4000, 4100)]);
  });

  it('rejects records of another net, and files without records', async () => {
    writeFileSync(path, file(500));
    await assert.rejects(detailOf({ ...exampleLayout, steps: 9 }).read({ from: 0, to: 10 }), /belongs to another run/);
    writeFileSync(path, 'no records stand here');
    await assert.rejects(detailOf().read({ from: 0, to: 10 }), /holds no records/);
  });

  it('reads a damaged file up to the damage, or fails with a reason', async () => {
    const bytes = file(1500);
    for (let at = encoder.head().length; at < bytes.length; at += Math.ceil(bytes.length / 200)) {
      writeFileSync(path, Buffer.from(bytes).fill(0xff, at, Math.min(bytes.length, at + 40)));
      await detailOf()
        .read({ from: 0, to: 1500 })
        .then(
          (answer) => {
            assert.ok((answer?.to ?? 0) <= 1500);
          },
          (error: unknown) => {
            assert.ok(error instanceof Error && error.message !== '');
          },
        );
    }
  });

  it('is requested only for valid ranges', () => {
    assert.deepEqual(panelRequests.zoomedSeries.parse({ from: 3, to: 9 }), { from: 3, to: 9 });
    for (const [from, to] of [
      [NaN, 5],
      [0, NaN],
      [-1, 5],
      [5, 5],
      [9, 3],
      [0.5, 5],
      [0, Infinity],
      [0, 1e300],
      ['0', 5],
      [0, undefined],
    ]) {
      assert.throws(() => panelRequests.zoomedSeries.parse({ from, to }), `${String(from)} to ${String(to)}`);
    }
    assert.throws(() => panelRequests.zoomedSeries.parse(null));
  });
});
