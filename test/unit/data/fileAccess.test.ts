import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readToSize } from '../../../src/data/fileAccess.node';

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
});
