import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

describe('An experiment that cannot be trained', () => {
  let workbench: Workbench;

  before(async () => {
    const text = '{ "data": { "text": "nowhere.txt" }, "model": { "cell": "rnn" } }';
    workbench = await Workbench.open({
      file: 'broken.rnn.json',
      folder: scratchWorkspace({ 'broken.rnn.json': text }),
    });
    await workbench.codeLens('Train').click();
  });

  after(() => workbench.close());

  it('shows one message with the problem and a button that reveals it', async () => {
    assert.match((await workbench.notifications(1)).join('\n'), /^[^\n]*nowhere\.txt[^\n]*$/);
    await workbench.pressInNotification('Show in File');
    await workbench.statusItem('selected').waitFor();
    assert.equal((await workbench.problems(1)).length, 1);
  });

  it('starts nothing and writes nothing', () => {
    assert.equal(existsSync(join(workbench.folder, 'unroll-runs')), false);
  });
});
