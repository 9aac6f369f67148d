import assert from 'node:assert/strict';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

describe('A finished run', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'three-steps.rnn.json' });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    // Only this part: the output is computed while it is in the window, so it must not have been there.
    await workbench.webviewFrame().getByRole('button', { name: 'The terms of ∂L/∂W, step by step' }).click();
  });

  after(() => workbench.close());

  /** All words of the panel, once the last update has been replayed and stands there too. */
  async function run(): Promise<string> {
    await workbench.webviewFrame().getByText('Sequence time — update').waitFor();
    const words = workbench.webviewFrame().locator('main');
    // Scrolled down, the bar says in short what stands above it.
    await words.evaluate(() => {
      scrollTo(0, 0);
    });
    // Cells ask for their own answers and are drawn when these come: until then the words still change.
    let before = '';
    for (let turn = 0; turn < 60; turn++) {
      const now = await words.innerText();
      if (now === before && /relative error/.test(now)) return now;
      before = now;
      await workbench.page.waitForTimeout(1000);
    }
    return assert.fail(`The words never rest with the check of the sum:\n${before}`);
  }

  it('is still there, at the selected update and step, when its tab was hidden', async () => {
    for (const [name, value] of [
      ['update', '42'],
      ['step t', '1'],
    ] as const) {
      await workbench.webviewFrame().locator(`vscode-text-field[title="${name}"]`).click();
      await workbench.page.keyboard.press('Control+A');
      await workbench.page.keyboard.type(value);
      await workbench.page.keyboard.press('Enter');
    }
    await workbench.webviewFrame().getByText('Sequence time — update 42').waitFor();
    await workbench.webviewFrame().getByText('Σ of steps 2 … 1').waitFor();
    const before = await run();
    await workbench.tab('Unroll:').click();
    await workbench.openFile('long-lag.rnn.json');
    await workbench.tab('Unroll:').click();
    await workbench.webviewFrame().locator('.progress', { hasText: 'finished' }).waitFor();
    assert.deepEqual((await run()).split('\n'), before.split('\n'));
  });

  it('is still there after the window was reloaded', async () => {
    const before = await run();
    await workbench.reload();
    await workbench.tab('Unroll:').click();
    await workbench.webviewFrame().locator('.progress', { hasText: 'finished' }).waitFor();
    assert.deepEqual((await run()).split('\n'), before.split('\n'));
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('has the folded cells of before, at the latest update, when its panel was closed and is opened again', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('three-steps.rnn.json');
    await workbench.runCommand('Unroll: Show Run');
    const frame = workbench.webviewFrame();
    await frame.getByText('Sequence time — update 99').waitFor();
    const terms = frame.getByRole('button', { name: 'The terms of ∂L/∂W, step by step' });
    assert.equal(await terms.getAttribute('aria-expanded'), 'true');
  });
});

describe('A panel whose experiment and variant are both training', () => {
  let workbench: Workbench;

  const endless = `{
    "data": { "task": "echo" },
    "model": { "cell": "rnn" },
    "training": { "steps": 100000000 },
    "variants": { "gated": { "model": { "cell": "gru" } } }
  }`;

  before(async () => {
    workbench = await Workbench.open({
      file: 'endless.rnn.json',
      folder: scratchWorkspace({ 'endless.rnn.json': endless }),
    });
  });

  after(() => workbench.close());

  it('comes back after every reload of the window', async () => {
    const { page } = workbench;
    for (let reload = 0; reload < 3; reload++) {
      if (reload > 0) await workbench.openFile('endless.rnn.json');
      for (let n = 0; n < 2; n++) {
        await workbench.codeLens('▶ Train').waitFor();
        // The experiment by the command, its variant by the lens that is left.
        if (n === 0) await workbench.runCommand('Unroll: Train RNN');
        else await workbench.codeLens('▶ Train').click();
        await page.locator('.codelens-decoration a', { hasText: 'Pause' }).nth(n).waitFor();
      }
      await workbench.webviewFrame().getByText('updates/s').first().waitFor();
      await workbench.reload();
      await workbench.tab('Unroll:').click();
      await workbench.webviewFrame().getByText('interrupted').first().waitFor();
    }
  });
});
