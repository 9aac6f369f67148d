import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = (name: string): string => `{
  "name": "${name}",
  "data": { "task": "adding", "length": 4 },
  "model": { "cell": "rnn" },
  "training": { "steps": 20, "batch": 2 }
}`;

/** Long enough (ms) for a page that is there to have taken the keyboard, if it ever does. */
const afterwards = 1500;

const manyRuns = 300;

describe('A panel that is loading', () => {
  let workbench: Workbench;
  /** Pages that may not load yet. */
  const held: (() => void)[] = [];
  let isHolding = false;
  const release = (): void => {
    isHolding = false;
    for (const load of held.splice(0)) load();
  };

  before(async () => {
    const files = Object.fromEntries(
      ['one', 'two', 'three', 'four'].map((name) => [`${name}.rnn.json`, experiment(name)]),
    );
    const folder = scratchWorkspace(files);
    for (const name of ['one', 'two', 'three', 'four']) {
      const words = [join(folder, `${name}.rnn.json`), '--out', join(folder, 'unroll-runs', name)];
      assert.equal(spawnSync(process.execPath, [resolve('dist', 'cli.mjs'), ...words]).status, 0);
    }
    // So many that to list them takes longer than VS Code waits before it hands the focus on to a page.
    for (let i = 0; i < manyRuns; i++)
      cpSync(join(folder, 'unroll-runs', 'one'), join(folder, 'others', `run-${i}`), { recursive: true });
    workbench = await Workbench.open({ folder, width: 1500 });
    // What is sent to a page, the focus too, waits for the frame that VS Code puts around it.
    await workbench.page.route(/webview\/browser\/pre\/index\.html/, async (route) => {
      held.push(() => {
        route.continue().catch(() => undefined);
      });
      if (!isHolding) release();
      await Promise.resolve();
    });
  });

  afterEach(release);
  after(() => workbench.close());

  const runRow = (name: string): Locator =>
    workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
  /** It is named once its page is there. */
  const loadingTab = (): Locator => workbench.page.locator('.tab.active', { hasText: /^Unroll$/ });
  const input = (): Locator => workbench.page.locator('.quick-input-widget input').first();

  /** Types into the quick input that is open, once the page that was loading is there, and closes it. */
  async function staysUsable(): Promise<void> {
    const { page } = workbench;
    // Longer than VS Code waits before it hands the focus on to a page.
    await sleep(afterwards);
    assert.equal(held.length, 1, 'the page is still loading');
    release();
    await workbench.webviewFrame().locator('.progress', { hasText: 'finished' }).waitFor();
    await sleep(afterwards);
    assert.equal(await input().isVisible(), true, 'it is still open');
    const before = await input().inputValue();
    await page.keyboard.type('one');
    assert.equal(await input().inputValue(), `${before}one`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  }

  /** Opens the palette, with one key press; it is not repeated. */
  async function opensPalette(): Promise<void> {
    await workbench.page.keyboard.press('F1');
    await input().waitFor();
  }

  /** Opens the comparison of a run with the first one, in the group of the panels. */
  async function compares(name: string): Promise<Locator> {
    await workbench.runCommand('Unroll: Compare Runs…');
    await workbench.pickerOpens('Compare Runs');
    for (const row of ['one', name]) await runRow(row).click();
    await workbench.page.keyboard.press('Enter');
    const open = workbench.webviewFrame().getByRole('button', { name: new RegExp(`^Open ${name}`) });
    await open.waitFor();
    return open;
  }

  it('leaves the palette open that is opened after ▶ Train', async () => {
    await workbench.openFile('one.rnn.json');
    isHolding = true;
    await workbench.codeLens('▶ Train').click();
    await loadingTab().waitFor();
    await opensPalette();
    await staysUsable();
  });

  it('leaves it open after a run is opened by a command', async () => {
    await workbench.runCommand('Unroll: Open Run');
    isHolding = true;
    await runRow('two').click();
    await loadingTab().waitFor();
    await opensPalette();
    await staysUsable();
  });

  it('leaves it open after a run is opened by a button of the page in whose place it comes', async () => {
    const open = await compares('three');
    isHolding = true;
    await open.click();
    await loadingTab().waitFor();
    await opensPalette();
    await staysUsable();
  });

  it('gives the keyboard to a panel that is loaded already when a person asks for that panel', async () => {
    const open = await compares('two');
    await open.click();
    const panel = workbench.webviewFrame();
    await panel.locator('.progress', { hasText: 'finished' }).waitFor();
    await workbench.panelHasFocus();
    await workbench.page.keyboard.press('?');
    await panel.locator('dialog.key-help[open]').first().waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('leaves a quick pick of this extension open that is opened from the palette meanwhile', async () => {
    const open = await compares('four');
    // The list of the runs is made anew.
    writeFileSync(join(workbench.folder, 'others', 'run-0', 'display-name.txt'), 'another name');
    isHolding = true;
    await open.click();
    await loadingTab().waitFor();
    await opensPalette();
    await workbench.page.keyboard.type('Unroll: Rename Run');
    await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Rename Run' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.pickerOpens('Rename Run');
    await staysUsable();
  });
});

describe('A panel that goes to the cell that its experiment names', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ file: 'three-steps.rnn.json' });
  });
  after(() => workbench.close());

  it('leaves the keyboard in the editor', async () => {
    await workbench.codeLens('▶ Train').click();
    const cell = workbench.webviewFrame().getByRole('region', { name: 'Unrolled net' });
    await cell.waitFor();
    const top = (): Promise<number> => cell.evaluate((shown) => shown.getBoundingClientRect().top / innerHeight);
    while (!((await top()) < 0.5)) await sleep(100);
    await sleep(afterwards);
    assert.notEqual(await workbench.page.evaluate(() => document.activeElement?.tagName), 'IFRAME');
  });
});
