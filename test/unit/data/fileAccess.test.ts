import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskAccess, readToSize } from '../../../src/data/fileAccess.node';
import { readSmallFiles } from '../../../src/data/fileReading';

describe('A file that an experiment names, or that is one', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-file-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read whole', async () => {
    writeFileSync(path('a.txt'), 'words');
    assert.equal(Buffer.from(await readToSize(path('a.txt'), 5)).toString(), 'words');
  });

  it('is not read if it has grown beyond the limit since its size was checked', async () => {
    writeFileSync(path('a.txt'), 'words');
    await assert.rejects(readToSize(path('a.txt'), 4), /too large/);
  });

  it('is not waited for if a pipe has taken its place since it was checked', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path('pipe')]);
    await assert.rejects(readToSize(path('pipe'), 5), /not a file/);
  });

  it('is not found, with the name of the nearest file', async () => {
    mkdirSync(path('sub'));
    for (const name of ['sub/d.csv', 'temperatures.csv', 'caf\u00e9.txt']) writeFileSync(path(name), '1');
    const messageFor = async (text: string): Promise<string> => {
      const { unreadable } = await readSmallFiles([text], diskAccess(folder, folder), 100);
      return unreadable.get(text)?.message ?? '';
    };
    assert.match(await messageFor('sub\\d.csv'), /not found\. Write "\/" between folders: "sub\/d\.csv"\.$/);
    assert.match(await messageFor('sub/e.csv'), /not found\. Did you mean "sub\/d\.csv"\?$/);
    assert.match(await messageFor('Temperature.csv'), /Did you mean "temperatures\.csv"\?$/);
    assert.match(await messageFor('cafe\u0301.txt'), /Did you mean "caf\u00e9\.txt"\? It looks the same/);
    assert.match(await messageFor('unrelated-words'), /Write a path relative to this experiment file/);
    assert.match(await messageFor('nowhere/d.csv'), /Write a path relative to this experiment file/);
  });
});
