import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMissing } from '../../../src/run/series/missing';
import { isResumable, type SaveStatus } from '../../../src/protocol/run';
import { lockFolder } from '../../../src/run/storage/folderLock.node';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import type { RecordBatch } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import type { RunStorage } from '../../../src/run/storage/storage';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import { readHistory } from '../../../src/trainer/storage/recordHistory';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Replay } from '../../../src/trainer/replay/replay';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import type { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';

const keys = { training: { steps: 40, batch: 3, checkpointEvery: 6, validateEvery: 5 } };

/** A folder whose writes fail with the system's error while its disk is set to full. */
class FullStorage extends FolderStorage {
  isFull = false;

  override async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#refuse();
    await super.write(path, bytes);
  }

  override async append(path: string, bytes: Uint8Array, length?: number): Promise<void> {
    if (this.isFull) {
      // Writes the part for which there is space, and does not repair it.
      await super.append(path, bytes.subarray(0, 100));
    }
    this.#refuse();
    await super.append(path, bytes, length);
  }

  #refuse(): void {
    if (this.isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

/** A disk of 4 MiB mounted in a folder; undefined, with a message, if it cannot be created. */
function smallDisk(folder: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], {
    encoding: 'utf8',
  });
  if (status === 0) return disk;
  console.log(`There is no disk here that could be filled: ${stderr}`);
  return undefined;
}

/** Fills the disk of a file to its last bytes: later writes have space for a part at most. */
function fill(filler: string): void {
  for (let size = 1 << 20; size > 100; size >>= 1) {
    for (let isRoom = true; isRoom;) {
      try {
        writeFileSync(filler, new Uint8Array(size), { flag: 'a' });
      } catch {
        isRoom = false;
      }
    }
  }
}

/** A run that is advanced update by update, with a flush after each. */
function driven(training: Training, folder: string, storage: RunStorage, mostWaiting?: number, capture?: number) {
  const published: RecordBatch[] = [];
  const told: SaveStatus[] = [];
  const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
  const run = new Run({
    training,
    writer,
    observer: { records: (batch) => published.push(batch), saveStatus: (keeping) => told.push(keeping) },
    yieldToMessages: () => new Promise((resolve) => setImmediate(resolve)),
    capturing: (update) => update === capture,
    ...(mostWaiting === undefined ? {} : { bufferBytes: mostWaiting }),
  });
  const step = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await run.step();
  };
  return { run, writer, told, published, step };
}

const columns = ['update', 'loss', 'gradNorm', 'dh', 'learningRate', 'validationLoss'] as const;
const numbersOf = (batches: readonly RecordBatch[]) =>
  Object.fromEntries(columns.map((name) => [name, batches.flatMap((batch) => [...batch[name]])]));

