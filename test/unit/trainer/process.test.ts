import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { formatGradientCheck, gradientVerdict } from '../../../src/checks/gradientCheck';
import { computeDataDigest } from '../../../src/data/files/dataDigest';
import type { Channel } from '../../../src/protocol/channel';
import { trainerChannel } from '../../../scripts/trainerChannel';
import type { RecordBatch } from '../../../src/run/records/recordBatch';
import type {
  Ending,
  StartParams,
  StartReply,
  TrainerContract,
  TrainerHostContract,
} from '../../../src/protocol/trainer';
import { runFiles, updatesOfCheckpoint } from '../../../src/run/storage/runFiles';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { forkTrainers } from '../../../src/session/trainers/trainerProcess.node';
import type { TrainerWorker } from '../../../src/session/trainers/trainerWorker';
import { temporaryFolder } from '../../temporaryFolder';
import { exampleExperiment, exampleStart } from './exampleTraining';

const startTrainer = forkTrainers(resolve('dist/trainer.cjs'));

interface Started {
  readonly worker: TrainerWorker;
  readonly channel: Channel<TrainerHostContract, TrainerContract>;
  /** The exit reason, once it has exited. */
  readonly gone: Promise<string | undefined>;
}

const running = new Set<TrainerWorker>();
const parents = new Set<ChildProcess>();

function trainer(): Started {
  const worker = startTrainer();
  running.add(worker);
  worker.onExit(() => running.delete(worker));
  const channel = trainerChannel(worker.port);
  return { worker, channel, gone: new Promise((done) => worker.onExit(done)) };
}

async function end({ worker, gone }: Started): Promise<void> {
  worker.terminate();
  await gone;
}

function start(keys: Readonly<Record<string, unknown>>, workers = 0): StartParams {
  return exampleStart(exampleExperiment(keys), workers);
}

