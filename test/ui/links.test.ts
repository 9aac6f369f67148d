import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Linked",
  "data": { "task": "adding", "length": 6 },
  "model": { "cell": "gru", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 }
}
`;

describe('A link to an experiment', () => {
  let link = '';

  /** Opens a link as a click on it does, up to the question of this extension. */
  async function follow(workbench: Workbench): Promise<void> {
    const { page } = workbench;
    await workbench.runCommand('Developer: Open URL');
    await page.locator('.quick-input-widget input').first().fill(link);
    await page.keyboard.press('Enter');
    // VS Code asks before it hands a link to an extension.
    await page.getByText(/Allow 'Unroll' extension to open this URI/).waitFor();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
  }

  const updateField = (workbench: Workbench) => workbench.webviewFrame().getByRole('textbox', { name: 'update' });

  it('is copied from the panel, and leads back to the update and the run that it was copied at', async () => {
    const folder = scratchWorkspace({ 'linked.rnn.json': experiment });
    const workbench = await Workbench.open({ folder, file: 'linked.rnn.json' });
    try {
      await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await workbench.codeLens('▶ Train').click();
      const frame = workbench.webviewFrame();
      await frame.getByText('finished 30 / 30 updates').first().waitFor();
      await updateField(workbench).fill('12');
      await updateField(workbench).press('Enter');
      await frame.getByText('Sequence time — update 12').first().waitFor();
      await frame.getByRole('button', { name: 'Fold Run', exact: true }).click();
      await frame.getByRole('button', { name: 'Copy link' }).click();
      await workbench.page.getByText(/Copied a link to “Linked” at update 12: \d+ characters/).waitFor();
      link = await workbench.page.locator('body').evaluate(() => navigator.clipboard.readText());
      assert.match(link, /^[\w-]+:\/\/[\w.-]+\/open\?v=1&e=[\w-]+$/);
      await updateField(workbench).fill('3');
      await updateField(workbench).press('Enter');
      await frame.getByText('Sequence time — update 3').first().waitFor();
      // The palette is opened from an editor.
      await workbench.tab('linked.rnn.json').click();
      await workbench.editorHasFocus('linked.rnn.json');
      await follow(workbench);
      await workbench.page.getByText(/has a run of the same experiment/).waitFor();
      await workbench.screenshot('link-open-run');
      await workbench.page.getByRole('button', { name: 'Open Run' }).click();
      await workbench.webviewFrame().getByText('Sequence time — update 12').first().waitFor();
    } finally {
      await workbench.close();
    }
  });

  it('is saved where the person chooses in another workspace, trains nothing by itself, and has its view after training', async () => {
    const folder = scratchWorkspace({ 'notes.txt': 'nothing here\n' });
    const workbench = await Workbench.open({ folder, file: 'notes.txt' });
    try {
      await follow(workbench);
      await workbench.page.getByText(/Nothing is trained until you press Train/).waitFor();
      await workbench.screenshot('link-save');
      await workbench.page.getByRole('button', { name: 'Save and Open…' }).click();
      await workbench.suggestedFile('.rnn.json');
      const input = workbench.page.locator('.quick-input-widget input').first();
      await input.fill(join(folder, 'from-link.rnn.json'));
      await workbench.page.keyboard.press('Enter');
      await workbench.tab('from-link.rnn.json').waitFor();
      assert.equal(readFileSync(join(folder, 'from-link.rnn.json'), 'utf8'), experiment);
      await workbench.screenshot('link-opened');
      await workbench.codeLens('▶ Train').click();
      await workbench.webviewFrame().getByText('finished 30 / 30 updates').first().waitFor();
      await workbench.webviewFrame().getByText('Sequence time — update 12').first().waitFor();
      await workbench.screenshot('link-trained');
    } finally {
      await workbench.close();
    }
  });
});
