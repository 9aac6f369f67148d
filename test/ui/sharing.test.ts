import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { scratchFolder, scratchWorkspace } from '../../scripts/scratch';
import { writeFindings, type Finding } from '../../src/diagnosis/finding';
import { drawn, unfoldAll } from './unfold';
import { Workbench } from './workbench';

const hostile = `</script><script>document.title = 'broken'</script><!-- <img src="https://example.com/x">`;

/** Calls the terminal runner, which must succeed. */
function runner(...words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [resolve('dist', 'cli.mjs'), ...words], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** A shared file in a browser without a network, of which every request and every fault is noted. */
class OfflineFile {
  readonly #requests: string[] = [];
  readonly #faults: string[] = [];

  private constructor(
    readonly browser: Browser,
    readonly page: Page,
    readonly address: string,
  ) {
    page.on('request', (request) => this.#requests.push(request.url()));
    page.on('pageerror', (error) => this.#faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#faults.push(message.text());
    });
  }

  static async open(file: string): Promise<OfflineFile> {
    const browser = await openChromium();
    const page = await (await browser.newContext({ offline: true, colorScheme: 'light' })).newPage();
    const opened = new OfflineFile(browser, page, pathToFileURL(file).href);
    await page.goto(opened.address);
    return opened;
  }

  /** Nothing but the file was requested, and nothing has failed. */
  assertQuiet(): void {
    assert.deepEqual([...new Set(this.#requests)], [this.address]);
    assert.deepEqual(this.#faults, []);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** A finding whose text looks like markup. */
const hostileFinding: Finding = {
  code: 'vanishing',
  level: 'warning',
  when: 'update',
  update: 20,
  keyPath: ['training'],
  message: hostile,
};

describe('A run as one HTML file, in a browser without a network', () => {
  let opened: OfflineFile;
  let page: Page;

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
    runner(file, '--out', out);
    writeFileSync(join(out, 'findings.jsonl'), writeFindings([hostileFinding]));
    const shared = join(folder, 'shared.html');
    runner('share', out, '--out', shared, '--capture', '33,66');
    opened = await OfflineFile.open(shared);
    ({ page } = opened);
    await page.getByText('Sequence time — update 99').waitFor();
  });

  after(() => opened.close());

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
    opened.assertQuiet();
  });
});

describe('A comparison as one HTML file, in a browser without a network', () => {
  let opened: OfflineFile;
  let page: Page;

  before(async () => {
    const folder = scratchFolder('sharing-comparison');
    const experiment = {
      name: 'Two cells',
      data: { task: 'adding', length: 3 },
      model: { cell: 'gru', hidden: 3 },
      training: { steps: 60, batch: 2 },
      seeds: [1, 2],
      variants: {
        [hostile]: { optimizer: { kind: 'sgd', learningRate: 0.5 } },
      },
    };
    const file = join(folder, 'cells.rnn.json');
    writeFileSync(file, JSON.stringify(experiment));
    const runs = join(folder, 'runs');
    runner(file, '--out', join(runs, 'base'));
    runner(file, '--out', join(runs, 'variant'), '--variant', hostile);
    writeFileSync(join(runs, 'base', 'seed-1', 'findings.jsonl'), writeFindings([hostileFinding]));
    const folders = ['base', 'variant'].flatMap((name) => [1, 2].map((seed) => join(runs, name, `seed-${seed}`)));
    const shared = join(folder, 'comparison.html');
    runner('share', ...folders, '--out', shared);
    assert.ok(!readFileSync(shared, 'utf8').includes(folder));
    opened = await OfflineFile.open(shared);
    ({ page } = opened);
    await page.getByText('This file compares 4 runs.').waitFor();
  });

  after(() => opened.close());

  const cell = (name: string) => page.locator('section.cell').filter({ has: page.getByRole('heading', { name }) });

  it('shows curves, gradients, differences, the spread over seeds and findings, with all text as text', async () => {
    assert.equal(await page.locator('.comparison-tile').count(), 4);
    const rows = await page.locator('.comparison-table').first().locator('tbody tr').allInnerTexts();
    assert.equal(rows.length, 4);
    assert.ok(rows.some((row) => row.includes(hostile)));
    await cell('Differences').getByText('The runs differ in').waitFor();
    await page.getByText('band: lowest to highest seed').waitFor();
    assert.match(await cell('Over seeds').locator('tbody').innerText(), /Two cells/);
    await cell('Diagnosis').getByText(hostile).first().waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.notEqual(await page.title(), 'broken');
  });

  it('reads values at the pointer, and keeps its view over a reload', async () => {
    const surface = page.locator('#cell-1-body .surface');
    await surface.hover();
    await page
      .locator('.readout')
      .filter({ hasText: /update \d+/ })
      .first()
      .waitFor();
    const measure = page.getByRole('combobox', { name: 'Show' }).first();
    await measure.click();
    await measure.locator('vscode-option').filter({ hasText: '‖g‖' }).click();
    await page.reload();
    await page.getByText('This file compares 4 runs.').waitFor();
    assert.equal(await measure.evaluate((choice) => (choice as HTMLSelectElement).value), 'gradNorm');
  });

  it('saves pictures as PNG and SVG, and tables as CSV', async () => {
    await page.getByRole('button', { name: 'Save Loss as a file' }).click();
    const saved = async (label: string): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('#cell-1-saving').getByRole('button', { name: label }).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const png = await saved('Picture (PNG)');
    assert.deepEqual([png.name, png.bytes.toString('latin1', 1, 4)], ['Loss.png', 'PNG']);
    const svg = await saved('Picture (SVG)');
    const text = svg.bytes.toString('utf8');
    assert.equal(svg.name, 'Loss.svg');
    assert.match(
      text,
      /^<\?xml[^]*<svg [^]*<text [^>]*>Loss<\/text>[^]*<image [^>]*href="data:image\/png;base64,[^]*<\/svg>\n$/,
    );
    assert.doesNotMatch(text, /Picture \(|href="(?!data:)/);
    const problem = await page.evaluate(
      (xml) => new DOMParser().parseFromString(xml, 'image/svg+xml').querySelector('parsererror')?.textContent,
      text,
    );
    assert.equal(problem, undefined);
    const csv = await saved('Table (CSV)');
    assert.equal(csv.name, 'Loss.csv');
    assert.match(csv.bytes.toString('utf8'), /^update,/);
  });

  it('has no buttons for what it cannot do', async () => {
    for (const name of ['Compare other runs…', 'Share as HTML file…']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
    assert.equal(await page.getByRole('button', { name: /^(?:Open|Remove) / }).count(), 0);
  });

  it('has asked nobody for anything, and has had no faults', () => {
    opened.assertQuiet();
  });
});

describe('A run recorded by PyTorch as one HTML file', () => {
  let opened: OfflineFile;
  let page: Page;

  before(async () => {
    const shared = join(scratchFolder('sharing-recorded'), 'recorded.html');
    runner('share', resolve('test', 'fixtures', 'recorded-run'), '--out', shared);
    opened = await OfflineFile.open(shared);
    ({ page } = opened);
  });

  after(() => opened.close());

  it('begins with its captured update, and walks through it', async () => {
    await page.getByText('This file shows the run, and 1 of its 140 updates step by step.').waitFor();
    await page.getByText('Sequence time — update 100').waitFor();
    await unfoldAll(page);
    await drawn(page);
    const backward = page.getByRole('region', { name: 'Backward through time' });
    await page.getByRole('textbox', { name: 'step t' }).fill('3');
    await page.keyboard.press('Enter');
    await backward.getByText('t = 3').first().waitFor();
    await page.getByText('which alone can compute').first().waitFor();
  });

  it('says of another update that it is not in the file, and keeps the choice over a reload', async () => {
    await page.getByRole('textbox', { name: 'update', exact: true }).fill('7');
    await page.keyboard.press('Enter');
    await page.getByText('Not in this file: the steps of update 7.').waitFor();
    await page.reload();
    await page.getByText('Not in this file: the steps of update 7.').waitFor();
  });

  it('has asked nobody for anything, and has had no faults', () => {
    opened.assertQuiet();
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

describe('The command that shares a comparison', () => {
  let workbench: Workbench;

  before(async () => {
    const experiment = {
      name: 'Two cells',
      data: { task: 'adding', length: 3 },
      model: { cell: 'rnn', hidden: 3 },
      training: { steps: 40, batch: 2 },
      variants: { gated: { model: { cell: 'gru' } } },
    };
    workbench = await Workbench.open({
      file: 'cells.rnn.json',
      folder: scratchWorkspace({ 'cells.rnn.json': JSON.stringify(experiment, undefined, 2) }),
    });
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
    await workbench
      .webviewFrame()
      .locator('.comparison-table tbody tr')
      .filter({ hasText: 'finished' })
      .nth(1)
      .waitFor();
  });

  after(() => workbench.close());

  const confirmed = async (): Promise<string> => {
    const { page } = workbench;
    const path = await workbench.suggestedFile('.html');
    await page.keyboard.press('Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText(/Write a file of [\d.]+ MiB\?/).waitFor();
    await dialog.getByText(/It holds the curves, findings and settings of 2 runs\./).waitFor();
    await dialog.getByRole('button', { name: 'Write File' }).click();
    await page
      .getByText(/shows the comparison in any browser, also offline/)
      .first()
      .waitFor();
    return readFileSync(join(workbench.folder, path.split('/').at(-1) ?? ''), 'utf8');
  };

  it('writes what the panel compares, by its button', async () => {
    await workbench.webviewFrame().getByRole('button', { name: 'Share as HTML file…' }).click();
    assert.match(await confirmed(), /^<!DOCTYPE html>[^]*data-kind="comparison"[^]*<\/html>\n$/);
    rmSync(join(workbench.folder, 'comparison.html'));
  });

  it('saves a picture of a cell where the person chooses', async () => {
    const frame = workbench.webviewFrame();
    await frame.getByRole('button', { name: 'Save Loss as a file' }).click();
    await frame.locator('#cell-1-saving').getByRole('button', { name: 'Picture (SVG)' }).click();
    await workbench.suggestedFile('Loss.svg');
    await workbench.screenshot('saving-picture');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByText('Saved Loss.svg.').first().waitFor();
    assert.match(readFileSync(join(workbench.folder, 'Loss.svg'), 'utf8'), /<\/svg>\n$/);
  });

  it('writes the runs that are chosen, by the command', async () => {
    const { page } = workbench;
    await page.keyboard.press('Control+1');
    await workbench.runCommand('Unroll: Share Comparison as HTML File…');
    const rows = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'finished' });
    for (const row of [0, 1]) await rows.nth(row).click();
    await page.keyboard.press('Enter');
    assert.match(await confirmed(), /data-kind="comparison"/);
  });
});
