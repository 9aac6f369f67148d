import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openRun } from '../../scripts/pageRun';
import { servePage, type PageServer, type ServedPage } from '../../scripts/pageServer';
import { scratchFolder } from '../../scripts/scratch';
import { drawn } from './unfold';
import { Workbench } from './workbench';

describe('The notebook in another language', () => {
  let browser: Browser;
  let page: Page;
  let run: ServedPage;
  let server: PageServer;

  before(async () => {
    const folder = scratchFolder('page');
    copyFileSync(resolve('media', 'samples', 'three-steps.rnn.json'), join(folder, 'three-steps.rnn.json'));
    const out = join(folder, 'unroll-runs', 'run');
    const words = [resolve('dist', 'cli.mjs'), join(folder, 'three-steps.rnn.json'), '--out', out];
    assert.equal(spawnSync(process.execPath, words).status, 0);
    run = await openRun(out, resolve('.'));
    server = await servePage(run, resolve('.'));
    browser = await openChromium();
    page = await browser.newPage({ viewport: { width: 900, height: 900 } });
  });

  after(async () => {
    await browser.close();
    server.close();
    run.dispose();
  });

  it('is in Simplified Chinese, with the numbers of the English one', async () => {
    await page.goto(`${server.url}?language=zh-cn`);
    await page.getByText('沿时间反向').first().waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-cn');
    await page.getByText('最后一个批次上的平方误差（各步之和）为 3.06e-4。').waitFor();
  });

  it('has every sentence of summaries, checks and buttons translated, and has room for longer texts', async () => {
    await page.goto(`${server.url}?language=pseudo`);
    await page.locator('.cell').first().waitFor();
    const folded = page.locator('.cell.folded > .cell-head > vscode-button, .fold-button[aria-expanded="false"]');
    await folded.first().waitFor();
    while ((await folded.count()) > 0) {
      await folded.first().click();
      await drawn(page);
    }
    await page.locator('.sum-check').waitFor();
    const untranslated = await page.evaluate(() => {
      // The experiment's own notes, and what the server says, are not of the page.
      const own = '.notes, .message, .cell-help .formula';
      const english = Array.from(
        document.querySelectorAll<HTMLElement>('.cell-summary, .sum-check, .picture-title, button'),
      )
        .filter((one) => one.checkVisibility() && one.closest(own) === null)
        .map((one) => (one.textContent ?? '').trim())
        .filter((text) => /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(text.replace(/⟦[^]*⟧/g, '')));
      return english;
    });
    assert.deepEqual(untranslated, []);
    // Where a text is cut off on purpose, the whole of it is a press or a look away.
    const cut = await page.evaluate(() =>
      Array.from(document.querySelectorAll<HTMLElement>('body *'))
        .filter((one) => one.checkVisibility() && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
        .filter((one) => ['hidden', 'clip'].includes(getComputedStyle(one).overflowX))
        .filter((one) => !one.matches('#notes, .outline-title'))
        .map((one) => `${one.tagName}.${one.className}: ${(one.textContent ?? '').slice(0, 80)}`),
    );
    assert.deepEqual(cut, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 900);
  });
});

describe('A window in another language', () => {
  it('has lenses, panel and views in Simplified Chinese', async () => {
    const workbench = await Workbench.open({ file: 'three-steps.rnn.json', language: 'zh-cn' });
    await workbench.codeLens('▶ 训练').click();
    await workbench.codeLens('已完成').waitFor();
    const frame = workbench.webviewFrame();
    await frame.getByText('已完成 100 / 100 次更新').first().waitFor();
    await frame.getByText('沿时间反向').first().waitFor();
    await workbench.screenshot('zh-cn');
    await workbench.close();
  });
});
