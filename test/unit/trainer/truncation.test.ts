import { RecordBatchStreamWriter, Schema, tableFromIPC } from 'apache-arrow';
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumKey } from '../../../src/run/storage/checksum';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { readHistory } from '../../../src/trainer/storage/recordHistory';
import { writeCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { exampleTraining } from './exampleTraining';

const keys = {
  data: { sequences: [{ inputs: [[1], [0]], targets: [null, [1]] }] },
  model: { cell: 'rnn', hidden: 1 },
  training: { steps: 4, checkpointEvery: 2, validateEvery: 0 },
};

/** Stride in bytes of the slowest test; `npm run fuzz` tries every byte. */
const stride = process.env['UNROLL_FUZZ_SECONDS'] === undefined ? 7 : 1;

const checkpoint = (updates: number): string => join('checkpoints', `update-${updates}.safetensors`);

/** All values of every update in a folder's records, except times. */
function numbersIn(folder: string) {
  const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
  const column = (name: 'update' | 'loss' | 'gradNorm' | 'parameterWeightNorm' | 'dh') =>
    batches.flatMap((batch) => [...batch[name]]);
  return {
    incompleteReason,
    numbers: (['update', 'loss', 'gradNorm', 'parameterWeightNorm', 'dh'] as const).map(column),
  };
}

/** The head of a record file as earlier builds wrote it. */
function headWithoutChecksum(records: Uint8Array): Uint8Array {
  const { schema } = tableFromIPC(records);
  const metadata = new Map([...schema.metadata].filter(([key]) => key !== checksumKey));
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, new Schema(schema.fields, metadata));
  writer.close();
  const endOfStream = 8;
  return writer.toUint8Array(true).slice(0, -endOfStream);
}

async function trainOn(writer: RunWriter): Promise<void> {
  const run = new Run({
    training: writer.training,
    writer,
    observer: { records: () => undefined, saveStatus: ({ message }) => assert.fail(message) },
    yieldToMessages: () => Promise.resolve(),
  });
  assert.equal((await run.train()).kind, 'finished');
}

