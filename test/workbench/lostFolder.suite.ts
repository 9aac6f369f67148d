import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isResumable } from '../../src/protocol/run';
import { readManifest } from '../../src/run/manifest';
import { readRecords } from '../../src/run/records/recordDecoder';
import { readStoredRun } from '../../src/session/stored/storedRun';
import { RunFolderWatcher } from '../../src/session/stored/runFolderWatcher';
import { RunIndex } from '../../src/session/stored/runIndex';
import { Launcher } from '../../src/session/live/launcher';
import { LatestRuns } from '../../src/session/stored/latestRuns';
import type { LiveSession } from '../../src/session/live/liveSession';
import { RunReader } from '../../src/session/stored/runReader';
import { Sessions } from '../../src/session/sessions';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import { TrainingQueue } from '../../src/session/live/trainingQueue';
import { ExperimentFile, until } from './experimentFile';

const endless = `{
  "data": { "task": "adding", "length": 5 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 100000000, "batch": 4, "checkpointEvery": 2000 }
}`;

const noMemento: vscode.Memento = {
  keys: () => [],
  get: <T>(_: string, otherwise?: T) => otherwise as T,
  update: () => Promise.resolve(),
};

/** Makes a folder read-only for all users until the returned function is called. */
async function forbidWriting(folder: string): Promise<() => void> {
  if (process.getuid?.() !== 0) {
    const places = ['.', 'checkpoints', 'records.arrows'].map((name) => join(folder, name));
    for (const place of places) chmodSync(place, 0o555);
    return () => {
      for (const place of places) chmodSync(place, 0o755);
    };
  }
  // root ignores permissions, so the disk is made read-only.
  const remount = (how: string): boolean =>
    spawnSync('mount', ['-o', `remount,${how}`, join(folder, '..')]).status === 0;
  // While the trainer has a file open the disk is busy.
  await until('a moment without open writers', () => remount('ro'));
  return () => {
    assert.ok(remount('rw'));
  };
}

