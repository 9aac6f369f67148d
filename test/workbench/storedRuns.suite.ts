import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { editableManifest } from '../editableManifest';
import { reasonNotToDelete } from '../../src/run/storage/deletion.node';
import { lockFolder } from '../../src/run/storage/folderLock.node';
import { readManifest } from '../../src/run/manifest';
import { loadRun } from '../../src/session/stored/latestRuns';
import { readRecords } from '../../src/run/records/recordDecoder';
import { readExperimentText } from '../../src/session/experimentText';
import { Inspector } from '../../src/session/trainers/inspector';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import type { StartTrainerWorker } from '../../src/session/trainers/trainerWorker';
import { shortNameOf, nameOf, readStoredRun } from '../../src/session/stored/storedRun';
import { OpenedRun } from '../../src/session/stored/openedRun';
import { RunFolderWatcher } from '../../src/session/stored/runFolderWatcher';
import { RunIndex } from '../../src/session/stored/runIndex';
import { RunReader } from '../../src/session/stored/runReader';
import { LiveSession } from '../../src/session/live/liveSession';
import { Sessions } from '../../src/session/sessions';
import { TrainingQueue } from '../../src/session/live/trainingQueue';
import { RunsTree } from '../../src/views/runsTree';
import { ExperimentFile, until } from './experimentFile';