describe('A run of four updates that a power cut truncates', function () {
  this.timeout(120_000);
  let scratch: string;
  let whole: string;
  let earlier: Manifest;
  /** Bytes of the records that belong to the checkpoints after 0, 2 and 4 updates. */
  let flushes: readonly number[];

  const files = ['records.arrows', 'overview.safetensors', ...[0, 2, 4].map(checkpoint)];
  const writerIn = (folder: string, training = exampleTraining(keys)): RunWriter =>
    new RunWriter(new FolderStorage(folder), training, runInfoOf(training.setup, undefined, folder, 1));
  const begun = async (folder: string, training = exampleTraining(keys)): Promise<RunWriter> => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const writer = writerIn(folder, training);
    await writer.begin();
    return writer;
  };
  const restore = (folder: string, name: string): void => {
    copyFileSync(join(whole, name), join(folder, name));
  };
  const bytesOf = (folder: string, file: string): Buffer => readFileSync(join(folder, file));

  before(async () => {
    // On a file system in memory a flush to disk takes no time, so that thousands of folders can be tried.
    scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'unroll-cut-'));
    whole = join(scratch, 'whole');
    const ends: number[] = [];
    const writer = await begun(whole);
    const append = writer.appendRecords.bind(writer);
    ends.push(bytesOf(whole, 'records.arrows').length);
    writer.appendRecords = async (batch) => {
      await append(batch);
      ends.push(bytesOf(whole, 'records.arrows').length);
    };
    await trainOn(writer);
    const manifest = readManifest(bytesOf(whole, 'run.json'));
    assert.ok(manifest !== undefined);
    assert.equal(ends.length, 3);
    [earlier, flushes] = [manifest, ends];
  });
  after(() => {
    rmSync(scratch, { recursive: true });
  });

  /** A copy of the folder in which one file has only its first bytes. */
  function powerCut(cut: string, file: string, length: number): void {
    for (const name of files) if (name === 'records.arrows' || !existsSync(join(cut, name))) restore(cut, name);
    restore(cut, file);
    truncateSync(join(cut, file), length);
  }

  /**
   * Tries all lengths below an end, several at a time, because an attempt mostly waits for the file system. Each
   * attempt uses the training of the previous one.
   */
  async function atEveryByte(
    end: number,
    attempt: (writer: RunWriter, cut: string, length: number) => Promise<void>,
    stride = 1,
  ): Promise<void> {
    let next = 0;
    const truncateOn = async (_: unknown, worker: number): Promise<void> => {
      const cut = join(scratch, `cut-${worker}`);
      const training = exampleTraining(keys);
      await begun(cut, training);
      while (next < end) {
        const length = next;
        next += stride;
        await attempt(writerIn(cut, training), cut, length);
      }
    };
    await Promise.all(Array.from({ length: 8 }, truncateOn));
    assert.ok(next >= end);
  }

  /** Asserts that disk and memory have the same bits as those of an uninterrupted run after these updates. */
  function assertResumesAt(cut: string, writer: RunWriter, updates: number, where: string): void {
    const recordBytes = flushes[updates / 2] ?? NaN;
    assert.equal(writer.training.updates, updates, where);
    assert.ok(bytesOf(cut, 'records.arrows').equals(bytesOf(whole, 'records.arrows').subarray(0, recordBytes)), where);
    assert.ok(
      bytesOf(whole, checkpoint(updates)).equals(writeCheckpoint(writer.training, recordBytes, writer.diagnosis.state)),
      where,
    );
    const checkpoints = [0, 2, 4].filter((one) => one <= updates).map((one) => `update-${one}.safetensors`);
    assert.deepEqual(readdirSync(join(cut, 'checkpoints')).sort(), checkpoints, where);
  }

  it('opens with everything up to the last complete flush, at any byte at which its records end', async () => {
    const cut = join(scratch, 'opened');
    cpSync(whole, cut, { recursive: true });
    for (let length = flushes.at(-1) ?? NaN; length > 0; length--) {
      truncateSync(join(cut, 'records.arrows'), length);
      const flushed = Math.max(0, flushes.filter((end) => end <= length).length - 1);
      assert.equal(
        (await readHistory(new FolderStorage(cut), earlier)).numbers.updates,
        2 * flushed,
        `records cut at ${length}`,
      );
    }
  });

  it('continues from its latest checkpoint at any byte at which its records end, and reports the lost updates', async () => {
    const end = flushes.at(-1) ?? NaN;
    const attempt = async (writer: RunWriter, cut: string, length: number): Promise<void> => {
      powerCut(cut, 'records.arrows', length);
      const said = await writer.resume(earlier);
      const reached = Math.max(
        0,
        flushes.findLastIndex((flushed) => flushed <= length),
      );
      assert.equal(writer.training.updates, 4, `records cut at ${length}`);
      assert.match(
        said.join('\n'),
        new RegExp(`^records\\.arrows is shorter .* updates ${2 * reached} to 3 are lost\\.`),
      );
      const expected = bytesOf(whole, 'records.arrows').subarray(0, flushes[reached]);
      assert.ok(bytesOf(cut, 'records.arrows').equals(expected), `records cut at ${length}`);
      assert.ok(
        bytesOf(whole, checkpoint(4)).equals(writeCheckpoint(writer.training, end, writer.diagnosis.state)),
        `records cut at ${length}`,
      );
    };
    await atEveryByte(end, attempt, stride);
  });

  it('continues from the previous checkpoint at any byte at which the latest one ends', async () => {
    await atEveryByte(bytesOf(whole, checkpoint(4)).length, async (writer, cut, length) => {
      powerCut(cut, checkpoint(4), length);
      const passedOver = await writer.resume(earlier);
      assert.match(passedOver.join('\n'), /^checkpoints\/update-4\.safetensors can't be .* from update 2 instead\.$/);
      assertResumesAt(cut, writer, 2, `checkpoint cut at ${length}`);
    });
  });

  it('ends with the results of an uninterrupted run, from each checkpoint', async () => {
    const expected = numbersIn(whole);
    const cut = join(scratch, 'cut');
    await begun(cut);
    for (const at of [4, 2]) {
      for (const length of [0, 100]) {
        for (const damaged of at === 4 ? [4] : [4, 2]) powerCut(cut, checkpoint(damaged), length);
        truncateSync(join(cut, checkpoint(4)), length);
        const writer = writerIn(cut);
        await writer.resume(earlier);
        await trainOn(writer);
        assert.deepEqual(numbersIn(cut), expected, `checkpoints from ${at} on cut at ${length}`);
      }
    }
  });

  it('has the records of an uninterrupted run, except those that are lost', async () => {
    const expected = readRecords(bytesOf(whole, 'records.arrows')).batches;
    const cut = join(scratch, 'cut');
    await begun(cut);
    powerCut(cut, 'records.arrows', (flushes[1] ?? NaN) - 1);
    // Only the checkpoint after two updates: those after it are trained again, and recorded.
    truncateSync(join(cut, checkpoint(4)), 0);
    const writer = writerIn(cut);
    await writer.resume(earlier);
    await trainOn(writer);
    const { batches, incompleteReason: incompleteReason } = readRecords(bytesOf(cut, 'records.arrows'));
    assert.equal(incompleteReason, undefined);
    const losses = (of: typeof batches) => of.flatMap(({ loss }) => [...loss]);
    assert.deepEqual(losses(batches), losses(expected).slice(2));
    const { missing } = (await readHistory(new FolderStorage(cut), earlier)).numbers;
    assert.deepEqual(missing, { from: 0, to: 2, count: 2 });
  });

  it('continues from its latest checkpoint if a batch of its records is damaged, without that batch', async () => {
    const cut = join(scratch, 'damaged');
    await begun(cut);
    powerCut(cut, 'records.arrows', flushes.at(-1) ?? NaN);
    const records = bytesOf(cut, 'records.arrows');
    const at = (flushes[1] ?? NaN) + 700;
    records[at] = (records[at] ?? 0) ^ 1;
    writeFileSync(join(cut, 'records.arrows'), records);
    const writer = writerIn(cut);
    const said = (await writer.resume(earlier)).join(' ');
    assert.match(
      said,
      /^records\.arrows is damaged: the records of updates 2 to 3 are lost\. The run continues from update 4/,
    );
    assert.ok(bytesOf(cut, 'records.arrows').equals(records.subarray(0, flushes[1])));
  });

  it('starts again in records of an earlier build with a shorter header', async () => {
    const cut = join(scratch, 'earlier');
    const { training } = await begun(cut);
    // Earlier builds wrote no checksum into the schema.
    const head = headWithoutChecksum(bytesOf(whole, 'records.arrows'));
    assert.ok(head.length < (flushes[0] ?? NaN));
    writeFileSync(join(cut, 'records.arrows'), head);
    writeFileSync(join(cut, checkpoint(0)), writeCheckpoint(training, head.length));
    const writer = writerIn(cut);
    assert.deepEqual(await writer.resume(earlier), []);
    await trainOn(writer);
    assert.deepEqual(numbersIn(cut), numbersIn(whole));
  });
});
