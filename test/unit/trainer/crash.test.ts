import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import type { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';

const columns = [
  'update',
  'loss',
  'validationLoss',
  'gradNorm',
  'learningRate',
  'parameterUpdateNorm',
  'dh',
  'dc',
] as const;

/** All values of a run's records except times, and whether the file was complete. */
function recordsIn(folder: string) {
  const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
  return {
    incompleteReason,
    ...Object.fromEntries(columns.map((name) => [name, batches.flatMap((batch) => [...batch[name]])])),
  };
}

/** The parameters and the optimizer's state at the end of a run. */
function tensorsIn(folder: string) {
  const { tensors } = readTensorFile(readFileSync(join(folder, 'checkpoints', 'update-12.safetensors')));
  return [...tensors].map(([name, { data }]) => [name, [...data]]);
}

async function trainToEnd(training: Training, writer: RunWriter): Promise<void> {
  const run = new Run({
    training,
    writer,
    observer: { records: () => undefined, saveStatus: ({ message }) => assert.fail(message) },
    yieldToMessages: () =>
      new Promise((done) => {
        setImmediate(done);
      }),
  });
  assert.equal((await run.train()).kind, 'finished');
}

describe('An interrupted run', () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'unroll-crash-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });
  const keys = { training: { steps: 12, batch: 3, checkpointEvery: 5, validateEvery: 4 } };
  const writerIn = (folder: string, training: Training): RunWriter =>
    new RunWriter(new FolderStorage(folder), training, runInfoOf(training.setup, undefined, folder, 1));

  /** The folder of a run that was killed between two flushes: its records continue after its latest checkpoint. */
  async function killed(): Promise<{ readonly whole: string; readonly cut: string }> {
    const whole = join(scratch, 'whole');
    mkdirSync(whole);
    const training = exampleTraining(keys);
    const writer = writerIn(whole, training);
    await writer.begin();
    await trainToEnd(training, writer);
    const cut = join(scratch, 'cut');
    cpSync(whole, cut, { recursive: true });
    for (const later of ['update-12', 'best']) rmSync(join(cut, 'checkpoints', `${later}.safetensors`));
    return { whole, cut };
  }

  async function resumed(folder: string): Promise<readonly string[]> {
    const earlier = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(earlier !== undefined);
    const training = exampleTraining(keys);
    const writer = writerIn(folder, training);
    const passedOver = await writer.resume(earlier);
    await trainToEnd(training, writer);
    return passedOver;
  }

  it('continues with the same results wherever its records end, and reports the lost updates', async () => {
    const { whole, cut } = await killed();
    const expected = recordsIn(whole);
    const size = readFileSync(join(cut, 'records.arrows')).length;
    for (let length = 0; length <= size; length += 499) {
      const folder = join(scratch, 'again');
      cpSync(cut, folder, { recursive: true });
      truncateSync(join(folder, 'records.arrows'), length);
      const messages = await resumed(folder);
      const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
      assert.equal(incompleteReason, undefined);
      const updates = batches.flatMap(({ update }) => [...update]);
      const lost = [...Array(12).keys()].filter((update) => !updates.includes(update));
      // From its latest checkpoint on everything is trained again.
      assert.ok(
        lost.every((update) => update < 10),
        `records cut at ${length}`,
      );
      assert.equal(lost.length > 0, /are lost/.test(messages.join(' ')), `records cut at ${length}`);
      const records = recordsIn(folder) as unknown as Record<string, readonly number[]>;
      for (const name of columns) {
        const all = (expected as unknown as Record<string, readonly number[]>)[name] ?? [];
        const width = all.length / 12;
        const there = all.filter((_, i) => updates.includes(Math.floor(i / width)));
        assert.deepEqual(records[name], there, `${name}, records cut at ${length}`);
      }
      assert.deepEqual(tensorsIn(folder), tensorsIn(whole), `records cut at ${length}`);
      rmSync(folder, { recursive: true });
    }
  });

  it('continues with the same results wherever its latest checkpoint was truncated', async () => {
    const { whole, cut } = await killed();
    const expected = recordsIn(whole);
    const newest = join('checkpoints', 'update-10.safetensors');
    const size = readFileSync(join(cut, newest)).length;
    for (let length = 0; length < size; length += 397) {
      const folder = join(scratch, 'again');
      cpSync(cut, folder, { recursive: true });
      truncateSync(join(folder, newest), length);
      const [fault] = await resumed(folder);
      assert.match(fault, /^checkpoints\/update-10\.safetensors can't be used .* continues from update 5 instead\.$/);
      assert.deepEqual(recordsIn(folder), expected, `checkpoint cut at ${length}`);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A process that trains', function () {
  this.timeout(120_000);
  const runner = resolve('dist', 'cli.mjs');
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'unroll-kill-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });
  const path = (...parts: string[]): string => join(scratch, ...parts);
  const experiment = (steps: number): string => {
    const file = {
      data: { task: 'echo', length: 12 },
      model: { cell: 'gru', hidden: 12 },
      bptt: { forward: 4, backward: 7 },
      training: { steps, batch: 8, checkpointEvery: 300, validateEvery: 500 },
    };
    writeFileSync(path('x.rnn.json'), JSON.stringify(file));
    return path('x.rnn.json');
  };
  const train = (...words: string[]) =>
    spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', timeout: 60_000 });

  it('can be killed repeatedly, and its run ends with the results of an uninterrupted one', async () => {
    const file = experiment(4000);
    assert.equal(train(file, '--out', path('whole')).status, 0);
    for (const lines of [150, 700, 1100]) {
      const more = readdirSync(scratch).includes('cut') ? ['--resume'] : [];
      const command = spawn(process.execPath, [runner, file, '--json', '--out', path('cut'), ...more]);
      let seen = 0;
      command.stdout.on('data', (part: Buffer) => {
        seen += part.toString().split('\n').length - 1;
        if (seen >= lines) command.kill('SIGKILL');
      });
      const [code, signal] = (await once(command, 'close')) as [number | null, string | null];
      assert.deepEqual([code, signal], [null, 'SIGKILL']);
      assert.equal(readManifest(readFileSync(path('cut', 'run.json')))?.state, 'running');
    }
    const { status, stderr } = train(file, '--out', path('cut'), '--resume');
    assert.equal(status, 0, stderr);
    assert.deepEqual(recordsIn(path('cut')), recordsIn(path('whole')));
  });

  it('reports that nothing can be written, and leaves a run that opens and can be resumed', function () {
    if (process.platform === 'win32') this.skip();
    const file = experiment(4000);
    const limited = `ulimit -f 300; exec "$@"`;
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', limited, 'bash', process.execPath, runner, file, '--out', path('run')],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    assert.equal(status, 3, stderr);
    assert.match(
      stderr,
      /From update \d+ on, the run's records can't be written.*Training continues; .* wait in memory/,
    );
    assert.match(stderr, /The end of the run couldn't be written/);
    const records = recordsIn(path('run')) as unknown as { readonly update: readonly number[] };
    assert.ok(records.update.length > 0);
    assert.deepEqual(records.update, [...records.update.keys()]);
    assert.equal(train(file, '--out', path('run'), '--resume').status, 0);
    assert.equal(train(file, '--out', path('whole')).status, 0);
    assert.deepEqual(recordsIn(path('run')), recordsIn(path('whole')));
  });
});
