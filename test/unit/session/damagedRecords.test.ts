import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../../../src/run/records/recordBatch';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import { answerHistory } from '../../../src/trainer/storage/recordHistory';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const facts = { layout: exampleLayout, recordEvery: 2 };
const encoder = new RecordEncoder(exampleLayout);
const messages = [
  [0, 1, 2],
  [3, 4],
  [5, 6, 7],
].map((updates) =>
  encoder.encode(
    pack(
      exampleLayout,
      updates.map((update) => exampleRecord(update, 2)),
    ),
  ),
);
const whole = Buffer.concat([encoder.head(), ...messages]);

describe('A stored run with one flipped bit in its records', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-damaged-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Writes a record file with single bits flipped, at a regular interval, one at a time. */
  async function withFlippedBits(stride: number, attempt: (where: string) => Promise<void>): Promise<void> {
    for (let bit = 0; bit < 8 * whole.length; bit += stride) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(join(folder, 'records.arrows'), damaged);
      await attempt(`bit ${bit & 7} of byte ${bit >> 3}`);
    }
  }

  it('has the history of the updates before it, and reports the unreadable bytes', async () => {
    writeFileSync(join(folder, 'records.arrows'), whole);
    const ask = () => answerHistory(new FolderStorage(folder), { info: facts, end: Infinity, after: undefined });
    const expected = await ask();
    assert.equal(expected.unreadableBytes, 0);
    assert.ok(expected.kind === 'whole');
    await withFlippedBits(61, async (where) => {
      const reply = await ask().catch(() => undefined);
      if (reply === undefined) return;
      assert.ok(reply.kind === 'whole', where);
      if (reply.unreadableBytes === 0) {
        assert.deepEqual(reply, expected, where);
        return;
      }
      assert.ok([0, 3, 5].includes(reply.numbers.updates), where);
    });
  });

  it('shows single ranges unchanged, or fails with the reason', async () => {
    writeFileSync(join(folder, 'records.arrows'), whole);
    const ask = () => new StoredZoomedSeries(new FolderStorage(folder), facts).read({ from: 1, to: 8 });
    const expected = await ask();
    await withFlippedBits(61, async (where) => {
      const reply = await ask().catch(() => undefined);
      // An incomplete end may also be one that is still being written: then the reply contains how far it goes.
      if (reply !== undefined && reply.to === 8) assert.deepEqual(reply, expected, where);
      else if (reply !== undefined) assert.ok([1, 3, 5].includes(reply.to), where);
    });
  });
});
