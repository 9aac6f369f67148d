import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { reasonNotToDelete } from '../../../src/run/storage/deletion.node';
import { isRunFile, runFiles, runFolders } from '../../../src/run/storage/runFiles';

describe('Deleting the folder of a run', () => {
  let home: string;
  let run: string;

  const write = (...names: string[]): void => {
    for (const name of names) {
      mkdirSync(dirname(join(run, name)), { recursive: true });
      writeFileSync(join(run, name), '{}');
    }
  };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'unroll-deletion-'));
    run = join(home, 'unroll-runs', 'a');
    write(runFiles.manifest, runFiles.records, runFiles.lock, runFiles.overview, runFiles.findings);
    write(runFiles.checkpoint(0), runFiles.checkpoint(1000), runFiles.rateChanges, runFiles.displayName);
    write(runFiles.capture(7), `${runFiles.manifest}.partial`, `${runFiles.checkpoint(2)}.partial`, '.DS_Store');
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('is allowed if it contains only files of a run', async () => {
    assert.equal(await reasonNotToDelete(run, [home]), undefined);
  });

  for (const name of ['notes.txt', 'src/main.c', '.git/config', 'checkpoints/best.pt', 'checkpoints/old/x', 'step-x']) {
    it(`is refused if it contains ${name}`, async () => {
      write(name);
      const [first] = name.split('/');
      assert.match((await reasonNotToDelete(run, [home])) ?? '', new RegExp(`contains "${first}`));
    });
  }

  it('is allowed if a process was killed while taking over the lock', async () => {
    mkdirSync(join(run, 'run.lock.taking'));
    assert.equal(await reasonNotToDelete(run, [home]), undefined);
    write('run.lock.taking/notes.txt');
    assert.match((await reasonNotToDelete(run, [home])) ?? '', /contains "run.lock.taking\/notes.txt"/);
  });

  it('is refused if it is a folder of the workspace, or contains one, by any path', async () => {
    assert.match((await reasonNotToDelete(run, [run])) ?? '', /folder of the workspace/);
    assert.match((await reasonNotToDelete(join(run, '..', 'a'), [run])) ?? '', /folder of the workspace/);
    symlinkSync(run, join(home, 'link'));
    assert.match((await reasonNotToDelete(run, [join(home, 'link')])) ?? '', /folder of the workspace/);
    assert.match(
      (await reasonNotToDelete(run, [home, join(run, 'checkpoints')])) ?? '',
      /contains the workspace folder/,
    );
    assert.equal(await reasonNotToDelete(run, [`${run}b`]), undefined);
  });

  it('is refused if it is a link, a file or missing', async () => {
    symlinkSync(run, join(home, 'link'));
    assert.match((await reasonNotToDelete(join(home, 'link'), [home])) ?? '', /is a link/);
    assert.match((await reasonNotToDelete(join(run, runFiles.manifest), [home])) ?? '', /not a folder/);
    assert.match((await reasonNotToDelete(join(run, 'none'), [home])) ?? '', /no longer exists/);
  });

  it('is refused if a link or a folder replaces a file of the run', async () => {
    rmSync(join(run, runFiles.records));
    symlinkSync(home, join(run, runFiles.records));
    assert.match((await reasonNotToDelete(run, [])) ?? '', /records\.arrows/);
    rmSync(join(run, runFiles.records));
    mkdirSync(join(run, runFiles.records));
    assert.match((await reasonNotToDelete(run, [])) ?? '', /records\.arrows/);
    rmSync(join(run, runFiles.records), { recursive: true });
    rmSync(join(run, runFiles.checkpoints), { recursive: true });
    symlinkSync(home, join(run, runFiles.checkpoints));
    assert.match((await reasonNotToDelete(run, [])) ?? '', /checkpoints/);
  });

  it('covers every file of the layout', () => {
    const all = Object.values(runFiles).map((name) => (typeof name === 'string' ? name : name(12)));
    assert.deepEqual(
      all.filter((name) => !isRunFile(name)),
      runFolders,
    );
  });
});
