import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  // a short lag
  "data": { "task": "sine", "length": 20 },
  "model": { "cell": "rnn", "hidden": 8 },
  "optimizer": { "kind": "adam", "learningRate": 0.00001 } // far too small
}
`;

describe('Find Learning Rate', () => {
  let workbench: Workbench;
  let folder: string;

  before(async () => {
    folder = scratchWorkspace({ 'sine.rnn.json': experiment });
    workbench = await Workbench.open({ file: 'sine.rnn.json', folder });
  });

  after(() => workbench.close());

  it('draws the curve, and a click writes the suggested rate at exactly its key', async () => {
    await workbench.runCommand('Unroll: Find Learning Rate');
    const frame = workbench.webviewFrame();
    await frame.locator('svg.range-picture').waitFor();
    const button = frame.locator('vscode-button', { hasText: '(suggested)' });
    const rate = /Write (\S+) /.exec((await button.textContent()) ?? '')?.[1] ?? '';
    await workbench.screenshot('find-learning-rate');
    await button.click();
    await frame.getByText('is written into the optimizer').waitFor();
    await workbench.tab('sine.rnn.json').click();
    const line = `"optimizer": { "kind": "adam", "learningRate": ${rate} } // far too small`;
    // The editor breaks long lines anywhere.
    const withoutSpaces = (text: string): string => text.replace(/\s+/g, '');
    const text = workbench.page.locator('.monaco-editor .view-lines').first();
    while (!withoutSpaces(await text.innerText()).includes(withoutSpaces(line)))
      await workbench.page.waitForTimeout(100);
    await workbench.page.keyboard.press('Control+S');
    const saved = (): string => readFileSync(join(folder, 'sine.rnn.json'), 'utf8');
    while (!saved().includes(line)) await workbench.page.waitForTimeout(100);
  });

  it('is still there after a reload of the window, and is tested again in the same panel', async () => {
    const curve = (): Promise<string | null> =>
      workbench.webviewFrame().locator('polyline.range-smoothed').getAttribute('points');
    const before = (await curve())?.split(' ').length;
    await workbench.reload();
    await workbench.tab('learning rate of sine.rnn.json').click();
    await workbench.webviewFrame().getByText('The file has the learning rate').waitFor();
    assert.equal((await curve())?.split(' ').length, before);
    // Another net has another curve.
    const restored = await curve();
    const text = workbench.page.locator('.view-lines', { hasText: /"hidden":\s*5/ });
    // After a reload VS Code begins to watch files some time after it shows them.
    while (!(await text.isVisible())) {
      writeFileSync(join(folder, 'sine.rnn.json'), experiment.replace('"hidden": 8', '"hidden": 5'));
      await workbench.page.waitForTimeout(1000);
    }
    await text.click();
    await workbench.editorHasFocus('sine.rnn.json');
    await workbench.runCommand('Unroll: Find Learning Rate');
    while ((await curve()) === restored) await workbench.page.waitForTimeout(100);
    assert.equal(await workbench.page.locator('.tab', { hasText: 'learning rate of' }).count(), 1);
  });

  it('stores no run', () => {
    assert.deepEqual(readdirSync(folder), ['sine.rnn.json']);
  });
});
