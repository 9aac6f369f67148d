import assert from 'node:assert/strict';
import { scratchWorkspace } from '../launch/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Long",
  "data": { "task": "echo", "length": 12 },
  "model": { "cell": "rnn", "hidden": 8 },
  "training": { "steps": 6000, "batch": 1 }
}`;

describe('Zooming into a long run', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ folder: scratchWorkspace({ 'long.rnn.json': experiment }) });
    await workbench.openFile('long.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench
      .webviewFrame()
      .getByText(/finished 6,000/)
      .first()
      .waitFor();
  });
  after(() => workbench.close());

  it('shows every update once there is room for it, in all pictures of training time', async () => {
    const frame = workbench.webviewFrame();
    const loss = frame.getByRole('application', { name: /^Loss over updates/ });
    const cell = (title: string) => frame.locator('.cell', { has: frame.getByRole('heading', { name: title }) });
    await frame.getByText('training, mean of 4 updates').waitFor();
    assert.match(await cell('Loss').locator('.readout').first().innerText(), /^updates 5,996–5,999 · L = /);
    await loss.focus();
    for (let press = 0; press < 2; press++) await loss.press('+');
    // Where a column is one update the curve is no mean any more.
    await frame.getByText('training', { exact: true }).waitFor();
    for (const title of ['Loss', 'Clipping', 'Update ratio', 'Gradient through time']) {
      assert.match(await cell(title).locator('.readout').first().innerText(), /^update 5,999 · /, title);
    }
    await loss.press('ArrowLeft');
    assert.match(await cell('Loss').locator('.readout').first().innerText(), /^update 5,998 · L = /);
    await loss.press('0');
    await frame.getByText('training, mean of 4 updates').waitFor();
  });
});