describe('The trainer’s process', () => {
  afterEach(() => {
    for (const worker of running) worker.terminate();
    for (const parent of parents) parent.kill('SIGKILL');
    parents.clear();
  });

  it('checks the gradients of an experiment, and tells each as soon as it is done', async () => {
    const started = trainer();
    const seen: string[] = [];
    started.channel.on('gradientChecked', ({ name }) => seen.push(name));
    const { experiment, files, memoryLimit, reproducible } = start({ bptt: { forward: 3, backward: 5 } });
    const params = { experiment, files, memoryLimit, reproducible };
    const reply = await started.channel.request('checkGradients', params);
    assert.ok(reply.kind === 'checked', JSON.stringify(reply));
    assert.equal(seen.length, 6);
    assert.deepEqual(
      reply.checks.map(({ name }) => name),
      seen,
    );
    assert.ok(reply.subject.isCarried);
    for (const check of reply.checks) assert.notEqual(gradientVerdict(check), 'unmet', formatGradientCheck(check));
    await end(started);
  });

  it('trains to the end and sends every record', async () => {
    const started = trainer();
    const { channel } = started;
    let updates = 0;
    channel.on('records', ({ count }) => {
      updates += count;
    });
    const ended = new Promise<Ending>((done) => channel.on('ended', done));
    const reply = await channel.request('start', start({}));
    assert.ok(reply.kind === 'started');
    assert.equal(reply.info.parameterCount, 4 * 4 * (2 + 4 + 2) + 4 + 1);
    assert.deepEqual(await ended, { kind: 'finished', updates: 12, reason: 'steps' });
    assert.equal(updates, 12);
    await end(started);
  });

  it('answers while it trains at full speed', async () => {
    const started = trainer();
    const { channel } = started;
    await channel.request('start', start({ training: { steps: 1_000_000, batch: 3 } }));
    await channel.request('setLearningRate', 0.01);
    await channel.request('pause', undefined);
    await channel.request('step', undefined);
    await channel.request('resume', undefined);
    const ended = new Promise<Ending>((done) => channel.on('ended', done));
    await channel.request('stop', undefined);
    assert.equal((await ended).kind, 'stopped');
    await end(started);
  });

  it('stops at a signal without a request', async () => {
    const started = trainer();
    const { channel, worker } = started;
    await channel.request('start', start({ training: { steps: 1_000_000_000, batch: 3 } }));
    const ended = new Promise<Ending>((done) => channel.on('ended', done));
    worker.signal({ kind: 'stop' });
    assert.equal((await ended).kind, 'stopped');
    await end(started);
  });

  it('shares a long update with a worker thread, and all its threads have a lower priority than the editor', async function () {
    if (process.platform !== 'linux') this.skip();
    const started = trainer();
    const long = { data: { task: 'adding', length: 50 }, model: { cell: 'lstm', hidden: 64 } };
    const reply = await started.channel.request('start', start({ ...long, training: { steps: 1e6, batch: 32 } }, 2));
    assert.ok(reply.kind === 'started');
    assert.deepEqual([reply.info.shards, reply.info.workers], [3, 2]);
    const tasks = `/proc/${started.worker.processId ?? 0}/task`;
    const own = getPriority();
    // V8 starts threads of its own before any script runs; training uses the main thread and the threads that it starts.
    const busiest = (): ReturnType<typeof statOf>[] =>
      readdirSync(tasks)
        .map((task) => statOf(readFileSync(join(tasks, task, 'stat'), 'utf8')))
        .sort((a, b) => b.ticks - a.ticks)
        .slice(0, 2);
    // Compiling takes far less: two seconds of two threads are spent on training.
    while (busiest().some(({ ticks }) => ticks < 200)) await setTimeout(50);
    for (const { nice } of busiest()) assert.ok(nice > own, JSON.stringify(busiest()));
    await end(started);
  });

  it('is in a scheduling group of lower priority, so that a browser in another session comes first', async function () {
    // See sched(7): the file exists where the kernel groups processes by session.
    if (!existsSync('/proc/self/autogroup')) this.skip();
    const groupOf = (id: number | 'self'): { readonly name: string; readonly nice: number } => {
      const [, name = '', nice] = /^(\S+) nice (-?\d+)/.exec(readFileSync(`/proc/${id}/autogroup`, 'utf8')) ?? [];
      return { name, nice: Number(nice) };
    };
    const own = groupOf('self');
    const two = [trainer(), trainer()];
    for (const { worker } of two) {
      while (groupOf(worker.processId ?? 0).nice !== 5) await setTimeout(50);
      assert.notEqual(groupOf(worker.processId ?? 0).name, own.name);
    }
    assert.deepEqual(groupOf('self'), own, 'that of the editor is unchanged');
    for (const one of two) await end(one);
  });

  it('leaves no process, handle or listener after being started and stopped repeatedly', async function () {
    if (process.platform !== 'linux') this.skip();
    const held = () => ({
      handles: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'Timeout').length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    });
    const ids: number[] = [];
    const once = async (): Promise<void> => {
      const started = trainer();
      const { channel, worker } = started;
      ids.push(worker.processId ?? 0);
      const ended = new Promise<Ending>((done) => channel.on('ended', done));
      await channel.request('start', start({ training: { steps: 1_000_000, batch: 3 } }));
      await channel.request('stop', undefined);
      assert.equal((await ended).kind, 'stopped');
      channel.close('It is over.');
      await end(started);
    };
    await once();
    const before = held();
    for (let n = 0; n < 20; n++) await once();
    const isMore = (): boolean => {
      const { handles, listeners } = held();
      return handles > before.handles || listeners > before.listeners;
    };
    // Ended processes are listed for a short time; with a leak this loop does not end.
    while (isMore()) await setTimeout(10);
    assert.deepEqual(ids.filter(isRunning), []);
  });

  it('refuses a run that exceeds the memory limit, with the estimate', async () => {
    const started = trainer();
    const { channel } = started;
    const reply = await channel.request('start', start({ model: { cell: 'lstm', hidden: 1_000_000 } }));
    assert.ok(reply.kind === 'refused');
    assert.match(reply.problems[0]?.message ?? '', /hidden: 1000000 needs about [\d,]+ MiB.*the limit is 954 MiB/);
    assert.deepEqual(reply.problems[0]?.keyPath, ['model', 'hidden']);
    await assert.rejects(channel.request('pause', undefined), /No run has been started/);
    await end(started);
  });

  it('receives files of tens of megabytes unchanged', async () => {
    const started = trainer();
    const text = new Uint8Array(randomFillSync(new Uint8Array(20_000_000)).map((byte) => 97 + (byte % 26)));
    const experiment = { data: { text: 'long.txt' }, training: { steps: 1 } };
    const params = { ...start(experiment), files: new Map([['long.txt', text]]), memoryLimit: 8e9 };
    const reply = await started.channel.request('start', params);
    assert.ok(reply.kind === 'started', JSON.stringify(reply));
    const { dataDigest } = reply.info;
    assert.equal(dataDigest, await computeDataDigest(exampleExperiment(experiment), params.files));
    await end(started);
  });

  it('reads a large file itself, in parts, and says how far it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-large-'));
    try {
      const bytes = new TextEncoder().encode('to be or not to be, that is it. '.repeat(600_000));
      const location = join(folder, 'long.txt');
      writeFileSync(location, bytes);
      const experiment = { data: { text: 'long.txt' }, training: { steps: 1 } };
      const numbers: unknown[] = [];
      for (const file of [bytes, { location, size: bytes.length }]) {
        const started = trainer();
        const shares: number[] = [];
        const records: RecordBatch[] = [];
        started.channel.on('reading', (share) => shares.push(share));
        started.channel.on('records', (batch) => records.push(batch));
        const ended = new Promise((done) => {
          started.channel.on('ended', done);
        });
        const params = { ...start(experiment, 1), files: new Map([['long.txt', file]]), memoryLimit: 8e9 };
        const reply = await started.channel.request('start', params);
        assert.ok(reply.kind === 'started', JSON.stringify(reply));
        await ended;
        numbers.push([reply.info.dataDigest, records.map(({ loss }) => [...loss])]);
        if (file === bytes) assert.deepEqual(shares, []);
        assert.ok(
          shares.every((share, index) => share <= 1 && share > (shares[index - 1] ?? 0)),
          shares.join(),
        );
        await end(started);
      }
      assert.deepEqual(numbers[1], numbers[0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can’t be started from a missing script, and reports it', async () => {
    const worker = forkTrainers(resolve('dist/no-such-trainer.cjs'))();
    const reason = await new Promise<string | undefined>((done) => worker.onExit(done));
    assert.match(reason ?? '', /^The trainer process exited unexpectedly \(exit code 1\)/);
  });

  describe('whose parent process ends', () => {
    const ways = [
      ['is killed', (parent: ChildProcess) => parent.kill('SIGKILL')],
      ['exits', (parent: ChildProcess) => parent.send('exit')],
      ['closes the window', (parent: ChildProcess) => parent.send('saveAndExit')],
    ] as const;
    for (const [what, act] of ways) {
      it(`saves the run and exits if its parent ${what}`, async () => {
        const folder = temporaryFolder('unroll-parent-');
        const {
          parent,
          trainer: id,
          updates,
        } = await inOtherProcess({
          ...start({ training: { steps: 1e8, batch: 3, checkpointEvery: 0 } }),
          folder,
          source: 'x.rnn.json',
        });
        act(parent);
        await untilGone(id);
        parent.kill('SIGKILL');
        const manifest = readManifest(await readFile(join(folder, runFiles.manifest)));
        assert.equal(manifest?.state, 'running', 'as of one that was interrupted');
        const checkpoints = (await readdir(join(folder, runFiles.checkpoints))).map(updatesOfCheckpoint);
        const newest = Math.max(...checkpoints.map((updates) => updates ?? 0));
        // It writes a checkpoint only at its end.
        assert.ok(updates > 0 && newest >= updates, String(newest));
        const update = lastUpdate(await readFile(join(folder, runFiles.records)));
        assert.equal(update + 1, newest);
      });
    }

    it('exits within about a second in the middle of a much longer update', async () => {
      // One update of it takes a minute.
      const folder = temporaryFolder('unroll-parent-');
      const long = { data: { task: 'adding', length: 5000 }, model: { cell: 'lstm', hidden: 256 } };
      const { parent, trainer: id } = await inOtherProcess({
        ...start({ ...long, training: { steps: 100, batch: 64 } }, 1),
        memoryLimit: 16e9,
        folder,
        source: 'x.rnn.json',
      });
      await setTimeout(500);
      parent.kill('SIGKILL');
      await untilGone(id);
      // An update ends before its record is written, so the update in progress has no record.
      const { batches } = readRecords(await readFile(join(folder, runFiles.records)));
      assert.deepEqual(batches, []);
    });
  });
});

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function untilGone(id: number): Promise<void> {
  while (isRunning(id)) await setTimeout(20);
}

