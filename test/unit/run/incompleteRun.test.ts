import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeIncompleteRun } from '../../../src/run/storage/incompleteRun';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

describe('An incomplete run', () => {
  let folder: string;
  const put = (...names: readonly string[]): void => {
    mkdirSync(join(folder, 'checkpoints'));
    for (const name of names) writeFileSync(join(folder, name), '');
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-beginning-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is removed with its partial files, and nothing else is', async () => {
    put('run.json', 'records.arrows', 'rate-changes.jsonl.partial', 'checkpoints/update-0.safetensors.partial', 'mine');
    await removeIncompleteRun(new FolderStorage(folder));
    assert.deepEqual(readdirSync(folder), ['mine']);
  });

  it('is left unchanged if the run has continued', async () => {
    put('run.json', 'records.arrows', 'checkpoints/update-0.safetensors', 'checkpoints/update-5.safetensors');
    await removeIncompleteRun(new FolderStorage(folder));
    assert.equal(readdirSync(folder).length, 3);
    assert.ok(existsSync(join(folder, 'checkpoints', 'update-0.safetensors')));
  });
});
