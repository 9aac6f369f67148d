import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordBatch } from '../../../src/run/records/recordBatch';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import type { RunStorage } from '../../../src/run/storage/storage';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import type { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';

const yieldToMessages = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

function running(training: Training, writer?: RunWriter) {
  const batches: RecordBatch[] = [];
  const notices: string[] = [];
  const run = new Run({
    training,
    writer,
    observer: { records: (batch) => batches.push(batch), saveStatus: ({ message }) => notices.push(message) },
    yieldToMessages,
  });
  const seen = (): number => batches.reduce((sum, { count }) => sum + count, 0);
  return { run, batches, notices, seen };
}

describe('A run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-run-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const written = async (training: Training, storage: RunStorage = new FolderStorage(folder)): Promise<RunWriter> => {
    const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
    await writer.begin();
    return writer;
  };

  it('publishes and saves every update until the planned end', async () => {
    const training = exampleTraining();
    const { run, batches, seen } = running(training, await written(training));
    assert.deepEqual(await run.train(), { kind: 'finished', updates: 12, reason: 'steps' });
    assert.equal(seen(), 12);
    const records = readRecords(readFileSync(join(folder, 'records.arrows')));
    assert.deepEqual(
      records.batches.flatMap(({ loss }) => [...loss]),
      batches.flatMap(({ loss }) => [...loss]),
    );
    const manifest = readManifest(readFileSync(join(folder, 'run.json')));
    assert.equal(manifest?.state, 'finished');
    assert.equal(manifest.updates, 12);
  });

  it('validates at the interval and at the end', async () => {
    const { run, batches } = running(exampleTraining());
    await run.train();
    const due = batches.flatMap(({ update, validationLoss }) =>
      [...update].filter((_, n) => !Number.isNaN(validationLoss[n])),
    );
    assert.deepEqual(due, [4, 9, 11]);
  });

  it('does not train while paused, takes single steps, resumes and stops', async () => {
    const { run, seen } = running(exampleTraining({ training: { steps: 100_000, batch: 3 } }));
    const ended = run.train();
    await run.pause();
    const atPause = seen();
    await yieldToMessages();
    assert.equal(seen(), atPause);
    await run.step();
    assert.equal(seen(), atPause + 1);
    run.resume();
    for (let waits = 0; waits < 200 && seen() < atPause + 20; waits++) await yieldToMessages();
    assert.ok(seen() >= atPause + 20);
    run.stop();
    assert.equal((await ended).kind, 'stopped');
  });

  it('can be stopped while it is paused', async () => {
    const { run } = running(exampleTraining());
    const paused = run.pause();
    const ended = run.train();
    await paused;
    run.stop();
    assert.deepEqual(await ended, { kind: 'stopped', updates: 0 });
  });

  it('applies a new learning rate from the next update on', async () => {
    const training = exampleTraining({ training: { steps: 100, batch: 3 } });
    const { run, batches } = running(training);
    const paused = run.pause();
    const ended = run.train();
    await paused;
    await run.step();
    assert.equal(run.setLearningRate(0.5), 1);
    await run.step();
    assert.deepEqual(
      batches.flatMap(({ learningRate }) => [...learningRate]),
      [0.001, 0.5],
    );
    assert.throws(() => run.setLearningRate(NaN), /above 0/);
    run.stop();
    await ended;
  });

  it('ends when the loss reaches training.stopAtLoss', async () => {
    const { run } = running(exampleTraining({ training: { steps: 50, batch: 3, stopAtLoss: 1000 } }));
    assert.deepEqual(await run.train(), {
      kind: 'finished',
      updates: 1,
      reason: 'stopAtLoss',
      message: 'The loss reached training.stopAtLoss.',
    });
  });

  it('that diverges reports tensor, update and step', async () => {
    const training = exampleTraining({
      model: { cell: 'rnn', activation: 'identity', hidden: 4 },
      data: { task: 'adding', length: 40 },
      clip: null,
      optimizer: { kind: 'sgd', learningRate: 1e6 },
    });
    const { run } = running(training, await written(training));
    const ending = await run.train();
    assert.ok(ending.kind === 'diverged');
    assert.match(ending.message, /Nothing clips the gradient: try "clip": \{ "norm": 1 \}\. Diverged at /);
    assert.match(ending.message, /Diverged at update \d+: .+ \(\S+\) became (NaN|-?Infinity) in the \w+ pass/);
    assert.equal(readManifest(readFileSync(join(folder, 'run.json')))?.state, 'diverged');
  });

  it('that can never update fails, and its folder contains the reason', async () => {
    const training = exampleTraining({
      data: { sequences: [{ inputs: [[1], [1], [1]], targets: [[1], null, null] }] },
      model: { cell: 'rnn', hidden: 2 },
      bptt: { forward: 3, backward: 1 },
      training: { steps: 5 },
    });
    const { run } = running(training, await written(training));
    const ending = await run.train();
    assert.ok(ending.kind === 'failed');
    const manifest = readManifest(readFileSync(join(folder, 'run.json')));
    assert.equal(manifest?.state, 'failed');
    assert.equal(manifest.message, ending.message);
  });

  it('continues training with a notice when its folder can no longer be written', async () => {
    const disk = new FolderStorage(folder);
    const full: RunStorage = {
      write: (path, bytes) => disk.write(path, bytes),
      append: () => Promise.reject(new Error('ENOSPC: no space left on device')),
      remove: (path) => disk.remove(path),
      truncate: (path, length) => disk.truncate(path, length),
      read: (path, largest) => disk.read(path, largest),
      sync: (path) => disk.sync(path),
      open: (path) => disk.open(path),
      readPart: (path, from, length) => disk.readPart(path, from, length),
      list: (name) => disk.list(name),
    };
    const training = exampleTraining();
    const { run, notices, seen } = running(training, await written(training, full));
    assert.equal((await run.train()).kind, 'finished');
    assert.equal(seen(), 12);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /no space left.*Resume returns to the latest checkpoint/);
    assert.equal(run.isSaved, false);
  });

  it('continues training with a notice when its folder becomes read-only, and can be resumed later', async function () {
    if (process.platform === 'win32') this.skip();
    const keys = { training: { steps: 12, batch: 3, checkpointEvery: 2 } };
    const whole = running(exampleTraining(keys));
    await whole.run.train();
    const training = exampleTraining(keys);
    const { run, notices } = running(training, await written(training));
    const paused = run.pause();
    const ended = run.train();
    await paused;
    for (let n = 0; n < 3; n++) await run.step();
    const places = [folder, join(folder, 'checkpoints'), join(folder, 'records.arrows')];
    for (const place of places) chmodSync(place, 0o555);
    // root ignores the permissions of files.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      run.resume();
      assert.equal((await ended).kind, 'finished');
    } finally {
      if (isRoot) process.seteuid?.(0);
      for (const place of places) chmodSync(place, 0o755);
    }
    assert.equal(run.isSaved, false);
    assert.equal(notices.length, 2);
    assert.match(notices[0] ?? '', /^From update 3 on.*EACCES.*Training continues.*Make .* writable again\.$/);
    assert.match(notices[1] ?? '', /^The end of the run couldn't be written \(EACCES/);

    const again = exampleTraining(keys);
    const writer = new RunWriter(new FolderStorage(folder), again, runInfoOf(again.setup, undefined, folder, 1));
    const earlier = readManifest(readFileSync(join(folder, 'run.json')));
    assert.equal(earlier?.state, 'running');
    await writer.resume(earlier);
    assert.equal(again.updates, 2);
    await running(again, writer).run.train();
    assert.deepEqual(
      readRecords(readFileSync(join(folder, 'records.arrows'))).batches.flatMap(({ loss }) => [...loss]),
      whole.batches.flatMap(({ loss }) => [...loss]),
    );
  });

  it('counts seconds and keeps its start time when the system clock is set back during the run', async () => {
    const training = exampleTraining();
    const { run } = running(training, await written(training));
    const begun = readManifest(readFileSync(join(folder, 'run.json')))?.startedAt;
    const Day = globalThis.Date;
    globalThis.Date = class extends Day {
      constructor() {
        super(0);
      }
    } as DateConstructor;
    try {
      assert.equal((await run.train()).kind, 'finished');
    } finally {
      globalThis.Date = Day;
    }
    const manifest = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(manifest !== undefined && manifest.seconds > 0);
    assert.deepEqual([manifest.state, manifest.updates, manifest.startedAt], ['finished', 12, begun]);
  });

  it('is not started in a folder that has a run or a part of one', async () => {
    const first = exampleTraining();
    await running(first, await written(first)).run.train();
    const before = readFileSync(join(folder, 'run.json'));
    const records = readFileSync(join(folder, 'records.arrows'));
    for (const [name, ...gone] of [
      ['run.json'],
      ['records.arrows', 'run.json'],
      ['checkpoints', 'records.arrows', 'rate-changes.jsonl'],
    ]) {
      for (const path of gone) rmSync(join(folder, path));
      await assert.rejects(written(exampleTraining()), (error: Error) =>
        error.message.includes(`the folder already holds a run (${name} is there), and none is overwritten`),
      );
      if (name === 'run.json') assert.deepEqual(readFileSync(join(folder, 'run.json')), before);
      if (name !== 'checkpoints') assert.deepEqual(readFileSync(join(folder, 'records.arrows')), records);
    }
    assert.deepEqual(readdirSync(join(folder, 'checkpoints')), [
      'best.safetensors',
      'update-0.safetensors',
      'update-12.safetensors',
    ]);
  });

  it('does not append to a record file without its schema', async () => {
    const training = exampleTraining();
    const writer = await written(training);
    rmSync(join(folder, 'records.arrows'));
    const { run, notices } = running(training, writer);
    await run.train();
    assert.match(notices.join(), /ENOENT/);
    assert.equal(run.isSaved, false);
    assert.equal(readdirSync(folder).includes('records.arrows'), false);
  });

  it('resumed from its latest checkpoint has the records of an uninterrupted one', async () => {
    const keys = { training: { steps: 12, batch: 3, checkpointEvery: 5 } };
    const whole = running(exampleTraining(keys));
    await whole.run.train();

    const first = exampleTraining(keys);
    const writer = await written(first);
    const cut = running(first, writer);
    const paused = cut.run.pause();
    const ended = cut.run.train();
    await paused;
    for (let n = 0; n < 8; n++) await cut.run.step();
    cut.run.stop();
    await ended;
    // After a kill there is no final checkpoint, only the last regular one.
    rmSync(join(folder, 'checkpoints', 'update-8.safetensors'));
    assert.deepEqual(readdirSync(join(folder, 'checkpoints')), ['update-0.safetensors', 'update-5.safetensors']);

    const second = exampleTraining(keys);
    const facts = runInfoOf(second.setup, undefined, folder, 1);
    const resumedWriter = new RunWriter(new FolderStorage(folder), second, facts);
    const earlier = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(earlier !== undefined);
    assert.deepEqual(await resumedWriter.resume(earlier), []);
    assert.equal(second.updates, 5);
    await running(second, resumedWriter).run.train();
    const records = readRecords(readFileSync(join(folder, 'records.arrows'))).batches;
    const all = (batches: readonly RecordBatch[], column: 'loss' | 'gradNorm' | 'update' | 'dh') =>
      batches.flatMap((batch) => [...batch[column]]);
    for (const column of ['update', 'loss', 'gradNorm', 'dh'] as const) {
      assert.deepEqual(all(records, column), all(whole.batches, column));
    }
  });
});
