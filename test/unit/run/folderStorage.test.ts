import assert from 'node:assert/strict';
import * as nodeFileSystem from 'node:fs/promises';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/run/storage/disk.node';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

describe('A run folder on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-storage-'));
    writeFileSync(join(folder, 'run.json'), 'four');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A file system in which every opened file grows as soon as its size has been read. */
  const growing: FileSystem = {
    ...nodeFileSystem,
    open: async (path, ...how) => {
      const file = await nodeFileSystem.open(path, ...how);
      const stat = file.stat.bind(file);
      return Object.assign(file, {
        stat: async () => {
          const entry = await stat();
          appendFileSync(String(path), 'x'.repeat(100));
          return entry;
        },
      });
    },
  };

  it('is read up to the size that a file had when it was opened, however much it grows', async () => {
    const bytes = await new FolderStorage(folder, growing).read('run.json', 4);
    assert.equal(Buffer.from(bytes ?? []).toString(), 'four');
  });

  it('is read to the end of a file that shrinks', async () => {
    const shrinking: FileSystem = {
      ...nodeFileSystem,
      open: async (path, ...how) => {
        const file = await nodeFileSystem.open(path, ...how);
        const stat = file.stat.bind(file);
        return Object.assign(file, { stat: async () => Object.assign(await stat(), { size: 1000 }) });
      },
    };
    const bytes = await new FolderStorage(folder, shrinking).read('run.json', 1000);
    assert.equal(Buffer.from(bytes ?? []).toString(), 'four');
  });

  it('is not appended to where a file has another length than expected', async () => {
    const storage = new FolderStorage(folder);
    await storage.append('run.json', Buffer.from('more'), 4);
    for (const length of [0, 4, 12]) {
      await assert.rejects(
        storage.append('run.json', Buffer.from('even more'), length),
        new RegExp(`run\\.json has 8 bytes, not the ${length} that were written: another program has changed it`),
      );
    }
    assert.equal(readFileSync(join(folder, 'run.json'), 'utf8'), 'fourmore');
  });
});