describe('The persistence of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-keeping-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const recordsIn = (place = folder) => readRecords(readFileSync(join(place, 'records.arrows')));
  const manifestIn = (place = folder): Manifest => {
    const manifest = readManifest(readFileSync(join(place, 'run.json')));
    assert.ok(manifest !== undefined);
    return manifest;
  };
  const checkpoints = (): readonly string[] => readdirSync(join(folder, 'checkpoints')).sort();

  it('has no gap after a disk was full, if the buffer was large enough', async () => {
    const storage = new FullStorage(folder);
    const { run, writer, told, published, step } = driven(exampleTraining(keys), folder, storage, undefined, 9);
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await step(8);
    storage.isFull = true;
    await step(8);
    run.setLearningRate(0.02);
    await step(4);
    assert.deepEqual(
      told.map(({ state }) => state),
      ['waiting'],
    );
    assert.match(
      told[0].message,
      /^From update 8 on, the run's records can't be written \(ENOSPC: .*\)\. Training continues; up to 128 MiB .*\. Free some space on the disk of /,
    );
    assert.equal(recordsIn().batches.flatMap(({ update }) => [...update]).length, 8);
    assert.deepEqual(checkpoints(), ['best.safetensors', 'update-0.safetensors', 'update-6.safetensors']);
    storage.isFull = false;
    await step(1);
    assert.deepEqual(told[1], {
      state: 'whole',
      message: "Since update 21 the run's records can be written again; none is missing.",
    });
    assert.deepEqual(checkpoints(), [
      'best.safetensors',
      'update-0.safetensors',
      'update-21.safetensors',
      'update-6.safetensors',
    ]);
    run.resume();
    assert.equal((await ended).kind, 'finished');
    const records = recordsIn();
    assert.equal(records.incompleteReason, undefined);
    assert.deepEqual(numbersOf(records.batches), numbersOf(published));
    assert.ok(existsSync(join(folder, 'step-9.safetensors')));
    assert.match(
      readFileSync(join(folder, 'rate-changes.jsonl'), 'utf8'),
      /^\{"update":16,"learningRate":0.02,"unroll.crc32":"[0-9a-f]{8}"\}\n$/,
    );
    assert.equal(manifestIn().state, 'finished');
    assert.equal(run.isSaved, true);
    assert.equal(told.length, 2);
  });

  it('and the buffered records together contain every update', async () => {
    const storage = new FullStorage(folder);
    const { run, writer, published, step } = driven(exampleTraining(keys), folder, storage);
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await step(8);
    assert.deepEqual(run.unwritten(0), []);
    storage.isFull = true;
    await step(7);
    const waiting = numbersOf(run.unwritten(0));
    assert.deepEqual(waiting['update'], [8, 9, 10, 11, 12, 13, 14]);
    assert.deepEqual(waiting['loss'], numbersOf(published)['loss'].slice(8));
    assert.deepEqual(numbersOf(run.unwritten(12))['update'], [12, 13, 14]);
    run.stop();
    await ended;
  });

  it('is retried while the run is paused', async () => {
    const storage = new FullStorage(folder);
    const { run, writer, told, step } = driven(exampleTraining(keys), folder, storage);
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    storage.isFull = true;
    await step(3);
    storage.isFull = false;
    for (let waits = 0; waits < 100 && told.length < 2; waits++) await new Promise((done) => setTimeout(done, 50));
    assert.deepEqual(
      told.map(({ state }) => state),
      ['waiting', 'whole'],
    );
    assert.equal(recordsIn().batches.flatMap(({ update }) => [...update]).length, 3);
    run.stop();
    assert.equal((await ended).kind, 'stopped');
  });

  describe('with a gap, because the buffer was too small', () => {
    /** The run up to its end, with about updates 8 to 16 evicted; and the save states meanwhile. */
    async function gapped() {
      const storage = new FullStorage(folder);
      // Space for three pending batches of one update.
      const most = 3 * 1600;
      const { run, writer, told, published, step } = driven(exampleTraining(keys), folder, storage, most, 10);
      await writer.begin();
      const paused = run.pause();
      const ended = run.train();
      await paused;
      await step(8);
      storage.isFull = true;
      await step(12);
      storage.isFull = false;
      await step(1);
      run.resume();
      await ended;
      return { run, told, published };
    }

    it('reports the outage and its end, with the missing updates', async () => {
      const { run, told } = await gapped();
      assert.deepEqual(
        told.map(({ state }) => state),
        ['waiting', 'waiting', 'gap'],
      );
      assert.match(
        told[1].message,
        /^The buffer of 0\.1 MiB for unsaved records is full\. From update 8 on, the oldest records are dropped/,
      );
      const updates = recordsIn().batches.flatMap(({ update }) => [...update]);
      const first = updates.find((update, i) => update !== i) ?? NaN;
      assert.ok(first > 9 && first < 21, `goes on at ${first}`);
      assert.deepEqual(updates, [...Array(8).keys(), ...Array.from({ length: 40 - first }, (_, i) => first + i)]);
      assert.ok(told[2].message.includes(`Updates 8 to ${first - 1} have no records`), told[2].message);
      assert.match(told[2].message, /Not captured: 10\./);
      assert.equal(run.isSaved, false);
    });

    it('opens with the gap: history, overview and ranges report the missing updates, and show the rest', async () => {
      const { told } = await gapped();
      const manifest = manifestIn();
      assert.equal(manifest.state, 'finished');
      const history = await readHistory(new FolderStorage(folder), manifest);
      const { missing, updates } = history.numbers;
      assert.ok(missing !== undefined);
      assert.equal(missing.from, 8);
      assert.equal(missing.to - missing.from, missing.count);
      assert.equal(updates, 40);
      assert.ok(told[2].message.includes(formatMissing(missing)));
      rmSync(join(folder, 'overview.safetensors'));
      const fromRecords = await readHistory(new FolderStorage(folder), manifest);
      assert.deepEqual(fromRecords.numbers, history.numbers);
      assert.deepEqual(fromRecords.series.whole(), history.series.whole());

      const detail = new StoredZoomedSeries(new FolderStorage(folder), manifest.facts);
      const at = (answer: Awaited<ReturnType<typeof detail.read>>, update: number): number =>
        answer?.series.scalars.columns['lossMax']?.[update - answer.from] ?? NaN;
      const all = await detail.read({ from: 5, to: 40 });
      const within = await detail.read({ from: missing.from, to: missing.to });
      const later = await detail.read({ from: missing.to - 1, to: 30 });
      assert.deepEqual([all?.to, within?.to, later?.to], [40, missing.to, 30]);
      const losses = new Map(
        recordsIn().batches.flatMap(({ update, loss }) => [...update].map((one, n) => [one, loss[n]] as const)),
      );
      for (let update = 5; update < 40; update++) assert.equal(at(all, update), losses.get(update) ?? NaN, `${update}`);
      assert.ok(Number.isNaN(at(within, missing.from)));
      assert.equal(at(later, missing.to), losses.get(missing.to));
    });

    it('replays the missing updates, and resumes the run after them', async () => {
      const { published } = await gapped();
      const replay = new Replay(exampleTraining(keys), new FolderStorage(folder), []);
      const { capture } = await replay.captureUpdate(10);
      const shown = numbersOf(published);
      assert.equal(Number(capture.metadata['loss']), shown['loss'][10]);

      for (const later of ['update-40', 'best']) {
        rmSync(join(folder, 'checkpoints', `${later}.safetensors`), { force: true });
      }
      const training = exampleTraining(keys);
      const again = driven(training, folder, new FolderStorage(folder));
      assert.deepEqual(await again.writer.resume(manifestIn()), []);
      assert.equal(training.updates, 36);
      assert.equal((await again.run.train()).kind, 'finished');
      const { missing } = (await readHistory(new FolderStorage(folder), manifestIn())).numbers;
      const updates = recordsIn().batches.flatMap(({ update }) => [...update]);
      assert.deepEqual(
        recordsIn().batches.flatMap(({ loss }) => [...loss]),
        updates.map((update) => shown['loss'][update]),
      );
      assert.equal(missing?.count, 40 - updates.length);
      // Resumed from before the gap, all updates are recomputed, and none is missing.
      for (const name of checkpoints()) if (!/-[06]\./.test(name)) rmSync(join(folder, 'checkpoints', name));
      const anew = exampleTraining(keys);
      const whole = driven(anew, folder, new FolderStorage(folder));
      await whole.writer.resume(manifestIn());
      assert.equal(anew.updates, 6);
      await whole.run.train();
      assert.deepEqual(numbersOf(recordsIn().batches), shown);
      assert.equal((await readHistory(new FolderStorage(folder), manifestIn())).numbers.missing, undefined);
    });
  });

  it('ends with the records on disk if the disk stays full; the rest is recomputed', async () => {
    const storage = new FullStorage(folder);
    const { run, writer, told, published, step } = driven(exampleTraining(keys), folder, storage);
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await step(8);
    storage.isFull = true;
    run.resume();
    assert.equal((await ended).kind, 'finished');
    assert.deepEqual(
      told.map(({ state }) => state),
      ['waiting', 'cut'],
    );
    assert.match(told[1].message, /^The end of the run couldn't be written \(ENOSPC.*Resume returns/);
    assert.ok(isResumable('finished', told[1].state));
    assert.equal(run.isSaved, false);
    const again = driven(exampleTraining(keys), folder, new FolderStorage(folder));
    await again.writer.resume(manifestIn());
    await again.run.train();
    assert.deepEqual(numbersOf(recordsIn().batches), numbersOf(published));
  });

  it('ends when its folder is deleted, which is not recreated', async () => {
    const { run, writer, told, step } = driven(exampleTraining(keys), folder, new FolderStorage(folder));
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await step(3);
    rmSync(folder, { recursive: true });
    run.resume();
    assert.equal((await ended).kind, 'finished');
    assert.deepEqual(
      told.map(({ state }) => state),
      ['waiting', 'gone'],
    );
    assert.match(told[0].message, /ENOENT.* was deleted or moved. It won.t be recreated. Restore it/);
    assert.match(told[1].message, /^This run is no longer on disk/);
    assert.equal(isResumable('stopped', told[1].state), false);
    assert.equal(existsSync(folder), false);
  });

  it('continues when its folder is restored', async () => {
    const { run, writer, told, published, step } = driven(exampleTraining(keys), folder, new FolderStorage(folder));
    await writer.begin();
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await step(3);
    renameSync(folder, `${folder}-away`);
    await step(9);
    renameSync(`${folder}-away`, folder);
    run.resume();
    assert.equal((await ended).kind, 'finished');
    assert.deepEqual(
      told.map(({ state }) => state),
      ['waiting', 'whole'],
    );
    assert.deepEqual(numbersOf(recordsIn().batches), numbersOf(published));
  });

  it('starts unsaved if the disk is full at the start', async () => {
    const storage = new FullStorage(folder);
    const write = storage.write.bind(storage);
    storage.write = async (path, bytes) => {
      storage.isFull = path.startsWith('checkpoints');
      await write(path, bytes);
    };
    const { writer } = driven(exampleTraining(keys), folder, storage);
    await assert.rejects(writer.begin(), /ENOSPC/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('leaves no files if the disk is full before the start', async function () {
    const disk = smallDisk(folder) ?? this.skip();
    try {
      fill(join(disk, 'filler'));
      await assert.rejects(lockFolder(join(disk, 'run')), /ENOSPC/);
      assert.deepEqual(readdirSync(disk), ['filler']);
      rmSync(join(disk, 'filler'));
      const lock = await lockFolder(join(disk, 'run'));
      fill(join(disk, 'filler'));
      const { writer } = driven(exampleTraining(keys), join(disk, 'run'), new FolderStorage(join(disk, 'run')));
      await assert.rejects(writer.begin(), /ENOSPC/);
      assert.deepEqual(readdirSync(join(disk, 'run')), ['run.lock']);
      await lock.release();
      assert.deepEqual(readdirSync(disk), ['filler']);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('has no gap after a disk that was really full', async function () {
    const disk = smallDisk(folder) ?? this.skip();
    try {
      const place = join(disk, 'run');
      mkdirSync(place);
      const training = exampleTraining({ training: { steps: 400, batch: 3, checkpointEvery: 50 } });
      const { run, writer, told, published, step } = driven(training, place, new FolderStorage(place));
      await writer.begin();
      const paused = run.pause();
      const ended = run.train();
      await paused;
      await step(60);
      const filler = join(disk, 'filler');
      // The last bytes are filled too: there is space for a part of a batch only.
      fill(filler);
      await step(200);
      assert.deepEqual(
        told.map(({ state }) => state),
        ['waiting'],
      );
      assert.match(told[0].message, /ENOSPC/);
      rmSync(filler);
      run.resume();
      assert.equal((await ended).kind, 'finished');
      assert.deepEqual(
        told.map(({ state }) => state),
        ['waiting', 'whole'],
      );
      const records = recordsIn(place);
      assert.equal(records.incompleteReason, undefined);
      assert.deepEqual(numbersOf(records.batches), numbersOf(published));
      assert.equal(manifestIn(place).state, 'finished');
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});
