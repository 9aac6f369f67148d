import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunHistory } from '../../../src/protocol/runHistory';
import type { Manifest } from '../../../src/run/manifest';
import { readOverview, writeOverview } from '../../../src/run/overview';
import { pack, type UpdateRecord } from '../../../src/run/recordBatch';
import { RecordEncoder } from '../../../src/run/recordEncoder';
import { readHistory } from '../../../src/session/recordHistory.node';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

const manifest = { facts: { layout: exampleLayout, recordEvery: 2 } } as unknown as Manifest;
const spike = 4321;

/** A record file of so many updates in batches of 500, with one spike; and the bytes after each batch. */
function records(updates: number) {
  const encoder = new RecordEncoder(exampleLayout);
  const parts = [encoder.head()];
  for (let from = 0; from < updates; from += 500) {
    const batch: UpdateRecord[] = Array.from({ length: Math.min(500, updates - from) }, (_, i) => {
      const record = exampleRecord(from + i, 2);
      return from + i === spike ? { ...record, loss: 1e9, gradNorm: 1e12 } : record;
    });
    parts.push(encoder.encode(pack(exampleLayout, batch)));
  }
  const ends = parts.reduce<number[]>((all, part) => [...all, (all.at(-1) ?? 0) + part.length], []);
  return { bytes: Buffer.concat(parts), ends };
}

describe('The history of a kept run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-history-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const path = (name: string): string => join(folder, name);
  const same = (one: RunHistory, other: RunHistory): void => {
    assert.deepEqual(one.numbers, other.numbers);
    assert.deepEqual(one.series.whole(), other.series.whole());
  };

  it('is the same from the overview and the records after it as from all records, a spike of one update included', async () => {
    const { bytes, ends } = records(9000);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(folder, manifest);
    assert.equal(all.numbers.updates, 9000);
    const { scalars } = all.series;
    assert.equal(scalars.stride, 8);
    assert.equal(scalars.column('lossMax', Math.floor(spike / 8))[0], 1e9);
    assert.equal(scalars.column('gradNorm', Math.floor(spike / 8))[0], 1e12);

    const half = await readHistory(folder, manifest, 5000);
    const recordBytes = ends[10];
    writeFileSync(
      path('overview.safetensors'),
      writeOverview({ recordBytes, numbers: half.numbers, tables: half.series.whole() }, exampleLayout),
    );
    // What the overview sums up need not be read: bytes that are no records stand there now.
    const damaged = Buffer.from(bytes).fill(0, ends[0], recordBytes);
    writeFileSync(path('records.arrows'), damaged);
    same(await readHistory(folder, manifest), all);
  });

  it('ends where it is asked to, whatever the overview has beyond that', async () => {
    const { bytes, ends } = records(3000);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(folder, manifest);
    writeFileSync(
      path('overview.safetensors'),
      writeOverview({ recordBytes: ends.at(-1) ?? 0, numbers: all.numbers, tables: all.series.whole() }, exampleLayout),
    );
    const part = await readHistory(folder, manifest, 1234);
    assert.equal(part.numbers.updates, 1234);
    rmSync(path('overview.safetensors'));
    same(await readHistory(folder, manifest, 1234), part);
  });

  it('is read from the records where the overview is damaged, or of more records than there are', async () => {
    const { bytes, ends } = records(1500);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(folder, manifest);
    const overview = writeOverview(
      { recordBytes: ends.at(-1) ?? 0, numbers: all.numbers, tables: all.series.whole() },
      exampleLayout,
    );
    for (let length = 0; length < overview.length; length += Math.ceil(overview.length / 50)) {
      writeFileSync(path('overview.safetensors'), overview.subarray(0, length));
      same(await readHistory(folder, manifest), all);
    }
    writeFileSync(path('overview.safetensors'), overview);
    truncateSync(path('records.arrows'), ends[2]);
    assert.equal((await readHistory(folder, manifest)).numbers.updates, 1000);
  });

  it('is refused where the records are of another net, or missing', async () => {
    writeFileSync(path('records.arrows'), records(500).bytes);
    const other = { facts: { layout: { ...exampleLayout, steps: 9 }, recordEvery: 2 } } as unknown as Manifest;
    await assert.rejects(readHistory(folder, other), /of another run/);
    rmSync(path('records.arrows'));
    await assert.rejects(readHistory(folder, manifest), /missing or empty/);
  });

  it('survives an overview as it was written, and none of another layout', async () => {
    writeFileSync(path('records.arrows'), records(1000).bytes);
    const { numbers, series } = await readHistory(folder, manifest);
    const bytes = writeOverview({ recordBytes: 7, numbers, tables: series.whole() }, exampleLayout);
    assert.deepEqual(readOverview(bytes, exampleLayout), { recordBytes: 7, numbers, tables: series.whole() });
    assert.equal(readOverview(bytes, { ...exampleLayout, steps: 5 }), undefined);
    assert.equal(readOverview(readFileSync(path('records.arrows')), exampleLayout), undefined);
  });
});
