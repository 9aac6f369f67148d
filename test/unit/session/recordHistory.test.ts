import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunHistory } from '../../../src/run/series/runHistory';
import type { Manifest } from '../../../src/run/manifest';
import { readOverview, writeOverview } from '../../../src/run/overview';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import type { DiagnoseRequest } from '../../../src/protocol/storedRun';
import { GrowingHistory } from '../../../src/session/stored/growingHistory';
import { diagnoseRecorded } from '../../../src/trainer/storage/measureRun';
import { answerHistory, readHistory } from '../../../src/trainer/storage/recordHistory';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const manifest = { facts: { layout: exampleLayout, recordEvery: 2 } } as unknown as Manifest;
const spike = 4321;

/** A record file in batches of 500 updates, with one spike; and the bytes after each batch. */
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

describe('The history of a stored run', () => {
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

  it('is the same from the overview and later records as from all records, including a spike of one update', async () => {
    const { bytes, ends } = records(9000);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(new FolderStorage(folder), manifest);
    assert.equal(all.numbers.updates, 9000);
    const { scalars } = all.series;
    assert.equal(scalars.stride, 8);
    assert.equal(scalars.column('lossMax', Math.floor(spike / 8))[0], 1e9);
    assert.equal(scalars.column('gradNorm', Math.floor(spike / 8))[0], 1e12);

    const half = await readHistory(new FolderStorage(folder), manifest, 5000);
    const recordBytes = ends[10];
    writeFileSync(
      path('overview.safetensors'),
      writeOverview({ recordBytes, numbers: half.numbers, tables: half.series.whole() }, exampleLayout),
    );
    // The records that the overview covers need not be read: they are replaced by other bytes.
    const damaged = Buffer.from(bytes).fill(0, ends[0], recordBytes);
    writeFileSync(path('records.arrows'), damaged);
    same(await readHistory(new FolderStorage(folder), manifest), all);
  });

  it('of growing records is read incrementally, and completely when they were replaced', async () => {
    const { bytes, ends } = records(9000);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(new FolderStorage(folder), manifest);
    const [head = 0, , , beforeLast = 0, last = 0] = ends;
    const growing = new GrowingHistory(
      (request) => answerHistory(new FolderStorage(request.folder), request),
      (request) => diagnoseRecorded(new FolderStorage(request.folder), request.info),
    );
    writeFileSync(path('records.arrows'), bytes.subarray(0, last + 100));
    const history = await growing.read(folder, manifest);
    assert.equal(history.numbers.updates, 2000);
    assert.equal(await growing.read(folder, manifest), history);
    assert.equal(history.numbers.updates, 2000);
    // Batches before the last read one need not exist any more.
    writeFileSync(path('records.arrows'), Buffer.from(bytes).fill(0, head, beforeLast));
    const histories = await Promise.all([growing.read(folder, manifest), growing.read(folder, manifest)]);
    for (const read of histories) assert.equal(read, history);
    same(history, all);
    // Resumed from an earlier checkpoint, it has other batches at the same offset.
    const encoder = new RecordEncoder(exampleLayout);
    const others = [0, 700, 1400].map((from) =>
      encoder.encode(
        pack(
          exampleLayout,
          Array.from({ length: 700 }, (_, i) => exampleRecord(from + i, 2)),
        ),
      ),
    );
    writeFileSync(path('records.arrows'), Buffer.concat([encoder.head(), ...others, Buffer.from(bytes)]));
    const anew = await growing.read(folder, manifest);
    assert.notEqual(anew, history);
    assert.equal(anew.numbers.updates, 2100);
    writeFileSync(path('records.arrows'), '');
    await assert.rejects(growing.read(folder, manifest), /is empty/);
    writeFileSync(path('records.arrows'), bytes);
    same(await growing.read(folder, manifest), all);
  });

  it('of a run that another program records is diagnosed again once it has grown by a fifth, and at its end', async () => {
    const asked: number[] = [];
    let updates = 100;
    const growing = new GrowingHistory(
      (request) => answerHistory(new FolderStorage(request.folder), request),
      () => {
        asked.push(updates);
        return Promise.resolve([]);
      },
    );
    const request = { folder } as DiagnoseRequest;
    for (updates of [100, 100, 119, 120, 130, 144]) await growing.recordedFindings(request, updates, true);
    assert.deepEqual(asked, [100, 120, 144]);
    updates = 145;
    await growing.recordedFindings(request, updates, false);
    await growing.recordedFindings(request, updates, false);
    assert.deepEqual(asked, [100, 120, 144, 145]);
  });

  it('ends at the requested update, even if the overview extends beyond it', async () => {
    const { bytes, ends } = records(3000);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(new FolderStorage(folder), manifest);
    writeFileSync(
      path('overview.safetensors'),
      writeOverview({ recordBytes: ends.at(-1) ?? 0, numbers: all.numbers, tables: all.series.whole() }, exampleLayout),
    );
    const part = await readHistory(new FolderStorage(folder), manifest, 1234);
    assert.equal(part.numbers.updates, 1234);
    rmSync(path('overview.safetensors'));
    same(await readHistory(new FolderStorage(folder), manifest, 1234), part);
  });

  it('is read from the records if the overview is damaged, or covers more records than exist', async () => {
    const { bytes, ends } = records(1500);
    writeFileSync(path('records.arrows'), bytes);
    const all = await readHistory(new FolderStorage(folder), manifest);
    const overview = writeOverview(
      { recordBytes: ends.at(-1) ?? 0, numbers: all.numbers, tables: all.series.whole() },
      exampleLayout,
    );
    for (let length = 0; length < overview.length; length += Math.ceil(overview.length / 50)) {
      writeFileSync(path('overview.safetensors'), overview.subarray(0, length));
      same(await readHistory(new FolderStorage(folder), manifest), all);
    }
    writeFileSync(path('overview.safetensors'), overview);
    truncateSync(path('records.arrows'), ends[2]);
    assert.equal((await readHistory(new FolderStorage(folder), manifest)).numbers.updates, 1000);
  });

  it('is rejected if the records are of another net, or missing', async () => {
    writeFileSync(path('records.arrows'), records(500).bytes);
    const other = { facts: { layout: { ...exampleLayout, steps: 9 }, recordEvery: 2 } } as unknown as Manifest;
    await assert.rejects(readHistory(new FolderStorage(folder), other), /belongs to another run/);
    rmSync(path('records.arrows'));
    await assert.rejects(readHistory(new FolderStorage(folder), manifest), /is missing/);
  });

  it('allocates no memory for a batch that claims more than a batch can have, or wider rows than it contains', async () => {
    const { bytes, ends } = records(1500);
    const [, , from = 0, to = 0] = ends;
    const size = 3 * 1024 ** 3;
    const head = bytes.readInt32LE(from + 4) + 8;
    const bodyLength = bytes.indexOf(Buffer.from(BigInt64Array.of(BigInt(to - from - head)).buffer), from);
    assert.ok(bodyLength > from && bodyLength < from + head);
    bytes.writeBigInt64LE(BigInt(size - from - head), bodyLength);
    writeFileSync(path('records.arrows'), bytes);
    truncateSync(path('records.arrows'), size);
    const before = process.resourceUsage().maxRSS;
    assert.equal((await readHistory(new FolderStorage(folder), manifest)).numbers.updates, 1000);

    const wide = { ...exampleLayout, steps: 1 << 20 };
    const encoder = new RecordEncoder(wide);
    const rows = Array.from({ length: 400 }, (_, update) => exampleRecord(update, 1));
    const unpadded = { ...pack(exampleLayout, rows), layout: wide };
    writeFileSync(path('records.arrows'), Buffer.concat([encoder.head(), encoder.encode(unpadded)]));
    const wider = { facts: { layout: wide, recordEvery: 1 } } as unknown as Manifest;
    assert.equal((await readHistory(new FolderStorage(folder), wider)).numbers.updates, 0);
    const grown = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(grown < 1024, `${grown} MiB`);
  });

  it('follows no link and does not wait for a pipe in place of the records or the overview', async function () {
    if (process.platform === 'win32') this.skip();
    const { bytes, ends } = records(500);
    writeFileSync(path('records.arrows'), bytes);
    const { numbers, series } = await readHistory(new FolderStorage(folder), manifest);
    writeFileSync(
      path('overview.safetensors'),
      writeOverview({ recordBytes: ends.at(-1) ?? 0, numbers, tables: series.whole() }, exampleLayout),
    );
    for (const name of ['records.arrows', 'overview.safetensors']) {
      const refused = new RegExp(`${name} is a link, a folder or a device, not a file of the run`);
      renameSync(path(name), path('elsewhere'));
      symlinkSync(path('elsewhere'), path(name));
      await assert.rejects(readHistory(new FolderStorage(folder), manifest), refused);
      rmSync(path(name));
      execFileSync('mkfifo', [path(name)]);
      await assert.rejects(readHistory(new FolderStorage(folder), manifest), refused);
      rmSync(path(name));
      renameSync(path('elsewhere'), path(name));
    }
    assert.equal((await readHistory(new FolderStorage(folder), manifest)).numbers.updates, 500);
    truncateSync(path('overview.safetensors'), 10 * 1024 ** 3);
    await assert.rejects(
      readHistory(new FolderStorage(folder), manifest),
      /overview.safetensors has 10,737,418,240 bytes; at most 268,435,456 are/,
    );
  });

  it('is restored from an overview, but not from one of another layout', async () => {
    writeFileSync(path('records.arrows'), records(1000).bytes);
    const { numbers, series } = await readHistory(new FolderStorage(folder), manifest);
    const bytes = writeOverview({ recordBytes: 7, numbers, tables: series.whole() }, exampleLayout);
    assert.deepEqual(readOverview(bytes, exampleLayout), { recordBytes: 7, numbers, tables: series.whole() });
    assert.equal(readOverview(bytes, { ...exampleLayout, steps: 5 }), undefined);
    assert.equal(readOverview(readFileSync(path('records.arrows')), exampleLayout), undefined);
  });
});
