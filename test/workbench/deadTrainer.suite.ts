import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readManifest } from '../../src/run/manifest';
import { Inspector } from '../../src/session/trainers/inspector';
import { Launcher } from '../../src/session/live/launcher';
import { readStoredRun } from '../../src/session/stored/storedRun';
import { RunFolderWatcher } from '../../src/session/stored/runFolderWatcher';
import { RunIndex } from '../../src/session/stored/runIndex';
import { OpenedRun } from '../../src/session/stored/openedRun';
import { LatestRuns } from '../../src/session/stored/latestRuns';
import type { LiveSession } from '../../src/session/live/liveSession';
import { RunReader } from '../../src/session/stored/runReader';
import { Sessions } from '../../src/session/sessions';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import type { StartTrainerWorker } from '../../src/session/trainers/trainerWorker';
import { TrainingQueue } from '../../src/session/live/trainingQueue';
import { temporaryFolder } from '../temporaryFolder';
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

const built = join(
  vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'),
  'dist',
  'trainer.cjs',
);

/** The real trainer with an additional fault. */
function trainerWith(script: string): string {
  const file = join(temporaryFolder('unroll-dying-'), 'trainer.cjs');
  writeFileSync(file, `__dirname = ${JSON.stringify(dirname(built))};\n${readFileSync(built, 'utf8')}\n${script}`);
  return file;
}

/** Triggers the fault some time after a request to the trainer. */
const afterwards = (request: string, milliseconds: number, act: string): string =>
  `process.on('message', ({ name }) => {
     if (name === '${request}') setTimeout(() => { ${act} }, ${milliseconds});
   });`;

/** A small heap, so that it is soon full. */
const smallHeap = ['--max-old-space-size=48'];
const memoryFilling = `let held; for (;;) held = { held };`;
/** One array that grows until V8 cannot allocate it in one piece, which ends a process without any exception. */
const memoryFillingInOnePiece = `const held = []; for (;;) held.push(held.length);`;