const short = `{
  "data": { "task": "adding", "length": 5 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;
const endless = short.replace('"steps": 30', '"steps": 100000000, "checkpointEvery": 200');

function foldersOf(experiment: ExperimentFile): readonly string[] {
  const runs = join(experiment.folder, 'unroll-runs');
  return readdirSync(runs)
    .sort()
    .map((name) => join(runs, name));
}

function tabs(title: string): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ label }) => label === title);
}

describe('Stored runs', () => {
  const sessions = new Sessions();
  const watcher = new RunFolderWatcher();
  const runIndex = new RunIndex(sessions, watcher);
  const reader = new RunReader(
    forkTrainers(
      join(vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'), 'dist', 'trainer.cjs'),
    ),
  );
  const tree = new RunsTree(runIndex, sessions);

  afterEach(async () => {
    await vscode.commands.executeCommand('unroll.stop');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => {
    reader.dispose();
    tree.dispose();
    sessions.dispose();
    runIndex.dispose();
    watcher.dispose();
  });

  /** The texts of the rows of one experiment, once there are `count` of them. */
  async function rows(experiment: ExperimentFile, count: number): Promise<readonly string[]> {
    return until(`${count} runs in the tree`, async () => {
      for (const group of await tree.getChildren()) {
        if (group.kind !== 'group' || !group.name.startsWith(experiment.folder.split('/').at(-1) ?? '')) continue;
        const items = group.runs.map((run) => tree.getTreeItem(run));
        return items.length === count && items.map((item) => `${item.label as string} | ${item.description as string}`);
      }
      return false;
    });
  }

  it('are listed in the tree with their state and the keys in which they differ', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    experiment.train('gated');
    await until(
      'two runs',
      async () => (await experiment.lenses()).filter((lens) => /finished/.test(lens)).length === 2,
    );
    const [newest = '', oldest = ''] = await rows(experiment, 2);
    assert.match(newest, /^gated \| loss [\d.]+ · cell gru · \d+:\d\d\W[AP]M · \d+ s$/);
    assert.match(oldest, /^case \| loss [\d.]+ · cell rnn · \d+:\d\d\W[AP]M · \d+ s · activation tanh$/);
  });

  it('stay grouped under their experiment when its file is deleted', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    experiment.train('gated');
    await rows(experiment, 2);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(experiment.document.uri);
    // A run is read again when something in its folder changes.
    for (const folder of foldersOf(experiment)) writeFileSync(join(folder, 'display-name.txt'), 'renamed');
    const group = await until('its group', async () => {
      const groups = await tree.getChildren();
      const own = groups.find(
        ({ kind, ...group }) => kind === 'group' && 'isFileMissing' in group && group.isFileMissing,
      );
      return own === undefined ? false : tree.getTreeItem(own);
    });
    assert.equal(group.label, vscode.workspace.asRelativePath(experiment.document.uri));
    assert.equal(group.description, '2 runs · its file is gone');
    assert.deepEqual(
      (await rows(experiment, 2)).map((row) => row.split(' |')[0]),
      ['renamed', 'renamed'],
    );
  });

  it('open from their folder when their experiment and their session no longer exist', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const elsewhere = join(experiment.folder, 'unroll-runs', 'a-copy');
    mkdirSync(elsewhere);
    for (const name of ['run.json', 'records.arrows']) {
      writeFileSync(join(elsewhere, name), readFileSync(join(folder, name)));
    }
    writeFileSync(join(elsewhere, 'display-name.txt'), 'The <b>copy</b>\nand more');
    const run = await readStoredRun(vscode.Uri.file(elsewhere));
    assert.ok(run !== undefined);
    assert.equal(nameOf(run), 'The <b>copy</b>');
    await vscode.commands.executeCommand('unroll.openRun', { kind: 'run', run, differing: [] });
    await until('its panel', () => tabs('Unroll: The <b>copy</b>').length === 1);
  });

  it('report how far their records can be read if they are damaged in the middle', async () => {
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    await until('two flushes', async () => {
      const [, updates = ''] = /running · ([\d,]+) updates/.exec((await experiment.lenses()).join()) ?? [];
      return Number(updates.replaceAll(',', '')) > 3000;
    });
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    const [folder = ''] = foldersOf(experiment);
    await until('the lock to be let go', () => !existsSync(join(folder, 'run.lock')));
    const records = join(folder, 'records.arrows');
    const bytes = readFileSync(records);
    bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 200_000);
    writeFileSync(records, bytes);
    rmSync(join(folder, 'overview.safetensors'));
    const run = await readStoredRun(vscode.Uri.file(folder));
    assert.ok(run !== undefined);
    const { message = '' } = await loadRun(run, reader.growing());
    assert.match(message, /^The run has [\d,]+ updates, but only the records of the first [\d,]+ can be read/);
  });

  it('are resumed where they stopped, with the results of an uninterrupted run', async () => {
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    await experiment.lens(/running · [\d,]+ update/);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    const [folder = ''] = foldersOf(experiment);
    await until('the lock to be let go', () => !existsSync(join(folder, 'run.lock')));
    const before = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(before?.state === 'stopped' && before.updates > 0 && before.loss !== null && before.seconds > 0);
    assert.equal(before.source, '../../case.rnn.json');
    await vscode.commands.executeCommand('unroll.resumeRun', folder);
    await experiment.lens(/running · [\d,]+ update/);
    assert.ok(readFileSync(join(folder, 'run.lock'), 'utf8').startsWith(`${process.pid} ${hostname()}`));
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    assert.equal(foldersOf(experiment).length, 1);
    const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
    assert.equal(incompleteReason, undefined);
    const updates = batches.flatMap(({ update }) => [...update]);
    assert.ok(updates.length >= before.updates);
    assert.deepEqual(updates, [...updates.keys()]);
  });

  it('are resumed by other kernels if their own cannot run here, and every update shows which kernels computed it', async () => {
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    await experiment.lens(/running · [\d,]+ update/);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    const [folder = ''] = foldersOf(experiment);
    await until('the lock to be let go', () => !existsSync(join(folder, 'run.lock')));
    const text = JSON.stringify(editableManifest(join(folder, 'run.json')), undefined, 2);
    writeFileSync(join(folder, 'run.json'), text.replaceAll(/"kernels": "[\w-]+"/g, '"kernels": "simd-1024"'));
    await vscode.commands.executeCommand('unroll.resumeRun', folder);
    const { updates = 0 } = readManifest(Buffer.from(text)) ?? {};
    await until('an update more', async () => {
      const [, done = ''] = /running · ([\d,]+) update/.exec((await experiment.lenses()).join()) ?? [];
      return Number(done.replaceAll(',', '')) > updates;
    });
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    const { kernels, facts } = readManifest(readFileSync(join(folder, 'run.json'))) ?? {};
    assert.equal(kernels, 'simd-1024');
    const [change] = facts?.kernelChanges ?? [];
    assert.ok(change !== undefined && change.update <= updates);
    const inspector = new Inspector(
      vscode.Uri.file(experiment.folder),
      folder,
      forkTrainers(
        join(vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'), 'dist', 'trainer.cjs'),
      ),
      () => 0,
    );
    const before = await inspector.ask('inspect', { update: change.update - 1, sequence: 0 });
    assert.match(before.caveat ?? '', /computed by the simd-1024 kernels, which can't run here/);
    assert.equal((await inspector.ask('inspect', { update: change.update, sequence: 0 })).caveat, undefined);
    inspector.dispose();
  });

  it('that another process trains are left unchanged, and shown as such', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const manifest = editableManifest(join(folder, 'run.json'));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...manifest, state: 'running', endedAt: null }));
    assert.equal((await readStoredRun(vscode.Uri.file(folder)))?.state, 'interrupted');
    const before = await readStoredRun(vscode.Uri.file(folder));
    writeFileSync(join(folder, 'run.lock'), String(process.ppid));
    assert.equal((await readStoredRun(vscode.Uri.file(folder)))?.state, 'elsewhere');
    // For a row that has not been redrawn since.
    const deletion = vscode.commands.executeCommand('unroll.deleteRun', { kind: 'run', run: before, differing: [] });
    assert.equal(await Promise.race([deletion, sleep(5000, 'asks whether to delete it')]), undefined);
    assert.ok(existsSync(folder));
    rmSync(join(folder, 'run.lock'));
  });

  it('that a process in a terminal resumes are updated in the window that trained them', async function () {
    this.timeout(60_000);
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    await experiment.lens(/running · [\d,]+ update/);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
    const [folder = ''] = foldersOf(experiment);
    await until('the lock to be let go', () => !existsSync(join(folder, 'run.lock')));
    const root = vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.');
    const runner = [join(root, 'dist', 'cli.mjs'), experiment.document.uri.fsPath, '--out', folder, '--resume'];
    const other = spawn(process.execPath, runner, { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
    const left = once(other, 'exit');
    await experiment.lens(/training elsewhere/);
    other.kill('SIGINT');
    await left;
    const { updates } = readManifest(readFileSync(join(folder, 'run.json'))) ?? {};
    await experiment.lens(new RegExp(`stopped · ${(updates ?? NaN).toLocaleString('en-US')} updates`));
  });

  it('are shown as not training when their folder is deleted, and with the reason when it cannot be read', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    experiment.train('gated');
    await until('two runs', async () => (await rows(experiment, 2)).every((row) => !/training|interrupted/.test(row)));
    const [folder = '', gated = ''] = foldersOf(experiment);
    const manifest = editableManifest(join(folder, 'run.json'));
    const running = JSON.stringify({ ...manifest, state: 'running', endedAt: null });
    writeFileSync(join(folder, 'run.lock'), String(process.ppid));
    writeFileSync(join(folder, 'run.json'), running);
    const opened = new OpenedRun(vscode.Uri.file(folder), runIndex.onDidTouch, reader, watcher);
    let readings = 0;
    opened.onDidChange(() => readings++);
    await opened.read();
    assert.equal(opened.session?.status.state, 'elsewhere');
    writeFileSync(join(folder, 'run.json'), readFileSync(join(gated, 'run.json')));
    await until('a reading of the manifest of another run', () => readings > 0);
    assert.match(opened.session.status.message ?? '', /can't be read: records\.arrows belongs to another run\.$/);
    writeFileSync(join(folder, 'run.json'), running);
    await until('a reading of its own manifest', () => opened.session?.status.state === 'elsewhere');
    renameSync(folder, `${folder} elsewhere`);
    await until('a reading without a manifest', () => opened.session?.status.state === 'interrupted');
    assert.match(opened.session.status.message ?? '', /is gone, or its run\.json can't be read\.$/);
    assert.equal(opened.session.status.updates, 30);
    readings = 0;
    await sleep(5000);
    assert.equal(readings, 0, 'a deleted run is not read repeatedly');
    opened.dispose();
    rmSync(join(`${folder} elsewhere`, 'run.lock'));
  });

  it('that are trained elsewhere are read again only when they have new records', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const manifest = editableManifest(join(folder, 'run.json'));
    writeFileSync(join(folder, 'run.lock'), String(process.ppid));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...manifest, state: 'paused', endedAt: null }));
    const opened = new OpenedRun(vscode.Uri.file(folder), runIndex.onDidTouch, reader, watcher);
    let readings = 0;
    opened.onDidChange(() => readings++);
    await opened.read();
    const { session } = opened;
    await sleep(7000);
    assert.equal(readings, 0);
    assert.equal(opened.session, session);
    rmSync(join(folder, 'run.lock'));
    await until('the end of it', () => opened.session?.status.state === 'interrupted');
    opened.dispose();
  });

  it('whose process was killed are shown as interrupted, though no file changes', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const manifest = editableManifest(join(folder, 'run.json'));
    const other = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    writeFileSync(join(folder, 'run.lock'), String(other.pid));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...manifest, state: 'running', endedAt: null }));
    await until('a run of another process', async () => /training elsewhere/.test((await rows(experiment, 1)).join()));
    // The events of writing these files have arrived by then.
    await sleep(2000);
    await rows(experiment, 1);
    other.kill('SIGKILL');
    await until('the end of it', async () => /interrupted/.test((await rows(experiment, 1)).join()));
  });

  it('are noticed by the window’s file watchers from the start, in folders that are also new', async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    const watcher = vscode.workspace.createFileSystemWatcher('**/run.json', false, true, true);
    const seen = new Set<string>();
    watcher.onDidCreate(({ fsPath }) => seen.add(fsPath));
    const manifests: string[] = [];
    for (let i = 0; i < 20; i++) {
      const folder = join(mkdtempSync(join(workspace.uri.fsPath, 'new-')), 'unroll-runs');
      await sleep(100);
      await lockFolder(join(folder, 'run'));
      await sleep(100);
      manifests.push(join(folder, 'run', 'run.json'));
      writeFileSync(join(folder, 'run', 'run.json'), '{}');
    }
    await sleep(2000);
    watcher.dispose();
    assert.deepEqual(
      manifests.filter((path) => !seen.has(path)),
      [],
    );
  });

  it('are not inspected at updates beyond their end, and no inspection continues after its panel is closed', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    let threads = 0;
    const start = forkTrainers(
      join(vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'), 'dist', 'trainer.cjs'),
    );
    const counted: StartTrainerWorker = () => {
      const thread = start();
      threads++;
      thread.onExit(() => threads--);
      return thread;
    };
    const inspector = (): Inspector => new Inspector(vscode.Uri.file(experiment.folder), folder, counted, () => 0);
    const one = inspector();
    assert.equal((await one.ask('inspect', { update: 29, sequence: 0 })).update, 29);
    await assert.rejects(
      one.ask('inspect', { update: 1e15, sequence: 0 }),
      /Update 1000000000000000 doesn't exist yet; the run has 30\.$/,
    );
    one.dispose();
    for (let delay = 0; delay < 40; delay += 2) {
      const other = inspector();
      const asked = other.ask('inspect', { update: 3, sequence: 0 }).catch(() => undefined);
      await sleep(delay);
      other.dispose();
      await asked;
    }
    await until('all threads to end', () => threads === 0);
  });

  it('that are untrusted are rejected, or read nothing outside the workspace', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const manifest = editableManifest(join(folder, 'run.json'));
    const read = async (text: string) => {
      writeFileSync(join(folder, 'run.json'), text);
      return readStoredRun(vscode.Uri.file(folder));
    };
    for (const source of [
      '../../../../../etc/x.rnn.json',
      '/etc/x.rnn.json',
      'C:\\x.rnn.json',
      '//host/share/x.rnn.json',
    ]) {
      const run = await read(JSON.stringify({ ...manifest, source }));
      assert.equal(run?.experiment.fsPath, join(folder, 'run.json'), source);
    }
    const steered = { variant: '\u202Eb\u001B[2J', facts: { ...(manifest['facts'] as object), name: 'a\u2067\n' } };
    const named = await read(JSON.stringify({ ...manifest, ...steered }));
    assert.deepEqual(named && [nameOf(named), shortNameOf(named)], ['a (b [2J)', 'b [2J']);
    for (const text of [
      '',
      '[]',
      '{"format":"unroll-run"}',
      '{"__proto__":{}}',
      ' '.repeat(9 << 20),
      '['.repeat(1e6),
    ]) {
      assert.equal(await read(text), undefined, text.slice(0, 30));
    }
  });

  it('that are untrusted are not listed if a link, a pipe or an empty file of gigabytes replaces their manifest', async function () {
    if (process.platform === 'win32') this.skip();
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const manifest = join(folder, 'run.json');
    const bytes = readFileSync(manifest);
    const read = async () => Promise.race([readStoredRun(vscode.Uri.file(folder)), sleep(5000, 'waits for ever')]);
    for (const put of [
      () => {
        writeFileSync(join(experiment.folder, 'elsewhere'), bytes);
        symlinkSync(join(experiment.folder, 'elsewhere'), manifest);
      },
      () => execFileSync('mkfifo', [manifest]),
      () => mkdirSync(manifest),
      () => {
        writeFileSync(manifest, '');
        truncateSync(manifest, 10 * 1024 ** 3);
      },
    ]) {
      rmSync(manifest, { recursive: true });
      put();
      assert.equal(await read(), undefined, String(put));
    }
    rmSync(manifest);
    writeFileSync(manifest, bytes);
    execFileSync('mkfifo', [join(folder, 'display-name.txt')]);
    assert.ok(typeof (await read()) === 'object');
    const pipe = join(experiment.folder, 'pipe.rnn.json');
    execFileSync('mkfifo', [pipe]);
    await assert.rejects(readExperimentText(vscode.Uri.file(pipe)), /is a folder, a pipe or a device, not a file/);
    rmSync(pipe);
  });

  it('whose manifest is damaged are listed as such with what to do, and can be deleted unless a process trains there', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const name = vscode.workspace.asRelativePath(folder);
    const manifest = join(folder, 'run.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"adding"', '"addinh"'));
    // A file of another program.
    mkdirSync(join(experiment.folder, 'other'));
    writeFileSync(join(experiment.folder, 'other', 'run.json'), '{}');
    const own = async () =>
      (await runIndex.damaged()).filter((run) => run.folder.fsPath.startsWith(`${experiment.folder}/`));
    const damaged = await until('the damaged run', async () => {
      const rows = (await tree.getChildren()).flatMap((node) => (node.kind === 'damagedGroup' ? node.runs : []));
      return rows.find(({ run }) => run.folder.fsPath === folder);
    });
    const item = tree.getTreeItem(damaged);
    assert.deepEqual([item.label, item.description, item.contextValue], [name, 'damaged', 'damagedRun']);
    assert.match(item.tooltip as string, /does not match its checksum.* remove "unroll\.crc32".* or delete the run\.$/);
    assert.equal((await own()).length, 1);
    const lock = join(folder, 'run.lock');
    writeFileSync(lock, `${process.ppid} ${hostname()}`);
    await vscode.commands.executeCommand('unroll.deleteRun', damaged);
    rmSync(lock);
    assert.ok(existsSync(manifest));
    writeFileSync(join(folder, 'thesis.txt'), 'Three years of work.');
    await vscode.commands.executeCommand('unroll.deleteRun', damaged);
    assert.ok(existsSync(manifest));
    rmSync(folder, { recursive: true });
    await until('it to go', async () => (await own()).length === 0);
  });

  it('without a manifest are listed as damaged, and can be deleted; records of other programs are not listed', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    mkdirSync(join(experiment.folder, 'other'));
    writeFileSync(join(experiment.folder, 'other', 'records.arrows'), 'of another program');
    const own = async () =>
      (await runIndex.damaged()).filter((run) => run.folder.fsPath.startsWith(`${experiment.folder}/`));
    rmSync(join(folder, 'run.json'));
    const [damaged] = await until('the damaged run', async () => {
      const found = await own();
      return found.length > 0 && found;
    });
    assert.deepEqual([damaged.folder.fsPath, damaged.reason], [folder, 'It is missing.']);
    const copy = join(experiment.folder, 'copy');
    cpSync(folder, copy, { recursive: true });
    await until('its copy', async () => (await own()).some((run) => run.folder.fsPath === copy));
    assert.equal(await reasonNotToDelete(folder, [dirname(experiment.folder)]), undefined);
    for (const one of [folder, copy]) rmSync(one, { recursive: true });
    await until('both to go', async () => (await own()).length === 0);
  });

  it('that are untrusted and directly in the workspace folder read nothing outside it', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const workspace = dirname(experiment.folder);
    const placed = join(workspace, 'a-strangers-run');
    const beside = join(dirname(workspace), 'beside.rnn.json');
    mkdirSync(placed);
    writeFileSync(beside, short);
    try {
      const manifest = editableManifest(join(folder, 'run.json'));
      for (const source of [null, '../../beside.rnn.json']) {
        writeFileSync(join(placed, 'run.json'), JSON.stringify({ ...manifest, source }));
        const run = await readStoredRun(vscode.Uri.file(placed));
        assert.equal(run?.experiment.fsPath, join(placed, 'run.json'), String(source));
        assert.equal(run.base.fsPath, workspace, String(source));
      }
    } finally {
      rmSync(placed, { recursive: true });
      rmSync(beside);
    }
  });

  it('are renamed in their own folder, but not through a link', async function () {
    if (process.platform === 'win32') this.skip();
    const experiment = await ExperimentFile.open(short, { precious: 'precious' });
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const file = join(folder, 'display-name.txt');
    writeFileSync(file, 'mine');
    const run = await readStoredRun(vscode.Uri.file(folder));
    assert.ok(run !== undefined);
    const rename = async (): Promise<void> => {
      let isOver = false;
      void vscode.commands
        .executeCommand('unroll.renameRun', { kind: 'run', run, differing: [] })
        .then(() => (isOver = true));
      await until('the name to be taken', async () => {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return isOver;
      });
    };
    await rename();
    assert.equal(readFileSync(file, 'utf8'), 'mine\n');
    rmSync(file);
    symlinkSync(join(experiment.folder, 'precious'), file);
    assert.equal((await readStoredRun(vscode.Uri.file(folder)))?.displayName, undefined);
    await rename();
    assert.ok(lstatSync(file).isSymbolicLink());
    assert.equal(readFileSync(join(experiment.folder, 'precious'), 'utf8'), 'precious');
    rmSync(folder, { recursive: true });
    await rename();
    assert.equal(existsSync(folder), false);
  });
});

describe('The predictions of a stored run', () => {
  it('are saved in a new file as the terminal writes them', async () => {
    const table = ['day,temp', ...Array.from({ length: 40 }, (_, row) => `${row},${(row * 7) % 13}`)].join('\n');
    const keys = {
      data: { csv: 'table.csv', inputs: ['temp'], time: 'day', length: 5 },
      model: { cell: 'rnn', hidden: 4 },
      training: { steps: 12, batch: 4 },
    };
    const experiment = await ExperimentFile.open(JSON.stringify(keys), { 'table.csv': table });
    experiment.train();
    await experiment.lens(/finished/);
    const [folder = ''] = foldersOf(experiment);
    const run = await readStoredRun(vscode.Uri.file(folder));
    assert.ok(run !== undefined);
    void vscode.commands.executeCommand('unroll.savePredictions', { kind: 'run', run, differing: [] });
    const saved = join(experiment.folder, 'predictions-after-12-updates.csv');
    await until('the file to be saved', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return existsSync(saved);
    });
    await vscode.commands.executeCommand('notifications.clearAll');
    const written = join(experiment.folder, 'terminal.csv');
    const words = [experiment.document.uri.fsPath, '--out', folder, '--resume', '--predictions', written];
    execFileSync(process.execPath, [resolve('dist', 'cli.mjs'), ...words], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    assert.equal(readFileSync(saved, 'utf8'), readFileSync(written, 'utf8'));
    assert.match(readFileSync(saved, 'utf8'), /^row,day,temp,temp predicted,temp persistence\n34,32,3,\S+,9\n/);
  });
});

describe('The queue of training', () => {
  const started = (): LiveSession => new LiveSession(vscode.Uri.parse('file:///x.rnn.json'), undefined);
  const settled = async <T>(promise: Promise<T>): Promise<T | 'not yet'> =>
    Promise.race([promise, new Promise<'not yet'>((resolve) => setTimeout(resolve, 20, 'not yet'))]);

  it('limits the runs that train at the same time, and starts the next in order when one ends', async () => {
    const queue = new TrainingQueue(() => 2);
    const sessions = Array.from({ length: 20 }, started);
    const turns = sessions.map((session) => queue.acquire(session));
    assert.deepEqual(
      sessions.map(({ status }) => status.queuePosition),
      [undefined, undefined, ...Array.from({ length: 18 }, (_, i) => i + 1)],
    );
    assert.equal(await turns[1], true);
    assert.equal(await settled(turns[2]), 'not yet');
    sessions[0].fail('over');
    assert.equal(await turns[2], true);
    assert.equal(sessions[2].status.state, 'preparing');
    assert.equal(sessions[3].status.queuePosition, 1);
    // A run that is stopped while it waits leaves the queue.
    await sessions[3].stop();
    assert.equal(await turns[3], false);
    assert.equal(sessions[4].status.queuePosition, 1);
    sessions[1].dispose();
    assert.equal(await turns[4], true);
    queue.dispose();
    assert.equal(await turns[19], false);
    for (const session of sessions) session.dispose();
  });
});
