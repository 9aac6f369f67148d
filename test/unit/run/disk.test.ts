import assert from 'node:assert/strict';
import * as nodeFileSystem from 'node:fs/promises';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../../scripts/scratch';
import { withRetries, type FileSystem } from '../../../src/run/storage/disk.node';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

type Operation = 'open' | 'rename' | 'rm' | 'rmdir' | 'mkdir' | 'truncate';

/** The disk, but an operation fails with a code until it has been called so many times. */
function failing(operation: Operation, code: string, times: number): { disk: FileSystem; calls: () => number } {
  let calls = 0;
  const disk = {
    ...nodeFileSystem,
    [operation]: async (...parameters: readonly unknown[]): Promise<unknown> => {
      calls += 1;
      if (calls <= times) throw Object.assign(new Error(`${code}: in use`), { code });
      return (nodeFileSystem[operation] as (...all: readonly unknown[]) => Promise<unknown>)(...parameters);
    },
  } as FileSystem;
  return { disk, calls: () => calls };
}

describe('A file that another program has open', () => {
  const bytes = new TextEncoder().encode('new');

  for (const [code, platform] of [
    ['EPERM', 'win32'],
    ['EACCES', 'win32'],
    ['EBUSY', 'win32'],
    ['EBUSY', 'linux'],
    ['EBUSY', 'darwin'],
  ] as const) {
    it(`is replaced as soon as it is closed: ${code} on ${platform}`, async () => {
      const folder = scratchFolder('busy');
      const { disk, calls } = failing('rename', code, 3);
      await new FolderStorage(folder, withRetries(disk, platform)).write('run.json', bytes);
      assert.equal(readFileSync(join(folder, 'run.json'), 'utf8'), 'new');
      assert.equal(calls(), 4);
    });
  }

  for (const operation of ['open', 'rm', 'mkdir', 'truncate'] as const) {
    it(`is waited for by ${operation}`, async () => {
      const folder = scratchFolder('busy');
      const { disk, calls } = failing(operation, 'EBUSY', 2);
      const storage = new FolderStorage(folder, withRetries(disk, 'win32'));
      await storage.write('checkpoints/0000000001', bytes);
      await storage.truncate('checkpoints/0000000001', 2);
      assert.equal(readFileSync(join(folder, 'checkpoints', '0000000001'), 'utf8'), 'ne');
      await storage.remove('checkpoints/0000000001');
      assert.deepEqual(readdirSync(join(folder, 'checkpoints')), []);
      assert.ok(calls() > 2);
    });
  }

  it('is waited for when an empty folder is removed', async () => {
    const folder = scratchFolder('busy');
    mkdirSync(join(folder, 'checkpoints'));
    const { disk, calls } = failing('rmdir', 'EPERM', 2);
    await new FolderStorage(folder, withRetries(disk, 'win32')).remove('checkpoints');
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(calls(), 3);
  });

  it('that stays open is an error in the end, and nothing is left beside it', async () => {
    const folder = scratchFolder('busy');
    const { disk, calls } = failing('rename', 'EBUSY', Infinity);
    await assert.rejects(new FolderStorage(folder, withRetries(disk, 'win32')).write('run.json', bytes), {
      code: 'EBUSY',
    });
    assert.ok(calls() > 3);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is not waited for where the error is about permissions', async () => {
    for (const [code, platform] of [
      ['EPERM', 'linux'],
      ['EACCES', 'darwin'],
      ['ENOSPC', 'win32'],
    ] as const) {
      const folder = scratchFolder('busy');
      const { disk, calls } = failing('rename', code, Infinity);
      await assert.rejects(new FolderStorage(folder, withRetries(disk, platform)).write('run.json', bytes), { code });
      assert.equal(calls(), 1);
    }
  });
});
