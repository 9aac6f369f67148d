import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../../../src/run/recordBatch';
import { RecordEncoder } from '../../../src/run/recordEncoder';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { overlappingTensors, tensorFileOf } from './hostileTensors';
import { peakOf, type HostileReader } from './peakMemory';

/** MiB that a reader may take for any of these files, all of a few megabytes. */
const most = 300;

describe('Hostile bytes whose lengths multiply', function () {
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
  /** Reads the folder in a process of its own and holds its peak against the limit. */
  const expect = async (reader: HostileReader, outcome: RegExp): Promise<void> => {
    const peak = await peakOf(reader, folder);
    assert.match(peak.outcome, outcome);
    assert.ok(peak.grown < most, `${reader} took ${peak.grown.toFixed(0)} MiB: ${peak.outcome}`);
  };
  const writeFacts = (layout: object): void => {
    write('run.json', JSON.stringify({ facts: { layout, recordEvery: 1 } }));
  };

  it('are refused: 30,000 tensors over the same bytes, as tensors, weights and a checkpoint', async () => {
    write('file.safetensors', overlappingTensors(30_000, 1 << 20));
    for (const reader of ['tensors', 'weights', 'checkpoint'] as const) await expect(reader, /tensors may not overlap/);
  });

  it('are refused: an overview of 30,000 tensors over the same bytes, whose run is read from its records', async () => {
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

  it('are refused: a header nested without end, and one that takes many times its length', async () => {
    write('file.safetensors', tensorFileOf(`{"a":[${'{},'.repeat(4_000_000)}{}]}`, 0));
    await expect('tensors', /nested too deep/);
    write('file.safetensors', tensorFileOf('{"a":'.repeat(100_000), 0));
    await expect('tensors', /nested too deep/);
  });
});