/** Processor time, in hundredths of a second, and niceness of a thread: columns 14 + 15 and 19 of its stat, see proc(5). */
function statOf(text: string): { readonly ticks: number; readonly nice: number } {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    ticks: Number(fields[11]) + Number(fields[12]),
    nice: Number(fields[16]),
  };
}

/** The last update in a record file. */
function lastUpdate(bytes: Uint8Array): number {
  const last = readRecords(bytes).batches.at(-1);
  assert.ok(last !== undefined);
  return last.update.at(-1) ?? NaN;
}

/** The run that another process has started. */
interface InOtherProcess {
  readonly parent: ChildProcess;
  /** Process id of the trainer. */
  readonly trainer: number;
  /** Updates that had been reported by then. */
  readonly updates: number;
}

/** Starts a run in the trainer of another process; resolves once updates are being trained. */
async function inOtherProcess(params: StartParams): Promise<InOtherProcess> {
  const parent = fork(resolve('dist/test/unit/trainer/parent.command.mjs'), [], { serialization: 'advanced' });
  parents.add(parent);
  parent.send(params);
  const [message] = (await once(parent, 'message')) as [
    Omit<InOtherProcess, 'parent'> & { readonly reply: StartReply },
  ];
  const { reply, ...told } = message;
  assert.equal(reply.kind, 'started', JSON.stringify(reply));
  return { parent, ...told };
}
