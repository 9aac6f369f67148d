import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "name": "In the root",
  "data": { "task": "adding", "length": 4 },
  "model": { "cell": "rnn" },
  "training": { "steps": 5, "batch": 2 }
}`;

describe('Deleting a run in the root of the workspace', () => {
  let workbench: Workbench;

  before(async () => {
    const folder = scratchWorkspace({ 'x.rnn.json': experiment, 'thesis.txt': 'Three years of work.' });
    const out = join(folder, 'run');
    const runner = [resolve('dist', 'cli.mjs'), join(folder, 'x.rnn.json'), '--out', out];
    assert.equal(spawnSync(process.execPath, runner).status, 0);
    // A run is trained into no folder with other files, but it may be copied there.
    cpSync(out, folder, { recursive: true });
    rmSync(out, { recursive: true });
    workbench = await Workbench.open({ folder });
  });

  after(() => workbench.close());

  it('is refused with the reason, and deletes nothing', async () => {
    const before = readdirSync(workbench.folder).sort();
    assert.ok(before.includes('run.json'));
    await workbench.runCommand('Unroll: Delete Run…');
    await workbench.pickerOpens('Delete Run');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'In the root' }).click();
    const [notification = ''] = await workbench.notifications(1);
    assert.match(notification, /"In the root" can't be deleted: it is a folder of the workspace .*Nothing was deleted/);
    assert.equal(await workbench.page.locator('.monaco-dialog-box').count(), 0);
    assert.deepEqual(readdirSync(workbench.folder).sort(), before);
  });
});
