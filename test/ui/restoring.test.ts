import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('A finished run', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open();
    await workbench.openFile('three-steps.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
  });

  after(() => workbench.close());

  /** All words of the panel, once the last update has been replayed and stands there too. */
  async function run(): Promise<string> {
    await workbench.webviewFrame().getByText('Sequence time — update').waitFor();
    return workbench.webviewFrame().locator('main').innerText();
  }

  it('is still there when its tab was hidden', async () => {
    const before = await run();
    await workbench.tab('Unroll:').click();
    await workbench.openFile('long-lag.rnn.json');
    await workbench.tab('Unroll:').click();
    await workbench.webviewFrame().getByText('finished').first().waitFor();
    assert.equal(await run(), before);
  });

  it('is still there after the window was reloaded', async () => {
    const before = await run();
    await workbench.reload();
    await workbench.tab('Unroll:').click();
    await workbench.webviewFrame().getByText('finished').first().waitFor();
    assert.equal(await run(), before);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
