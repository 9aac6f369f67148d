import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openRun } from '../../scripts/pageRun';
import { servePage, type PageServer, type ServedPage } from '../../scripts/pageServer';
import { scratchFolder } from '../../scripts/scratch';
import { violations } from './violations';

describe('The notebook of a text in a plain browser', () => {
  let browser: Browser;
  let page: Page;
  let run: ServedPage;
  let server: PageServer;

  before(async () => {
    const folder = scratchFolder('text');
    writeFileSync(join(folder, 'text.txt'), 'to be or not to be, that is it. '.repeat(40));
    const experiment = {
      name: 'A text',
      data: { text: 'text.txt', length: 10 },
      model: { cell: 'gru', hidden: 12 },
      training: { steps: 60, batch: 4, validateEvery: 20 },
    };
    writeFileSync(join(folder, 'text.rnn.json'), JSON.stringify(experiment));
    const out = join(folder, 'run');
    const words = [resolve('dist', 'cli.mjs'), join(folder, 'text.rnn.json'), '--out', out];
    assert.equal(spawnSync(process.execPath, words).status, 0);
    run = await openRun(out, resolve('.'));
    server = await servePage(run, resolve('.'));
    browser = await openChromium();
    page = await browser.newPage();
    await page.goto(server.url);
  });

  after(async () => {
    await browser.close();
    server.close();
    run.dispose();
  });

  it('draws what its validations measured, with a read-out, a table and a choice of the quantity', async () => {
    const cell = page.getByRole('region', { name: /^\[9\] ?Validation$/ });
    await cell.getByRole('button', { name: 'Fold Validation' }).click();
    await cell
      .getByText(/^After update 59, a held-out character takes \d\.\d\d bits.*; the lowest baseline: /)
      .waitFor();
    await cell.locator('.curve-legend').getByText('bits per character').waitFor();
    await cell.locator('.surface').hover({ position: { x: 5, y: 20 } });
    await cell.locator('.readout', { hasText: /^update \d+ · no validation yet$/ }).waitFor();
    await cell.getByRole('button', { name: 'Table of Validation', exact: true }).click();
    const table = cell.getByRole('region', { name: 'Validations' });
    const head = await table.locator('th[scope=col]').allInnerTexts();
    assert.deepEqual(head, ['after update', 'bits per character', 'accuracy', 'always the most frequent class']);
    assert.deepEqual(await table.locator('th[scope=row]').allInnerTexts(), ['19', '39', '59']);
    await cell.getByRole('combobox', { name: 'Measure' }).click();
    await cell.getByRole('option', { name: 'accuracy' }).click();
    await cell.getByText(/^After update 59, \d+\.\d % of the held-out targets are predicted correctly/).waitFor();
  });

  it('shows the probability of each sampled character under the pointer, by keys and in a table', async () => {
    // Away from the text, which stands where the pointer has been.
    await page.mouse.move(0, 0);
    const output = page.getByRole('region', { name: /^\[17\] ?Output$/ });
    await output.scrollIntoViewIfNeeded();
    const text = output.getByRole('region', { name: 'Sampled text', exact: true });
    const symbols = text.locator('.sampled');
    await symbols.nth(239).waitFor();
    const number = output.locator('.output-status', { hasText: 'p = ' });
    assert.match(await number.innerText(), /^The least probable symbol is number \d+ of 240, “.+”: p = \d/);
    await text.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
    assert.match(await number.innerText(), /^Symbol 2 of 240, “.+”: p = \d/);
    await symbols.nth(5).hover();
    const pointed = await number.innerText();
    assert.match(pointed, /^Symbol 6 of 240/);
    await output.getByRole('button', { name: 'Probability of each sampled symbol' }).click();
    const row = output
      .getByRole('region', { name: /^The sampled text at update/ })
      .locator('tbody tr')
      .nth(5);
    const [place, , p = ''] = (await row.innerText()).split('\t');
    assert.equal(place, '6');
    // The table leaves out trailing zeros.
    assert.equal(Number(p), Number(/p = (\S+)\.$/.exec(pointed)?.[1]));
  });

  for (const theme of ['dark', 'light', 'high-contrast']) {
    it(`has nothing that axe-core finds wrong in it (${theme})`, async () => {
      await page.goto(`${server.url}?theme=${theme}`);
      await page.getByRole('region', { name: /^\[17\] ?Output$/ }).scrollIntoViewIfNeeded();
      await page.locator('.sampled').nth(239).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }
});
