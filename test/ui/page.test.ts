import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openRun, type PageRun } from '../../scripts/pageRun';
import { servePage, type PageServer } from '../../scripts/pageServer';
import { scratchFolder } from '../../scripts/scratch';
import { writeFindings, type Finding } from '../../src/diagnosis/finding';

const finding = {
  code: 'vanishing',
  level: 'warning',
  when: 'update',
  update: 2,
  keyPath: ['training'],
  message: 'The gradient vanishes.',
} as const satisfies Finding;

describe('The notebook of a stored run in a plain browser', () => {
  let browser: Browser;
  let page: Page;
  let run: PageRun;
  let server: PageServer;
  const faults: string[] = [];

  before(async () => {
    const folder = scratchFolder('page');
    copyFileSync(resolve('media', 'samples', 'three-steps.rnn.json'), join(folder, 'three-steps.rnn.json'));
    const out = join(folder, 'unroll-runs', 'run');
    const words = [resolve('dist', 'cli.mjs'), join(folder, 'three-steps.rnn.json'), '--out', out];
    assert.equal(spawnSync(process.execPath, words).status, 0);
    writeFileSync(join(out, 'findings.jsonl'), writeFindings([finding]));
    run = await openRun(out, resolve('.'));
    server = await servePage(run, resolve('.'));
    browser = await openChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(server.url);
  });

  after(async () => {
    await browser.close();
    server.close();
    run.dispose();
  });

  it('shows a replayed update, and restores an open help text after a reload', async () => {
    const cell = page.getByRole('region', { name: 'Backward through time' });
    await cell.getByText('within rounding').waitFor();
    await cell.getByRole('button', { name: 'Help: Backward through time' }).click();
    const help = cell.locator('.cell-help');
    await help.waitFor();
    await page.reload();
    await help.waitFor();
    await cell.getByText('within rounding').waitFor();
    assert.deepEqual(faults, []);
  });

  it('shows the findings of the run, and says which commands need VS Code', async () => {
    const diagnosis = page.getByRole('region', { name: 'Diagnosis' });
    await diagnosis.locator('.finding').waitFor();
    await diagnosis.getByText(finding.message).waitFor();
    await page.getByText('Training, pausing and other commands need VS Code').waitFor();
  });

  it('has the theme of its address', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen: string[] = [];
    for (const theme of ['dark', 'light', 'high-contrast']) {
      await page.goto(`${server.url}?theme=${theme}`);
      await page.locator(`body.vscode-${theme}`).waitFor();
      seen.push(await background());
    }
    assert.deepEqual(seen, ['rgb(31, 31, 31)', 'rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    assert.deepEqual(faults, []);
  });

  it('answers on no other path', async () => {
    const { origin } = new URL(server.url);
    assert.equal((await fetch(`${origin}/`)).status, 404);
    assert.equal((await fetch(`${origin}/main.js`)).status, 404);
  });
});
