import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openRun } from '../../scripts/pageRun';
import { servePage, type PageServer, type ServedPage } from '../../scripts/pageServer';
import { scratchFolder } from '../../scripts/scratch';
import { editableManifest } from '../editableManifest';
import { violations } from './violations';

const rows = Array.from({ length: 200 }, (_, row) => {
  const day = new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10);
  return `${day},${Math.round(100 * (15 + 8 * Math.sin(row / 9))) / 100}`;
});
const experiment = {
  name: 'Temperatures',
  data: { csv: 'temp.csv', inputs: ['temp'], time: 'date', length: 10 },
  model: { cell: 'gru', hidden: 4 },
  training: { steps: 30, batch: 4 },
};

describe('The held-out rows of a table in the notebook', () => {
  let browser: Browser;
  let page: Page;
  let run: ServedPage;
  let server: PageServer;
  let cell: Locator;
  const out = scratchFolder('held-out');
  const faults: string[] = [];

  const open = async (): Promise<void> => {
    run = await openRun(join(out, 'run'), resolve('.'));
    server = await servePage(run, resolve('.'));
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(server.url);
    cell = page.getByRole('region', { name: 'Output' });
    await cell.scrollIntoViewIfNeeded();
  };
  const close = async (): Promise<void> => {
    await page.close();
    server.close();
    run.dispose();
  };

  before(async () => {
    writeFileSync(join(out, 'temp.csv'), ['date,temp', ...rows].join('\n'));
    writeFileSync(join(out, 'temp.rnn.json'), JSON.stringify(experiment));
    const words = [resolve('dist', 'cli.mjs'), join(out, 'temp.rnn.json'), '--out', join(out, 'run')];
    assert.equal(spawnSync(process.execPath, words).status, 0);
    browser = await openChromium();
    await open();
  });

  after(async () => {
    await close();
    await browser.close();
  });

  it('are shown as a whole, with errors in the unit of the data and dates', async () => {
    await cell
      .getByText(
        /^With the weights before update \S+: RMSE \S+ \(\S+ σ\) .* over 40 held-out rows of temp; persistence has RMSE /,
      )
      .waitFor();
    await cell.getByText('warm-up: the last 6 training rows, read before the first prediction').waitFor();
    assert.match(String(await cell.locator('.row-label').last().textContent()), /^2020-0\d-\d\d$/);
    assert.deepEqual(faults, []);
  });

  it('are read and zoomed by keys', async () => {
    const surface = cell.getByLabel('True values and predictions of the held-out rows.');
    await surface.focus();
    await page.keyboard.press('Home');
    await cell.getByText(/^row 156 · 2020-06-03 · temp \S+ · training part/).waitFor();
    await page.keyboard.press('End');
    await cell.getByText(/^row 201 · 2020-07-18 · temp \S+ · predicted \S+ · persistence \S+$/).waitFor();
    const all = cell.locator('vscode-button', { hasText: 'Show all rows' });
    // The distance does not depend on how far the page is scrolled.
    // Measured at one moment: the page may still be scrolling.
    const distance = (): Promise<number> =>
      surface.evaluate((picture) => {
        const frame = picture.closest('section')?.getBoundingClientRect();
        return picture.getBoundingClientRect().y - (frame?.y ?? NaN);
      });
    const before = await distance();
    assert.ok(await all.evaluate((button) => button.hasAttribute('disabled')));
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await cell.locator('vscode-button:not([disabled])', { hasText: 'Show all rows' }).waitFor();
    assert.equal(await distance(), before, 'the picture stays where it was');
    await cell.locator('vscode-button:not([disabled])', { hasText: 'Show all rows' }).click();
    await cell.locator('vscode-button[disabled]', { hasText: 'Show all rows' }).waitFor();
  });

  it('have no accessibility violations', async () => {
    assert.deepEqual(await violations(page), []);
  });

  it('have no button that needs VS Code', async () => {
    assert.equal(await cell.getByRole('button', { name: 'Save Predictions as CSV…' }).count(), 0);
  });

  it('are in the unit of the data in a run of an earlier version, which stored no scaling', async () => {
    await close();
    const path = join(out, 'run', 'run.json');
    const manifest = editableManifest(path);
    const { scaling, ...facts } = manifest['facts'] as Readonly<Record<string, unknown>>;
    assert.equal((scaling as Readonly<Record<string, unknown>>)['kind'], 'standard');
    writeFileSync(path, JSON.stringify({ ...manifest, facts }));
    await open();
    await cell
      .getByText(/^With the weights before update \S+: RMSE \S+ \(\S+ σ\) .* over 40 held-out rows of temp/)
      .waitFor();
    assert.deepEqual(faults, []);
  });
});
