import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import { Workbench } from './workbench';

const source = readFileSync(resolve('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** What axe-core finds wrong in the panel, in words; its script is evaluated from outside, past the page's policy. */
async function violations(frame: FrameLocator): Promise<readonly string[]> {
  return frame.locator('body').evaluate(async (_body, script) => {
    const module: { exports: { run?: () => Promise<AxeResults> } } = { exports: {} };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const load = new Function('module', 'exports', script) as (module: unknown, exports: unknown) => void;
    load(module, module.exports);
    const results = await module.exports.run?.();
    if (results === undefined) throw new Error('axe-core did not load.');
    if (results.passes.length === 0) throw new Error('axe-core checked nothing.');
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, source);
}

describe('Without a mouse and without eyes', () => {
  for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
    it(`finds nothing that bars anybody from the panel: ${theme}`, async () => {
      const workbench = await Workbench.open({ theme });
      await workbench.openFile('three-steps.rnn.json');
      await workbench.codeLens('Train').click();
      await workbench.codeLens('finished').waitFor();
      // The newest update is walked through as soon as it has been replayed; its cells are part of the panel.
      await workbench.webviewFrame().getByRole('region', { name: 'Parameters of this update' }).waitFor();
      assert.deepEqual(await violations(workbench.webviewFrame()), []);
      await workbench.close();
    });
  }

  it('trains, selects, zooms and folds with keys alone', async () => {
    const workbench = await Workbench.open();
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
    await frame.getByText('update 99 · L =').waitFor();
    await tabTo(/^Fold Clipping/);
    await press('Enter');
    await frame.locator('#cell-3-body').waitFor({ state: 'hidden' });
    await workbench.close();
  });
});
