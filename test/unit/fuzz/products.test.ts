import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../../../src/run/records/recordBatch';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { writeManifest } from '../../../src/run/manifest';
import { exampleManifest } from '../run/exampleManifest';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import {
  claimingFile,
  lateUpdate,
  layoutOf,
  overlappingSeries,
  repeatedNames,
  sharingFile,
  sharingHead,
  wideFile,
} from './hostileRecords';
import { overlappingTensors, tensorFileOf } from './hostileTensors';
import { peakOf, type HostileReader } from './peakMemory';

/** MiB that a reader may use for any of these files, all of a few megabytes. */
const most = 300;

describe('Hostile bytes with multiplied lengths', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-products-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, bytes: Uint8Array | string): void => {
    writeFileSync(join(folder, name), bytes);
  };
  /** Reads the folder in its own process, and compares its peak with the limit. */
  const expect = async (reader: HostileReader, outcome: RegExp, limit = most): Promise<void> => {
    const peak = await peakOf(reader, folder);
    assert.match(peak.outcome, outcome);
    assert.ok(peak.grown < limit, `${reader} took ${peak.grown.toFixed(0)} MiB: ${peak.outcome}`);
  };
  const writeFacts = (layout: object): void => {
    write('run.json', JSON.stringify({ facts: { layout, recordEvery: 1 } }));
  };

  it('are rejected: 30,000 tensors over the same bytes, as tensors, weights and a checkpoint', async () => {
    write('file.safetensors', overlappingTensors(30_000, 1 << 20));
    for (const reader of ['tensors', 'weights', 'checkpoint'] as const) await expect(reader, /tensors may not overlap/);
  });

  it('are rejected: an overview of 30,000 tensors over the same bytes, whose run is read from its records', async () => {
    const encoder = new RecordEncoder(exampleLayout);
    write('records.arrows', Buffer.concat([encoder.head(), encoder.encode(pack(exampleLayout, [exampleRecord(0)]))]));
    writeFacts(exampleLayout);
    const described = {
      recordBytes: 10,
      numbers: { updates: 1, seconds: 1, clipped: 0 },
      scalars: { stride: 1, count: 1 },
      heat: { stride: 1, count: 1 },
    };
    const metadata = {
      format: 'unroll-overview-1',
      layout: JSON.stringify(exampleLayout),
      described: JSON.stringify(described),
    };
    write(
      'overview.safetensors',
      overlappingTensors(30_000, 1 << 20, metadata, (n) => `scalars/f${n}`),
    );
    await expect('history', /^read$/);
  });

  it('are rejected: a deeply nested header, and one that takes many times its length', async () => {
    write('file.safetensors', tensorFileOf(`{"a":[${'{},'.repeat(4_000_000)}{}]}`, 0));
    await expect('tensors', /nested too deeply/);
    write('file.safetensors', tensorFileOf('{"a":'.repeat(100_000), 0));
    await expect('tensors', /nested too deeply/);
  });

  it('are rejected: records that claim 4,194,304 layers of 16,384 gates, by every reader and by the manifest', async () => {
    const layout = layoutOf(['w'], { layers: 1 << 22, saturating: Array.from({ length: 1 << 14 }, (_, n) => `g${n}`) });
    write('records.arrows', claimingFile(layout));
    writeFacts(layout);
    await expect('records', /^The layout of the records is damaged/);
    for (const reader of ['history', 'detail'] as const) await expect(reader, /read$|is damaged/);
    writeFacts(exampleLayout);
    for (const reader of ['history', 'detail'] as const) await expect(reader, /belongs to another run/);
    write('run.json', writeManifest(exampleManifest(layout)));
    await expect('manifest', /^no manifest$/);
    write('run.json', writeManifest(exampleManifest(exampleLayout)));
    await expect('manifest', /^read$/);
  });

  it('are rejected: records of 16,384 parameters of one name', async () => {
    const layout = layoutOf(Array.from({ length: 1 << 14 }, () => 'w'));
    write('records.arrows', repeatedNames(1 << 14, 20_000));
    writeFacts(layout);
    await expect('records', /^The layout of the records is damaged/);
    for (const reader of ['history', 'detail'] as const) await expect(reader, /read$|is damaged/);
  });

  it('are rejected: records whose columns share their bytes', async () => {
    const layout = layoutOf(Array.from({ length: 2048 }, (_, n) => `w${n}`));
    write('records.arrows', sharingFile(layout, 20_000));
    writeFacts(layout);
    await expect('records', /^The records are damaged at byte/);
    await expect('history', /^read$/);
    await expect('detail', /^read$/);
  });

  it('are rejected: records whose series through time overlap', async () => {
    write('records.arrows', overlappingSeries(2000, 1 << 16));
    writeFacts(layoutOf([], { steps: 1 << 16 }));
    await expect('records', /^The series of "loss_per_step" are not where the file claims/);
    await expect('history', /^read$/);
    await expect('detail', /are not where the file claims/);
  });

  it('are rejected: a schema that repeats one text many times', async () => {
    write('records.arrows', sharingHead(20_000, 1 << 20));
    writeFacts(exampleLayout);
    await expect('records', /^The parts of a message of .* overlap/);
    await expect('history', /^read$/);
  });

  it('take little memory: charts of one late update of 16,384 parameters, with columns for all updates before it', async () => {
    const layout = layoutOf(Array.from({ length: 1 << 14 }, (_, n) => `w${n}`));
    write('records.arrows', lateUpdate(layout, 2047));
    writeFacts(layout);
    await expect('history', /^read$/);
  });

  it('are read one after the other: batches that take far more memory than their bytes', async () => {
    const layout = { ...exampleLayout, layers: 2, steps: 1 << 20 };
    const bytes = wideFile(layout, 40);
    write('records.arrows', bytes);
    writeFacts(layout);
    // Most of it are the tables of the widest possible net.
    await expect('history', /^read$/, 600);
    const head = bytes.readInt32LE(4) + 8;
    const after = { update: 0, count: 1, at: head, length: wideFile(layout, 1).length - head };
    write('after.json', JSON.stringify(after));
    await expect('added', /^read$/, 700);
  });
});
