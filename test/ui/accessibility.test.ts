import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('Without a mouse', () => {
  it('trains, selects, zooms and folds with keys alone', async () => {
    const workbench = await Workbench.open({ settings: { 'workbench.reduceMotion': 'on' } });
    const { keyboard } = workbench.page;
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await keyboard.press(key);
    };
    await workbench.openFile('three-steps.rnn.json');
    await workbench.codeLens('Train').waitFor();
    await workbench.runCommand('Unroll: Train RNN');
    await workbench.codeLens('finished').waitFor();
    const frame = workbench.webviewFrame();
    await frame.locator('#cell-1-body canvas').waitFor();
    await press('Control+2');
    const focused = frame.locator(':focus');
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let n = 0; n < 40; n++) {
        await press('Tab');
        if ((await focused.count()) > 0 && name.test((await focused.first().getAttribute('aria-label')) ?? '')) return;
      }
      assert.fail(`Tab never came to ${String(name)}.`);
    };
    await tabTo(/^Gradient norm over updates/);
    await press('Home', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowUp');
    await frame.getByText('update 2 · step t = 1').waitFor();
    await press('+');
    await frame.getByRole('button', { name: 'Show all' }).and(frame.locator(':not([disabled])')).waitFor();
    await press('0');
    await frame.getByRole('button', { name: 'Show all' }).and(frame.locator('[disabled]')).waitFor();
    await press('Escape');
    await frame.locator('.readout', { hasText: 'update 99 · L =' }).waitFor({ state: 'attached' });
    await tabTo(/^Fold Clipping/);
    await press('Enter');
    await frame.locator('#cell-3-body').waitFor({ state: 'hidden' });
    // VS Code's setting for motion holds in the panel: the loop stands there at once.
    const loop = frame.locator('vscode-button', { hasText: /Show the loop|Stop the animation|Unroll the loop/ });
    await loop.scrollIntoViewIfNeeded();
    const label = await loop.evaluate(async (control: HTMLElement) => {
      control.click();
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return control.textContent;
    });
    assert.equal(label, 'Unroll the loop');
    await workbench.close();
  });
});