describe('A trainer whose process dies', () => {
  const log = vscode.window.createOutputChannel('Deaths', { log: true });
  const sessions = new Sessions();
  const queue = new TrainingQueue(() => 1);
  const watcher = new RunFolderWatcher();
  const runIndex = new RunIndex(sessions, watcher);
  let processes = 0;
  let start: StartTrainerWorker = forkTrainers(built);
  const counted =
    (starting: StartTrainerWorker): StartTrainerWorker =>
    () => {
      const trainer = starting();
      processes++;
      trainer.onExit(() => processes--);
      return trainer;
    };
  const reader = new RunReader(forkTrainers(built));
  const launcher = new Launcher(sessions, new LatestRuns(noMemento, reader), queue, () => counted(start)(), log);
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): void => {
    rejections.push(reason);
  };

  before(() => process.on('unhandledRejection', onRejection));
  beforeEach(() => {
    rejections.length = 0;
    start = forkTrainers(built);
  });
  afterEach(async () => {
    for (const session of sessions.all) if (session.isLive) await session.stop();
    await until('all trainers to end', () => processes === 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(rejections, []);
  });
  after(() => {
    process.off('unhandledRejection', onRejection);
    for (const owned of [launcher, reader, runIndex, queue, sessions, log]) owned.dispose();
  });

  async function trained(session: LiveSession | undefined, updates: number): Promise<LiveSession> {
    await until('updates', () => (session?.status.updates ?? 0) > updates);
    assert.ok(session !== undefined);
    return session;
  }

  async function ended(session: LiveSession): Promise<string> {
    await until('its end', () => !session.isLive);
    await session.released;
    assert.equal(session.status.state, 'failed');
    assert.equal(processes, 0);
    return session.status.message ?? '';
  }

  /** The window still works. */
  async function isResumable(folder: string): Promise<void> {
    assert.ok(!existsSync(join(folder, 'run.lock')));
    assert.equal((await readStoredRun(vscode.Uri.file(folder)))?.state, 'interrupted');
    start = forkTrainers(built);
    const resumed = await launcher.resume(folder);
    assert.ok(resumed.kind === 'started', JSON.stringify(resumed));
    await trained(resumed.session, 5000);
    await resumed.session.stop();
    await resumed.session.released;
    assert.equal(readManifest(readFileSync(join(folder, 'run.json')))?.state, 'stopped');
  }

  const deaths: readonly (readonly [what: string, act: string, words: RegExp])[] = [
    ['throws', `throw new Error('boom');`, /^The trainer process failed: boom\. Resume continues from the latest/],
    ['throws no error', `throw null;`, /^The trainer process failed: null\. Resume continues/],
    ['rejects', `void Promise.reject(new Error('gone'));`, /^The trainer process failed: gone\. Resume continues/],
    ['exits', `process.exit(7);`, /^The trainer process exited unexpectedly \(exit code 7\)\. Resume continues/],
    ['aborts', `process.abort();`, /^The trainer process exited unexpectedly \(SIGABRT\)\. Resume continues/],
    [
      'is killed',
      `process.kill(process.pid, 'SIGKILL');`,
      /^The trainer process was killed \(SIGKILL\)\. The system does/,
    ],
    [
      'crashes',
      `process.kill(process.pid, 'SIGSEGV');`,
      /^The trainer process exited unexpectedly \(SIGSEGV\)\. Resume/,
    ],
    ['fills its heap', memoryFilling, /memory\. It was estimated to need .* MiB, and may use .* Resume continues/],
    [
      'needs one piece that is too large',
      memoryFillingInOnePiece,
      /^The trainer ran out of memory\. .* Resume continues/,
    ],
  ];
  for (const [what, act, words] of deaths) {
    it(`because it ${what}, leaves a run that can be resumed`, async () => {
      const experiment = await ExperimentFile.open(endless);
      const target = { uri: experiment.document.uri, variant: undefined };
      start = forkTrainers(trainerWith(afterwards('start', 1500, act)), smallHeap);
      const launch = await launcher.launch(target);
      assert.ok(launch.kind === 'started', JSON.stringify(launch));
      assert.match(await ended(launch.session), words);
      await isResumable(launch.session.folder ?? '');
      const again = await launcher.launch(target);
      assert.ok(again.kind === 'started', JSON.stringify(again));
      await trained(again.session, 0);
    });
  }

  it('is killed by a second Stop in an endless loop, and leaves a run that can be resumed', async () => {
    const experiment = await ExperimentFile.open(endless);
    start = forkTrainers(trainerWith(afterwards('start', 1500, 'for (;;);')));
    const launch = await launcher.launch({ uri: experiment.document.uri, variant: undefined });
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    const { session } = launch;
    await sleep(2500);
    const { updates } = session.status;
    await sleep(500);
    assert.equal(session.status.updates, updates, 'it hangs');
    const first = session.stop().catch(() => undefined);
    await sleep(1000);
    await session.stop();
    await first;
    assert.equal(session.status.state, 'stopped');
    await session.released;
    await isResumable(session.folder ?? '');
  });

  it('during its start, shows the reason and how to start again, and leaves no folder', async () => {
    const experiment = await ExperimentFile.open(endless);
    const target = { uri: experiment.document.uri, variant: undefined };
    start = forkTrainers(trainerWith(`process.on('message', () => { ${memoryFilling} });`), smallHeap);
    const launch = await launcher.launch(target);
    assert.ok(launch.kind === 'failed', JSON.stringify(launch));
    assert.match(launch.message, /^The trainer ran out of memory\. It may use .* MiB\. Train again to start over\./);
    const session = sessions.get(target);
    assert.ok(session?.kind === 'live');
    assert.equal(await ended(session), launch.message);
    assert.equal(existsSync(join(experiment.folder, 'unroll-runs')), false);
  });

  it('while a run is resumed, leaves the run unchanged', async () => {
    const experiment = await ExperimentFile.open(endless);
    const launch = await launcher.launch({ uri: experiment.document.uri, variant: undefined });
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    const { session } = launch;
    await trained(session, 3000);
    await session.stop();
    await session.released;
    const folder = session.folder ?? '';
    for (const act of ['process.exit(7);', `throw new Error('boom');`]) {
      start = forkTrainers(trainerWith(`process.on('message', () => { ${act} });`));
      const broken = await launcher.resume(folder);
      assert.ok(broken.kind === 'failed', JSON.stringify(broken));
      assert.match(broken.message, /^The trainer process (exited|failed).* Resume continues from the latest/);
      const shown = sessions.withFolder(folder);
      assert.equal(shown?.status.state, 'stopped');
      assert.equal(shown.status.updates, session.status.updates);
      assert.equal(processes, 0);
    }
    start = forkTrainers(built);
    const resumed = await launcher.resume(folder);
    assert.ok(resumed.kind === 'started', JSON.stringify(resumed));
    await trained(resumed.session, session.status.updates);
  });

  it('while it replays an update, is replaced at the next request', async () => {
    const experiment = await ExperimentFile.open(endless);
    const launch = await launcher.launch({ uri: experiment.document.uri, variant: undefined });
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    const { session } = launch;
    await trained(session, 3000);
    await session.stop();
    await session.released;
    const dying = forkTrainers(
      trainerWith(`process.on('message', ({ name }) => { if (name === 'gradientFlow') process.exit(7); });`),
    );
    const base = vscode.Uri.file(experiment.folder);
    const inspector = new Inspector(base, session.folder ?? '', counted(dying), () => session.status.updates);
    for (let look = 0; look < 3; look++) {
      assert.equal((await inspector.ask('inspect', { update: 1000, sequence: 0 })).update, 1000);
      await assert.rejects(
        inspector.ask('gradientFlow', { update: 1000, sequence: 0, layer: 0 }),
        /^ChannelClosed: The trainer process exited unexpectedly \(exit code 7\)\.$/,
      );
    }
    inspector.dispose();
  });

  it('while it reads a stored run, is reported in place of the run and replaced', async () => {
    const experiment = await ExperimentFile.open(endless);
    const launch = await launcher.launch({ uri: experiment.document.uri, variant: undefined });
    assert.ok(launch.kind === 'started', JSON.stringify(launch));
    await trained(launch.session, 3000);
    await launch.session.stop();
    await launch.session.released;
    const folder = vscode.Uri.file(launch.session.folder ?? '');
    const aborting = trainerWith(`process.on('message', ({ name }) => { if (name === 'history') process.abort(); });`);
    let script = aborting;
    const fragile = new RunReader(() => counted(forkTrainers(script))());
    const stored = new OpenedRun(folder, runIndex.onDidTouch, fragile, watcher);
    const updates = (): number | undefined => stored.session?.status.updates;
    await stored.read();
    assert.equal(updates(), undefined);
    assert.equal(
      stored.problem,
      "The records of this run can't be read: The trainer process exited unexpectedly (SIGABRT).",
    );
    script = built;
    await stored.read();
    assert.equal(stored.problem, undefined);
    assert.equal(updates(), launch.session.status.updates);
    stored.dispose();
    fragile.dispose();
  });
});
