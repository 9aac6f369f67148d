import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

describe('A training program of PyTorch', () => {
  let workbench: Workbench;

  before(async () => {
    const folder = scratchWorkspace({ 'train.py': '# a training program\n' });
    mkdirSync(join(folder, 'unroll-runs'));
    cpSync(resolve('test', 'fixtures', 'recorded-run'), join(folder, 'unroll-runs', 'lag'), { recursive: true });
    workbench = await Workbench.open({ folder, file: 'train.py' });
  });

  after(() => workbench.close());

  it('gets the recorder beside it, and its explanation at the top', async () => {
    await workbench.runCommand('Unroll: Copy PyTorch Recorder…');
    const copy = join(workbench.folder, 'unroll.py');
    await workbench.suggestedFile(copy);
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.tab('unroll.py').waitFor();
    assert.ok(existsSync(copy));
    assert.equal(readFileSync(copy, 'utf8'), readFileSync(resolve('media', 'recorder', 'unroll.py'), 'utf8'));
  });

  it('has its run listed, drawn and diagnosed, without what only the program could do', async () => {
    await workbench.runCommand('Unroll: Focus on Runs View');
    await workbench.page.getByRole('treeitem', { name: /^unroll-runs, recorded/ }).waitFor();
    await workbench.page.getByRole('treeitem', { name: /^A lag of 30/ }).click();
    const frame = workbench.webviewFrame();
    await frame.getByText('finished 140 updates').first().waitFor();
    await frame.getByText(/30 steps back.*less than 1e-3/).waitFor();
    await frame.getByText(/can compute its updates again\. Update 139 was not captured; captured: 100\./).waitFor();
    await workbench.screenshot('recorded-run');
    const buttons = await frame.locator('vscode-button:visible').allInnerTexts();
    assert.deepEqual(
      buttons.filter((text) => /train|resume|replay/i.test(text)),
      [],
    );
  });

  it('has a captured update walked through, step by step', async () => {
    const frame = workbench.webviewFrame();
    const update = frame.getByRole('textbox', { name: 'update' });
    await update.fill('100');
    await update.press('Enter');
    await frame.getByText('Sequence time — update 100').first().waitFor();
    await frame.getByText(/Sequence 0 of 4 at update 100: 31 steps of the LSTM/).waitFor();
    await workbench.screenshot('recorded-update');
  });
});
