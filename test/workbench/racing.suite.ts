import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { editableManifest } from '../editableManifest';
import { readManifest } from '../../src/run/manifest';
import { readRecords } from '../../src/run/records/recordDecoder';
import { Launcher } from '../../src/session/live/launcher';
import { LatestRuns } from '../../src/session/stored/latestRuns';
import type { LiveSession } from '../../src/session/live/liveSession';
import { Sessions, type Target } from '../../src/session/sessions';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import { RunReader } from '../../src/session/stored/runReader';
import type { StartTrainerWorker } from '../../src/session/trainers/trainerWorker';
import { TrainingQueue } from '../../src/session/live/trainingQueue';
import { ExperimentFile, until } from './experimentFile';

const endless = `{
  "data": { "task": "adding", "length": 5 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 100000000, "batch": 4, "checkpointEvery": 2000 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;

const noMemento: vscode.Memento = {
  keys: () => [],
  get: <T>(_: string, otherwise?: T) => otherwise as T,
  update: () => Promise.resolve(),
};

describe('Buttons pressed faster than a run can follow', () => {
  const log = vscode.window.createOutputChannel('Races', { log: true });
  const sessions = new Sessions();
  const queue = new TrainingQueue(() => 2);
  let threads = 0;
  const worker = forkTrainers(
    join(vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'), 'dist', 'trainer.cjs'),
  );
  const counted: StartTrainerWorker = () => {
    const thread = worker();
    threads++;
    thread.onExit(() => threads--);
    return thread;
  };
  const reader = new RunReader(worker);
  const launcher = new Launcher(sessions, new LatestRuns(noMemento, reader), queue, counted, log);
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): void => {
    rejections.push(reason);
  };

  before(() => process.on('unhandledRejection', onRejection));
  beforeEach(() => (rejections.length = 0));
  afterEach(async () => {
    for (const session of sessions.all) if (session.isLive) await session.stop();
    await until('all threads to end', () => threads === 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(rejections, []);
  });
  after(() => {
    process.off('unhandledRejection', onRejection);
    for (const owned of [launcher, reader, queue, sessions, log]) owned.dispose();
  });

  async function training(target: Target): Promise<LiveSession> {
    const launch = await launcher.launch(target);
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    await until('updates', () => launch.session.status.updates > 0);
    return launch.session;
  }

  /** The folders of its runs; none where there is no folder for them. */
  const runsOf = (experiment: ExperimentFile): readonly string[] => {
    const runs = join(experiment.folder, 'unroll-runs');
    return existsSync(runs) ? readdirSync(runs).map((name) => join(runs, name)) : [];
  };

  it('start nothing if Stop precedes the trainer’s start', async () => {
    const experiment = await ExperimentFile.open(endless);
    const target = { uri: experiment.document.uri, variant: undefined };
    const launch = launcher.launch(target);
    const session = await new Promise<LiveSession>((found) => {
      const put = sessions.onDidReplace((one) => {
        put.dispose();
        assert.ok(one.kind === 'live');
        found(one);
      });
    });
    await session.stop();
    assert.equal((await launch).kind, 'stopped');
    assert.equal(session.status.state, 'stopped');
    assert.equal(threads, 0);
    assert.deepEqual(runsOf(experiment), []);
  });

  it('read the data of a run that waits only when it trains, so that many do not fill the memory of the host', async function () {
    this.timeout(60_000);
    const text = (word: string): string => `${word} and the end. `.repeat(40);
    const variants = { gated: { model: { cell: 'gru' } }, long: { seed: 1 }, last: { seed: 2 } };
    const written = JSON.stringify({
      ...{ data: { text: 'a.txt', length: 4 }, model: { cell: 'rnn', hidden: 4 }, variants },
      training: { steps: 100_000_000, batch: 2 },
    });
    const experiment = await ExperimentFile.open(written, { 'a.txt': text('Before') });
    const targets = [undefined, ...Object.keys(variants)].map((variant) => ({ uri: experiment.document.uri, variant }));
    const [first, second] = await Promise.all(targets.slice(0, 2).map(training));
    const waiting = (count: number) => () =>
      sessions.all.filter(({ status }) => status.state === 'waiting').length === count;
    // One after the other: runs that are launched at once enter the queue in any order.
    const [third, fourth] = targets.slice(2).map((target) => () => launcher.launch(target));
    const thirdLaunch = third?.();
    await until('the third to wait', waiting(1));
    const fourthLaunch = fourth?.();
    await until('both to wait', waiting(2));
    writeFileSync(join(experiment.folder, 'a.txt'), text('After'));
    await first?.stop();
    const launch = await thirdLaunch;
    assert.ok(launch?.kind === 'started', JSON.stringify(launch));
    const { facts } = readManifest(readFileSync(join(launch.session.folder ?? '', 'run.json'))) ?? {};
    assert.equal(facts?.dataDigest, createHash('sha256').update(text('After')).digest('hex'));
    rmSync(join(experiment.folder, 'a.txt'));
    await second?.stop();
    const last = await fourthLaunch;
    assert.ok(last?.kind === 'refused', JSON.stringify(last));
    assert.match(last.problems[0]?.message ?? '', /"a\.txt" not found/);
    const session = sessions.get({ uri: experiment.document.uri, variant: 'last' });
    assert.deepEqual([session?.status.state, session?.isLive], ['refused', false]);
  });

  it('let a run that is being stopped write its end before the next run of its target starts', async () => {
    const experiment = await ExperimentFile.open(endless);
    const target = { uri: experiment.document.uri, variant: undefined };
    const first = await training(target);
    void first.stop();
    const launches = await Promise.all([launcher.launch(target), launcher.launch(target)]);
    assert.ok(launches.some(({ kind }) => kind === 'started'));
    await first.released;
    assert.equal(first.status.message, undefined);
    const [oldest = ''] = [...runsOf(experiment)].sort();
    const manifest = readManifest(readFileSync(join(oldest, 'run.json')));
    assert.equal(manifest?.state, 'stopped');
    const { batches } = readRecords(readFileSync(join(oldest, 'records.arrows')));
    assert.equal((batches.at(-1)?.update.at(-1) ?? -1) + 1, manifest.updates);
    assert.equal(sessions.all.filter(({ isLive }) => isLive).length, 1);
  });

  it('leave no incomplete run if Stop comes while the trainer starts', async function () {
    this.timeout(60_000);
    const experiment = await ExperimentFile.open(endless);
    const target = { uri: experiment.document.uri, variant: undefined };
    for (let delay = 0; delay < 120; delay += 4) {
      const launch = launcher.launch(target);
      await until('a session', () => sessions.get(target)?.isLive);
      await sleep(delay);
      const session = sessions.get(target);
      if (session?.kind === 'live') await session.stop();
      await launch;
      await session?.released;
      const states = runsOf(experiment).map((run) => readManifest(readFileSync(join(run, 'run.json')))?.state);
      assert.deepEqual(new Set(states), new Set(states.length === 0 ? [] : ['stopped']), `Stop after ${delay} ms`);
    }
  });

  it('stop the reading of a large file, which says how far it is, and leave nothing', async function () {
    this.timeout(60_000);
    // A text of 40 MB is read by the trainer in parts; the experiment is checked without it.
    const experiment = await ExperimentFile.open(
      JSON.stringify({ data: { text: 'long.txt' }, model: { cell: 'rnn' }, training: { steps: 10 } }),
      { 'long.txt': 'to be or not to be, that is it. '.repeat(1_250_000) },
    );
    const target = { uri: experiment.document.uri, variant: undefined };
    const shares: number[] = [];
    let isStopped = false;
    const stopped = sessions.onDidChange((session) => {
      const { reading } = session.status;
      if (reading === undefined) return;
      shares.push(reading);
      if (isStopped || session.kind !== 'live') return;
      isStopped = true;
      void session.stop();
    });
    const launch = await launcher.launch(target);
    stopped.dispose();
    assert.equal(launch.kind, 'stopped', JSON.stringify(launch));
    assert.ok(
      shares.every((share) => share > 0 && share < 1),
      shares.join(),
    );
    await until('the trainer to end', () => threads === 0);
    assert.equal(sessions.get(target)?.status.state, 'stopped');
    await until('the folder to be deleted', () => runsOf(experiment).length === 0);
    rmSync(join(experiment.folder, 'long.txt'));
  });

  it('write the end of a run that is stopped with two presses', async () => {
    const experiment = await ExperimentFile.open(endless);
    const session = await training({ uri: experiment.document.uri, variant: undefined });
    void session.stop();
    for (let press = 0; press < 5; press++) await Promise.race([session.stop(), sleep(1)]);
    await session.released;
    assert.equal(session.status.message, undefined);
    assert.equal(readManifest(readFileSync(join(session.folder ?? '', 'run.json')))?.state, 'stopped');
  });

  it('resume a run once if Resume is pressed twice', async () => {
    const experiment = await ExperimentFile.open(endless);
    const session = await training({ uri: experiment.document.uri, variant: undefined });
    await session.stop();
    await session.released;
    const { folder = '' } = session;
    const launches = await Promise.all([launcher.resume(folder), launcher.resume(folder), launcher.resume(folder)]);
    assert.deepEqual(
      launches.map(({ kind }) => kind),
      ['started', 'started', 'started'],
    );
    assert.equal(threads, 1);
    assert.equal(sessions.withFolder(folder)?.status.state, 'running');
  });

  it('show the current state of a run that another process has resumed first', async () => {
    const experiment = await ExperimentFile.open(endless);
    const session = await training({ uri: experiment.document.uri, variant: undefined });
    await session.stop();
    await session.released;
    const { folder = '' } = session;
    const manifest = editableManifest(join(folder, 'run.json'));
    writeFileSync(join(folder, 'run.lock'), String(process.ppid));
    // The other process has locked the folder, but has not written its state yet; then it has.
    for (const [state, words] of [
      ['stopped', /another window, or a headless run\. Wait until it ends/],
      ['running', /another window or a terminal is training it now\.$/],
    ] as const) {
      writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...manifest, state, endedAt: null }));
      const launch = await launcher.resume(folder);
      assert.ok(launch.kind === 'failed', JSON.stringify(launch));
      assert.match(launch.message, words);
      assert.equal(sessions.withFolder(folder)?.status.state, 'stopped');
      assert.equal(sessions.withFolder(folder)?.status.updates, manifest['updates']);
    }
    rmSync(join(folder, 'run.lock'));
  });

  it('leave a run in the state of the last pressed button', async function () {
    this.timeout(60_000);
    const experiment = await ExperimentFile.open(endless);
    const session = await training({ uri: experiment.document.uri, variant: undefined });
    for (let round = 0; round < 100; round++) {
      await Promise.all([session.pause(), session.resume()]);
      assert.equal(session.status.state, 'running', `round ${round}: Pause, Resume`);
      await sleep(round % 5);
      await Promise.all([session.pause(), session.resume(), session.step()]);
      assert.equal(session.status.state, 'paused', `round ${round}: Pause, Resume, Step`);
      await Promise.all([session.resume(), session.step()]);
      assert.equal(session.status.state, 'paused', `round ${round}: Resume, Step`);
      await session.resume();
    }
  });
});
