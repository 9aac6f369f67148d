import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { htmlOfRun } from '../../scripts/pageRun';
import { scratchFolder } from '../../scripts/scratch';
import { writeFindings, type Finding } from '../../src/diagnosis/finding';
import { drawn, unfoldAll } from './unfold';
import { Workbench } from './workbench';

const hostile = `</script><script>document.title = 'broken'</script><!-- <img src="https://example.com/x">`;

describe('A run as one HTML file, in a browser without a network', () => {
  let browser: Browser;
  let page: Page;
  let address: string;
  const requests: string[] = [];
  const faults: string[] = [];

  before(async () => {
    const folder = scratchFolder('sharing');
    const experiment = {
      name: `Three ${hostile}`,
      notes: hostile,
      data: { task: 'adding', length: 3 },
      model: { cell: 'gru', hidden: 3 },
      training: { steps: 100, batch: 2 },
    };
    const file = join(folder, 'three.rnn.json');
    writeFileSync(file, JSON.stringify(experiment));
    const out = join(folder, 'unroll-runs', 'run');
    const trained = spawnSync(process.execPath, [resolve('dist', 'cli.mjs'), file, '--out', out], { encoding: 'utf8' });
    assert.equal(trained.status, 0, trained.stderr);
    const finding: Finding = {
      code: 'vanishing',
      level: 'warning',
      when: 'update',
      update: 20,
      keyPath: ['training'],
      message: hostile,
    };
    writeFileSync(join(out, 'findings.jsonl'), writeFindings([finding]));
    const shared = join(folder, 'shared.html');
    writeFileSync(shared, await htmlOfRun(out, resolve('.'), 6));
    address = pathToFileURL(shared).href;
    browser = await openChromium();
    page = await (await browser.newContext({ offline: true, colorScheme: 'light' })).newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(address);
    await page.getByText('Sequence time — update 99').waitFor();
  });

  after(() => browser.close());

  it('shows the run, its findings and what the file is, with all text as text', async () => {
    await page.getByText('This file shows the run, and 6 of its 100 updates step by step.').waitFor();
    await page.getByRole('region', { name: 'Diagnosis' }).getByText(hostile).waitFor();
    assert.equal(await page.locator('h1').innerText(), `Three ${hostile}`);
    assert.equal(await page.locator('img').count(), 0);
    assert.notEqual(await page.title(), 'broken');
  });

  it('walks through every recorded update, in all cells', async () => {
    await unfoldAll(page);
    const updates = page.getByRole('combobox', { name: 'Recorded update' });
    const values = await updates
      .locator('vscode-option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''));
    assert.equal(values.length, 6);
    assert.ok(
      ['0', '20', '99'].every((update) => values.includes(update)),
      values.join(' '),
    );
    for (const value of values) {
      await updates.click();
      await updates.locator(`vscode-option[value="${value}"]`).click();
      await page.getByText(`Sequence time — update ${value},`).waitFor();
      const backward = page.getByRole('region', { name: 'Backward through time' });
      await backward.getByText('within rounding').waitFor();
      for (const step of ['0', '1', '2']) {
        await page.getByRole('textbox', { name: 'step t' }).fill(step);
        await page.keyboard.press('Enter');
        await backward.getByText(`term of step ${step}`).waitFor();
      }
      await page.getByRole('region', { name: 'Output' }).scrollIntoViewIfNeeded();
      await drawn(page);
      const missing = await page.getByText('Not in this file').allInnerTexts();
      assert.deepEqual(
        missing.map((text) => /the update with another|memory horizon over the run/.test(text)),
        [true, true],
        missing.join('\n'),
      );
    }
  });

  it('says of another update that it is not in the file, and goes on to one that is', async () => {
    await page.getByRole('textbox', { name: 'update', exact: true }).fill('51');
    await page.keyboard.press('Enter');
    await page.getByText('Not in this file: the steps of update 51. Choose one of the recorded updates.').waitFor();
    const updates = page.getByRole('combobox', { name: 'Recorded update' });
    await updates.click();
    await updates.locator('vscode-option[value="0"]').click();
    await page.getByText('Sequence time — update 0,').waitFor();
  });

  it('has no buttons for what it cannot do, and keeps its view over a reload', async () => {
    for (const name of ['Train', 'Resume run', 'Show run folder', 'Share as HTML file…']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
    await page.reload();
    await page.getByText('Sequence time — update 0,').waitFor();
  });

  it('follows the colour scheme of the reader', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await background(), 'rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('body.vscode-dark').waitFor();
    assert.equal(await background(), 'rgb(31, 31, 31)');
  });

  it('has asked nobody for anything, and has had no faults', () => {
    assert.deepEqual([...new Set(requests)], [address]);
    assert.deepEqual(faults, []);
  });
});

describe('The command that shares a run', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'three-steps.rnn.json' });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
  });

  after(() => workbench.close());

  it('asks for the updates and the place, says the size, and writes the file', async () => {
    const { page } = workbench;
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await workbench.runCommand('Unroll: Share Run as HTML File…');
    await rows.filter({ hasText: 'finished' }).first().click();
    await rows.filter({ hasText: 'notable updates' }).first().click();
    const path = await workbench.suggestedFile('.html');
    await page.keyboard.press('Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText(/Write a file of [\d.]+ MiB\?/).waitFor();
    await workbench.screenshot('sharing');
    await dialog.getByRole('button', { name: 'Write File' }).click();
    await page
      .getByText(/shows the run in any browser, also offline/)
      .first()
      .waitFor();
    const html = readFileSync(join(workbench.folder, path.split('/').at(-1) ?? ''), 'utf8');
    assert.match(html, /^<!DOCTYPE html>[^]*<\/html>\n$/);
  });
});