describe('A run whose folder is lost or closed while it trains', () => {
  const log = vscode.window.createOutputChannel('Lost folders', { log: true });
  const sessions = new Sessions();
  const queue = new TrainingQueue(() => 2);
  const worker = forkTrainers(
    join(vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'), 'dist', 'trainer.cjs'),
  );
  const reader = new RunReader(worker);
  const launcher = new Launcher(sessions, new LatestRuns(noMemento, reader), queue, worker, log);
  const watcher = new RunFolderWatcher();
  const runIndex = new RunIndex(sessions, watcher);
  const notices: string[] = [];
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): void => {
    rejections.push(reason);
  };
  let undo: (() => void)[] = [];

  before(() => {
    launcher.onDidNotice((message) => notices.push(message));
    process.on('unhandledRejection', onRejection);
  });
  beforeEach(() => {
    notices.length = 0;
    rejections.length = 0;
  });
  afterEach(async () => {
    for (const session of sessions.all) if (session.isLive) await session.stop();
    for (const each of undo.reverse()) each();
    undo = [];
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => {
    process.off('unhandledRejection', onRejection);
    for (const owned of [runIndex, launcher, reader, queue, sessions, log]) owned.dispose();
  });

  async function trained(experiment: ExperimentFile): Promise<{ session: LiveSession; folder: string }> {
    const launch = await launcher.launch({ uri: experiment.document.uri, variant: undefined });
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    const { session } = launch;
    const { folder } = session;
    assert.ok(folder !== undefined);
    const records = join(folder, 'records.arrows');
    await until('records on disk', () => readRecords(readFileSync(records)).batches.length > 0);
    return { session, folder };
  }

  async function isListed(folder: string): Promise<boolean> {
    return (await runIndex.all()).some((run) => run.folder.fsPath === folder);
  }

  it('shows that it was deleted and continues training; it is not recreated, resumed or listed, and the next ▶ Train works', async () => {
    const experiment = await ExperimentFile.open(endless);
    const { session, folder } = await trained(experiment);
    await until('the run in the list', () => isListed(folder));
    rmSync(folder, { recursive: true });
    const { updates } = session.status;
    await until('the message', () => session.status.saved === 'waiting');
    assert.match(
      session.status.message ?? '',
      /^From update [\d,]+ on, .*ENOENT.* was deleted or moved. It won.t be recreated/,
    );
    await until('training that goes on', () => session.status.updates > updates + 100);
    assert.equal(session.status.state, 'running');
    await until('a list without it', async () => !(await isListed(folder)));
    await session.stop();
    await session.released;
    assert.equal(session.status.state, 'stopped');
    assert.equal(session.status.saved, 'gone');
    assert.match(session.status.message ?? '', /^This run is no longer on disk: .*can't be resumed/);
    assert.equal(isResumable('stopped', session.status.saved), false);
    assert.equal(existsSync(folder), false);
    assert.equal(notices.length, 2, notices.join('\n'));
    assert.equal((await launcher.resume(folder)).kind, 'failed');

    const again = await trained(experiment);
    assert.notEqual(again.folder, folder);
    await again.session.stop();
    await again.session.released;
    assert.equal((await readStoredRun(vscode.Uri.file(again.folder)))?.state, 'stopped');
    await until('the new run in the list', () => isListed(again.folder));
    assert.deepEqual(rejections, []);
  });

  it('shows that it is read-only and continues training; no records are missing once it can be written again', async function () {
    if (process.platform === 'win32') this.skip();
    const experiment = await ExperimentFile.open(endless);
    if (!hasOwnDisk(join(experiment.folder, 'unroll-runs'))) this.skip();
    const { session, folder } = await trained(experiment);
    const allow = await forbidWriting(folder);
    undo.push(allow);
    await until('the message', () => session.status.saved === 'waiting');
    assert.match(session.status.message ?? '', /(EROFS|EACCES).* Make .* writable again\./);
    const { updates } = session.status;
    await until('training that goes on', () => session.status.updates > updates + 100);
    allow();
    await until('the other message', () => session.status.saved === 'whole');
    assert.match(session.status.message ?? '', /written again; none is missing\./);
    await session.stop();
    await session.released;
    assert.equal(session.status.message, undefined);
    const written = readRecords(readFileSync(join(folder, 'records.arrows'))).batches.flatMap(({ update }) => [
      ...update,
    ]);
    assert.deepEqual(written, [...written.keys()]);
    assert.equal(written.length, readManifest(readFileSync(join(folder, 'run.json')))?.updates);
    assert.equal(notices.length, 2, notices.join('\n'));
    assert.deepEqual(rejections, []);
  });

  it('ends with a run that can be resumed, where it stays read-only to the end', async function () {
    if (process.platform === 'win32') this.skip();
    const experiment = await ExperimentFile.open(endless);
    if (!hasOwnDisk(join(experiment.folder, 'unroll-runs'))) this.skip();
    const { session, folder } = await trained(experiment);
    const allow = await forbidWriting(folder);
    undo.push(allow);
    await until('the message', () => session.status.saved === 'waiting');
    await session.stop();
    await session.released;
    assert.equal(session.status.saved, 'cut');
    assert.match(session.status.message ?? '', /^The end of the run couldn't be written .*Resume returns/);
    assert.match(JSON.stringify(await launcher.resume(folder)), /can't be resumed: (EROFS|EACCES)/);
    allow();
    assert.equal((await readStoredRun(vscode.Uri.file(folder)))?.state, 'interrupted');
    const launch = await launcher.resume(folder);
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    await launch.session.stop();
    await launch.session.released;
    assert.equal(readdirSync(folder).includes('run.lock'), false);
    assert.deepEqual(rejections, []);
  });

  /** Mounts a disk in a folder if only a disk can be made read-only; returns whether that is possible. */
  function hasOwnDisk(folder: string): boolean {
    if (process.getuid?.() !== 0) return true;
    mkdirSync(folder);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], {
      encoding: 'utf8',
    });
    if (status === 0) undo.push(() => spawnSync('umount', ['-l', folder]));
    else console.log(`Whoever may do everything needs a disk of their own for this, and none can be had: ${stderr}`);
    return status === 0;
  }
});
