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
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/recordDecoder';
import { readHistory } from '../../../src/trainer/recordHistory.node';
import { writeCheckpoint } from '../../../src/trainer/checkpoint';
import { factsOf } from '../../../src/trainer/facts';
import { FolderStorage } from '../../../src/run/folderStorage.node';
import { Run } from '../../../src/trainer/run';
import { RunWriter } from '../../../src/trainer/runWriter';
import { exampleTraining } from './exampleTraining';

const keys = {
  data: { sequences: [{ inputs: [[1], [0]], targets: [null, [1]] }] },
  model: { cell: 'rnn', hidden: 1 },
  training: { steps: 4, checkpointEvery: 2, validateEvery: 0 },
};

/** Bytes between two tries of what takes longest; `npm run fuzz` tries every single one. */
const stride = process.env['UNROLL_FUZZ_SECONDS'] === undefined ? 7 : 1;

const checkpoint = (updates: number): string => join('checkpoints', `update-${updates}.safetensors`);

/** Every update's numbers in a folder's records, but for the time they took. */
function numbersIn(folder: string) {
  const { batches, cutShort } = readRecords(readFileSync(join(folder, 'records.arrows')));
  const column = (name: 'update' | 'loss' | 'gradNorm' | 'parameterWeightNorm' | 'dh') =>
    batches.flatMap((batch) => [...batch[name]]);
  return { cutShort, numbers: (['update', 'loss', 'gradNorm', 'parameterWeightNorm', 'dh'] as const).map(column) };
}

async function trainOn(writer: RunWriter): Promise<void> {
  const run = new Run({
    training: writer.training,
    writer,
    observer: { records: () => undefined, keeping: ({ message }) => assert.fail(message) },
    yieldToMessages: () => Promise.resolve(),
  });
  assert.equal((await run.train()).kind, 'finished');
}

describe('A run of four updates, cut off by a power cut', function () {
  this.timeout(120_000);
  let scratch: string;
  let whole: string;
  let earlier: Manifest;
  /** Bytes of the records that belong to the checkpoints after 0, 2 and 4 updates. */
  let flushes: readonly number[];

  const files = ['records.arrows', 'overview.safetensors', ...[0, 2, 4].map(checkpoint)];
  const writerIn = (folder: string, training = exampleTraining(keys)): RunWriter =>
    new RunWriter(new FolderStorage(folder), training, factsOf(training.plan, undefined, folder, 1));
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
    // Where memory has a file system, a flush to disk costs nothing, and thousands of folders can be tried.
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

  /** The folder as it was, but for one file that has only its first bytes. */
  function powerCut(cut: string, file: string, length: number): void {
    for (const name of files) if (name === 'records.arrows' || !existsSync(join(cut, name))) restore(cut, name);
    restore(cut, file);
    truncateSync(join(cut, file), length);
  }

  /**
   * Tries all lengths below an end, several at a time, for most of a try is waiting for the file system. A try finds
   * the training as the one before it has left it.
   */
  async function atEveryByte(
    end: number,
    attempt: (writer: RunWriter, cut: string, length: number) => Promise<void>,
    stride = 1,
  ): Promise<void> {
    let next = 0;
    const tryOn = async (_: unknown, lane: number): Promise<void> => {
      const cut = join(scratch, `cut-${lane}`);
      const training = exampleTraining(keys);
      await begun(cut, training);
      while (next < end) {
        const length = next;
        next += stride;
        await attempt(writerIn(cut, training), cut, length);
      }
    };
    await Promise.all(Array.from({ length: 8 }, tryOn));
    assert.ok(next >= end);
  }

  /** To the last bit what an uninterrupted run had on disk and in memory after so many updates. */
  function assertStandsAt(cut: string, writer: RunWriter, updates: number, where: string): void {
    const recordBytes = flushes[updates / 2] ?? NaN;
    assert.equal(writer.training.updates, updates, where);
    assert.ok(bytesOf(cut, 'records.arrows').equals(bytesOf(whole, 'records.arrows').subarray(0, recordBytes)), where);
    assert.ok(
      bytesOf(whole, checkpoint(updates)).equals(
        writeCheckpoint(writer.training, recordBytes, writer.diagnosis.outline),
      ),
      where,
    );
    const kept = [0, 2, 4].filter((one) => one <= updates).map((one) => `update-${one}.safetensors`);
    assert.deepEqual(readdirSync(join(cut, 'checkpoints')).sort(), kept, where);
  }

  it('opens with everything up to the last whole flush, at whatever byte its records end', async () => {
    const cut = join(scratch, 'opened');
    cpSync(whole, cut, { recursive: true });
    for (let length = flushes.at(-1) ?? NaN; length > 0; length--) {
      truncateSync(join(cut, 'records.arrows'), length);
      const flushed = Math.max(0, flushes.filter((end) => end <= length).length - 1);
      assert.equal((await readHistory(cut, earlier)).numbers.updates, 2 * flushed, `records cut at ${length}`);
    }
  });

  it('goes on from the newest checkpoint that its records reach, at whatever byte they end', async () => {
    const attempt = async (writer: RunWriter, cut: string, length: number): Promise<void> => {
      powerCut(cut, 'records.arrows', length);
      await writer.resume(earlier);
      const reached = Math.max(
        0,
        flushes.findLastIndex((end) => end <= length),
      );
      assertStandsAt(cut, writer, 2 * reached, `records cut at ${length}`);
    };
    await atEveryByte(flushes.at(-1) ?? NaN, attempt, stride);
  });

  it('goes on from the checkpoint before, at whatever byte its newest one ends', async () => {
    await atEveryByte(bytesOf(whole, checkpoint(4)).length, async (writer, cut, length) => {
      powerCut(cut, checkpoint(4), length);
      const passedOver = await writer.resume(earlier);
      assert.match(passedOver.join('\n'), /^checkpoints\/update-4\.safetensors cannot be .* from update 2 instead\.$/);
      assertStandsAt(cut, writer, 2, `checkpoint cut at ${length}`);
    });
  });

  it('ends with the numbers of one that never was, from each checkpoint it can go on from', async () => {
    const expected = numbersIn(whole);
    const cut = join(scratch, 'cut');
    await begun(cut);
    const ends = [0, ...flushes.flatMap((end) => [end - 1, end])];
    for (const [file, length] of [
      ...ends.map((end) => ['records.arrows', end] as const),
      [checkpoint(4), 100] as const,
    ]) {
      powerCut(cut, file, length);
      const writer = writerIn(cut);
      await writer.resume(earlier);
      await trainOn(writer);
      assert.deepEqual(numbersIn(cut), expected, `${file} cut at ${length}`);
    }
  });
});
