import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const rows = Array.from(
  { length: 60 },
  (_, n) => `${n},${(2 * 0.95 ** n).toFixed(4)},${(2.2 * 0.96 ** n).toFixed(4)},0.5`,
);

describe('A training log of another program', () => {
  let workbench: Workbench;

  before(async () => {
    const folder = scratchWorkspace({ 'training.csv': `epoch,loss,val_loss,recall\n${rows.join('\n')}\n` });
    mkdirSync(join(folder, 'logs'));
    cpSync(resolve('test', 'fixtures', 'tensorboard', 'keras'), join(folder, 'logs', 'keras'), { recursive: true });
    cpSync(resolve('test', 'fixtures', 'tensorboard', 'restarted'), join(folder, 'logs', 'restarted'), {
      recursive: true,
    });
    mkdirSync(join(folder, 'unroll-runs'));
    cpSync(resolve('test', 'fixtures', 'recorded-run'), join(folder, 'unroll-runs', 'lag'), { recursive: true });
    workbench = await Workbench.open({ folder, file: 'training.csv' });
  });

  after(() => workbench.close());

  /** Chooses the command in the context menu of an entry; a menu that opens before the extension is loaded lacks it. */
  async function importFrom(name: string): Promise<void> {
    const { page } = workbench;
    const entry = page.locator('.explorer-folders-view .monaco-list-row').getByText(name, { exact: true });
    const item = page.getByRole('menuitem', { name: 'Import Training Log…' });
    for (let turn = 0; turn < 10; turn++) {
      await entry.click({ button: 'right' });
      const isThere = await item.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (isThere) break;
      await page.keyboard.press('Escape');
    }
    await workbench.chooseMenuItem('Import Training Log…');
  }

  it('is imported from the Explorer once the curves are confirmed, and says what it has not', async () => {
    await importFrom('training.csv');
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await list.filter({ hasText: /Import.*loss, val_loss/ }).waitFor();
    await list.filter({ hasText: /Number of the update….*epoch/ }).waitFor();
    await workbench.screenshot('import-curves');
    await workbench.page.keyboard.press('Enter');
    const frame = workbench.webviewFrame();
    await frame.getByText('finished 60 steps').first().waitFor();
    await frame.getByText(/No norm of the gradient: a CSV log has none\./).waitFor();
    await frame.getByText(/No gradient for each time step: a CSV log has none\./).waitFor();
    await frame.getByText(/Not diagnosed: the rules need a net/).waitFor();
    await frame.getByText(/This run was imported from a CSV log: it has curves/).waitFor();
    await workbench.screenshot('imported-log');
    const buttons = await frame.locator('vscode-button:visible').allInnerTexts();
    assert.deepEqual(
      buttons.filter((text) => /train|resume|replay/i.test(text)),
      [],
    );
  });

  it('is chosen in a folder with the logs of several runs', async () => {
    await importFrom('logs');
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await list.filter({ hasText: 'logs/restarted' }).waitFor();
    await workbench.page.keyboard.type('restarted');
    await workbench.page.keyboard.press('Enter');
    await list.filter({ hasText: /Import.*train\/loss, val\/loss, learning_rate/ }).waitFor();
    await workbench.page.keyboard.press('Enter');
    const frame = workbench.webviewFrame();
    await frame.getByText('finished 40 steps').first().waitFor();
    await frame.getByText(/Imported from a TensorBoard log/).waitFor();
    await workbench.screenshot('imported-tensorboard');
  });

  it('is compared with a run that was recorded', async () => {
    await workbench.runCommand('Unroll: Compare Runs…');
    await workbench.pickAll('Compare Runs', 3);
    const frame = workbench.webviewFrame();
    await frame.getByText('A lag of 30').first().waitFor();
    await frame.getByText(/“restarted” has the lowest/).waitFor();
    const diagnosis = frame.getByRole('region', { name: 'Diagnosis' });
    await diagnosis
      .getByText(/^A lag of 30: 1 finding\. Not diagnosed, without recorded gradients: "\w+", "\w+"\.$/)
      .waitFor();
    await workbench.screenshot('imported-compared');
  });
});
