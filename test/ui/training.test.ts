import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Echoes",
  "data": { "task": "echo", "length": 12 },
  "model": { "cell": "gru", "hidden": 8 },
  "clip": { "norm": 0.05 },
  "training": { "steps": 100000000, "batch": 8 }
}`;

/** The number before the slash in “training 1,234 / 2,000 updates”. */
async function updatesIn(progress: Locator): Promise<number> {
  const words = await progress.innerText();
  return Number(/([\d,]+) \/ /.exec(words)?.[1].replaceAll(',', ''));
}

describe('Training by hand', () => {
  let workbench: Workbench;

  /** “training 1,234 / 100,000,000 updates · …” at the head of the panel. */
  const progress = (): Locator =>
    workbench
      .webviewFrame()
      .getByText(/[\d,]+ \/ 100,000,000/)
      .first();

  /** Waits until more updates are done than `before`. */
  async function beyond(before: number): Promise<void> {
    while ((await updatesIn(progress())) <= before) await workbench.page.waitForTimeout(50);
  }

  before(async () => {
    workbench = await Workbench.open({
      file: 'echoes.rnn.json',
      folder: scratchWorkspace({ 'echoes.rnn.json': experiment }),
    });
  });

  after(() => workbench.close());

  it('offers nothing to pause before anything trains', async () => {
    assert.equal(await workbench.offersCommand('Unroll: Pause Training'), false);
  });

  it('starts with ▶ Train, in a panel beside the experiment', async () => {
    await workbench.codeLens('Train').click();
    await beyond(0);
    const editor = await workbench.tab('echoes.rnn.json').boundingBox();
    const panel = await workbench.tab('Unroll: Echoes').boundingBox();
    assert.ok(editor && panel && panel.x > editor.x + editor.width);
  });

  it('has a page that no base turns around and no form leaves', async () => {
    const blocked = await workbench
      .webviewFrame()
      .locator('body')
      .evaluate(() => {
        const before = document.baseURI;
        const base = document.createElement('base');
        base.href = 'https://example.com/';
        document.head.append(base);
        const isMoved = document.baseURI !== before;
        base.remove();
        // A form that is sent would take the page along, where the policy does not hold.
        const policy = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]');
        return {
          isMoved,
          forms: policy?.content.split('; ').filter((directive) => directive.startsWith('form-action')),
        };
      });
    assert.deepEqual(blocked, { isMoved: false, forms: ["form-action 'none'"] });
  });

  it('updates the panel and the status bar without interaction', async () => {
    await beyond(await updatesIn(progress()));
    await workbench.statusItem(/updates\/s/).waitFor();
  });

  it('pauses', async () => {
    await workbench.codeLens('Pause').click();
    await workbench.codeLens('paused').waitFor();
    await workbench.webviewFrame().getByRole('button', { name: 'Resume', exact: true }).waitFor();
  });

  it('does one update at a time', async () => {
    await workbench
      .webviewFrame()
      .getByText(/^paused/)
      .waitFor();
    const before = await updatesIn(progress());
    await workbench.webviewFrame().getByRole('button', { name: /^Step/ }).first().click();
    await beyond(before);
    assert.equal(await updatesIn(progress()), before + 1);
  });

  it('takes another learning rate, from the next update on', async () => {
    await workbench.runCommand('Unroll: Change Learning Rate…');
    await workbench.answer('Base learning rate from the next update on', '0.000321');
    await workbench.runCommand('Unroll: Train One Update');
    const rate = workbench.webviewFrame().locator('vscode-text-field[title="learning rate"] input').first();
    while ((await rate.inputValue()) !== '3.21e-4') await workbench.page.waitForTimeout(50);
  });

  it('resumes from the panel', async () => {
    const before = await updatesIn(progress());
    await workbench.webviewFrame().getByRole('button', { name: 'Resume', exact: true }).click();
    await beyond(before + 10);
  });

  it('stops, and can be trained again', async () => {
    await workbench.runCommand('Unroll: Stop Training');
    await workbench.codeLens('stopped').waitFor();
    await workbench.codeLens('Train').waitFor();
    assert.equal(await workbench.offersCommand('Unroll: Pause Training'), false);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
