import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { lockWorkspaceFolder, isWorkspaceFolderLocked } from '../../src/session/files/workspaceLock';
import { workspaceStorage } from '../../src/session/files/workspaceStorage';
import { ExperimentFile } from '../workbench/experimentFile';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

describe('The folder of a run in one of VS Code’s file systems', () => {
  let experiment: ExperimentFile;
  let folder: vscode.Uri;

  before(async () => {
    experiment = await ExperimentFile.open('{}');
    folder = vscode.Uri.joinPath(experiment.home, 'run');
    await vscode.workspace.fs.createDirectory(folder);
  });

  after(() => experiment.remove(''));

  it('has what was appended once it is synced, and readers of this window see it before', async () => {
    const storage = workspaceStorage(folder);
    await storage.write('records.arrows', bytesOf('head'));
    for (let i = 0; i < 20; i++) await storage.append('records.arrows', bytesOf(String(i % 10)), 4 + i);
    const all = 'head01234567890123456789';
    assert.equal(textOf(await workspaceStorage(folder).read('records.arrows', 100)), all);
    await storage.sync('records.arrows');
    assert.equal(textOf(await experiment.read('run/records.arrows')), all);
    const file = await storage.open('records.arrows');
    const part = new Uint8Array(6);
    assert.deepEqual([file?.size, await file?.read(part, 20)], [24, 4]);
    await storage.truncate('records.arrows', 5);
    assert.equal(textOf(await experiment.read('run/records.arrows')), 'head0');
    await assert.rejects(storage.append('records.arrows', bytesOf('x'), 6), /has 5 bytes, not the 6/);
    await assert.rejects(storage.read('records.arrows', 4), /has 5 bytes; at most 4 are allowed/);
    await storage.close();
  });

  it('is not overwritten where another program has changed a file', async () => {
    const storage = workspaceStorage(folder);
    await storage.write('records.arrows', bytesOf('head'));
    await storage.append('records.arrows', bytesOf('1'));
    await storage.sync('records.arrows');
    await experiment.write('run/records.arrows', 'other content');
    await storage.append('records.arrows', bytesOf('2')).catch(() => undefined);
    await assert.rejects(storage.sync('records.arrows'), /another program has changed it/);
    assert.equal(textOf(await experiment.read('run/records.arrows')), 'other content');
  });

  it('is not created again once it is deleted', async () => {
    const gone = vscode.Uri.joinPath(experiment.home, 'gone');
    await assert.rejects(workspaceStorage(gone).write('run.json', bytesOf('{}')));
    assert.deepEqual(await experiment.list('gone'), []);
  });

  it('is locked by one window at a time, and by a process of a computer as long as that gives a sign of life', async () => {
    assert.equal(await isWorkspaceFolderLocked(folder), false);
    const lock = await lockWorkspaceFolder(folder);
    assert.equal(await isWorkspaceFolderLocked(folder), true);
    await assert.rejects(lockWorkspaceFolder(folder), /another window of this browser is training in this folder/);
    await lock.release();
    assert.equal(await isWorkspaceFolderLocked(folder), false);
    await experiment.write('run/run.lock', '4711 some-computer');
    assert.equal(await isWorkspaceFolderLocked(folder), true);
    await assert.rejects(lockWorkspaceFolder(folder), /process 4711 on some-computer is training in this folder/);
    await experiment.remove('run/run.lock');
    // What a window of this browser left when it crashed does not block: the browser has released its lock.
    await experiment.write('run/run.lock', `1 ${self.location.origin}`);
    assert.equal(await isWorkspaceFolderLocked(folder), false);
    await (await lockWorkspaceFolder(folder)).release();
  });
});
