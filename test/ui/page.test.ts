import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openComparison } from '../../scripts/pageComparison';
import { openRun } from '../../scripts/pageRun';
import { servePage, type PageServer, type ServedPage } from '../../scripts/pageServer';
import { drawn, unfoldAll } from './unfold';
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
  let run: ServedPage;
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
    await unfoldAll(page);
  });

  after(async () => {
    await browser.close();
    server.close();
    run.dispose();
  });

  it('shows a replayed update, and restores an open help text after a reload', async () => {
    const cell = page.getByRole('region', { name: 'Backward through time' });
    await cell.getByText('within rounding').waitFor();
    await cell.getByRole('button', { name: 'Why: Backward through time' }).click();
    const help = cell.locator('.cell-help');
    await help.waitFor();
    await page.reload();
    await help.waitFor();
    await cell.getByText('within rounding').waitFor();
    assert.deepEqual(faults, []);
  });

  it('comes to rest: once it is drawn, no picture changes its size or is drawn again', async () => {
    const fresh = await browser.newPage();
    await fresh.goto(server.url);
    await fresh.getByText('Sequence time — update').waitFor();
    // Pictures below the screen are drawn later than those on it.
    let changes: readonly string[] = [];
    for (let turn = 0; turn < 20; turn++) {
      changes = await fresh.evaluate(async () => {
        const sizes = () =>
          Array.from(document.querySelectorAll('canvas'), ({ width, height }) => `${width} × ${height}`);
        const before = sizes();
        if (before.length < 10) return ['not all pictures are there'];
        let drawings = 0;
        const drawn = CanvasRenderingContext2D.prototype as unknown as {
          clearRect: (this: CanvasRenderingContext2D, ...rectangle: [number, number, number, number]) => void;
        };
        const { clearRect } = drawn;
        drawn.clearRect = function (...rectangle) {
          drawings++;
          clearRect.apply(this, rectangle);
        };
        for (let frame = 0; frame < 30; frame++) await new Promise(requestAnimationFrame);
        drawn.clearRect = clearRect;
        const resized = sizes().flatMap((size, index) =>
          size === before[index] ? [] : [`${before[index]} → ${size}`],
        );
        return drawings === 0 ? resized : [...resized, `${drawings} drawings`];
      });
      if (changes.length === 0) break;
    }
    assert.deepEqual(changes, []);
    await fresh.close();
  });

  it('takes a number that a field had when it got the focus, after others', async () => {
    const step = page.getByRole('textbox', { name: 'step t' });
    await step.fill('2');
    await page.keyboard.press('Enter');
    await step.blur();
    await step.focus();
    for (const t of ['0', '2']) {
      await step.fill(t);
      await page.keyboard.press('Enter');
      await page.locator('.selection-bar [role=status]', { hasText: `step ${t},` }).waitFor({ state: 'attached' });
    }
    await page.keyboard.press('Escape');
  });

  it('shows the findings of the run, and says which commands need VS Code', async () => {
    const diagnosis = page.getByRole('region', { name: 'Diagnosis' });
    await diagnosis.locator('.finding').waitFor();
    await diagnosis.getByText(finding.message).waitFor();
    await page.getByText('Training, pausing and other commands need VS Code').waitFor();
  });

  it('has no buttons for commands that need VS Code', async () => {
    await page
      .getByRole('region', { name: /^\[18\] ?Run$/ })
      .locator('dt')
      .first()
      .waitFor();
    for (const name of ['Show run folder', 'Train', 'Resume run']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
  });

  it('names the colour of non-finite numbers only where there are some', async () => {
    const heatmap = page.getByRole('region', { name: 'Gradient through time' });
    await heatmap.getByText('exactly 0').waitFor();
    assert.equal(await heatmap.getByText('NaN or ∞').count(), 0);
  });

  it('restores the colour scales of an earlier update after a reload', async () => {
    const flow = page.getByRole('region', { name: 'Gradient flow' });
    const scales = () =>
      page.evaluate(() => {
        const { view } = JSON.parse(sessionStorage.getItem('state') ?? '{}') as {
          readonly view: { readonly gradientFlowColours?: unknown; readonly netLimits: object };
        };
        return [view.gradientFlowColours, view.netLimits];
      });
    await flow.locator('.legend-ticks').first().waitFor();
    const before = await scales();
    assert.ok(before.every((scale) => Object.keys(scale ?? {}).length > 0));
    await page.reload();
    await flow.locator('.legend-ticks').first().waitFor();
    assert.deepEqual(await scales(), before);
  });

  it('typesets its formulas as MathML that says what is written, and leaves no plain index on the screen', async () => {
    await unfoldAll(page);
    const why = page.locator('button[aria-label^="Why: "][aria-expanded="false"]');
    while ((await why.count()) > 0) {
      await why.first().click();
      await drawn(page);
    }
    await page.locator('.cell-help math mfrac').first().waitFor();
    const { formulas, differing, plain } = await page.evaluate(() => {
      const written = (node: Element): string => {
        const parts = Array.from(node.children, written);
        const [base = '', first = '', second = ''] = parts;
        switch (node.localName) {
          case 'msub':
            return `${base}_{${first}}`;
          case 'msup':
            return `${base}${{ T: 'ᵀ', '2': '²' }[first] ?? `^{${first}}`}`;
          case 'msubsup':
            return `${base}_{${first}}${{ T: 'ᵀ', '2': '²' }[second] ?? `^{${second}}`}`;
          case 'mfrac':
            return `${base}/${first}`;
          default:
            return node.children.length === 0 ? (node.textContent ?? '') : parts.join('');
        }
      };
      const named = [...document.querySelectorAll('math[alttext]')];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const left: string[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const text = node.textContent ?? '';
        // PyTorch's names of parameters have underscores of their own, and an option of a list takes text only.
        const isOption = node.parentElement?.closest('vscode-option, style') instanceof Element;
        const ours = text.replaceAll(/\b(?:rnn|head)\.\w+/g, '');
        if (/\p{L}[_^](?:\{|[a-z\d])/u.test(ours) && !isOption) left.push(text);
      }
      return {
        formulas: named.length,
        differing: named
          .filter((math) => written(math) !== math.getAttribute('alttext'))
          .map(({ outerHTML }) => outerHTML),
        plain: left,
      };
    });
    assert.ok(formulas > 50, String(formulas));
    assert.deepEqual({ differing, plain }, { differing: [], plain: [] });
  });

  it('copies formulas as they are written', async () => {
    const why = page.getByRole('button', { name: 'Why: Loss per step' });
    if ((await why.getAttribute('aria-expanded')) === 'false') await why.click();
    const formula = page.getByRole('region', { name: 'Loss per step' }).locator('.cell-help .formula');
    await formula.locator('math').first().waitFor();
    const copied = await formula.evaluate((element) => {
      getSelection()?.selectAllChildren(element);
      const clipboardData = new DataTransfer();
      element.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData('text/plain');
    });
    assert.equal(copied.trim(), 'L = L_{0} + L_{1} + … + L_{T−1}');
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

describe('A comparison in a plain browser', () => {
  it('shows the runs of several folders and the keys in which they differ', async () => {
    const folder = scratchFolder('comparison');
    const outs = [0.01, 0.02].map((learningRate, i) => {
      const file = join(folder, `${i}.rnn.json`);
      const experiment = {
        name: 'Twice',
        data: { task: 'adding', length: 4 },
        model: { cell: 'rnn' },
        optimizer: { learningRate },
        training: { steps: 20, batch: 2 },
      };
      writeFileSync(file, JSON.stringify(experiment));
      const out = join(folder, `run-${i}`);
      assert.equal(spawnSync(process.execPath, [resolve('dist', 'cli.mjs'), file, '--out', out]).status, 0);
      return out;
    });
    const comparison = await openComparison(outs, resolve('.'));
    const server = await servePage(comparison, resolve('.'));
    const browser = await openChromium();
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(server.url);
    const rows = page.locator('.comparison-table tbody tr').filter({ hasText: 'finished' });
    await rows.nth(1).waitFor();
    const head = await page.locator('.comparison-table thead th').allInnerTexts();
    assert.deepEqual([head[0], head[1], head[8]], ['run', 'loss', 'optimizer.learningRate']);
    assert.deepEqual(
      (await rows.allInnerTexts()).map((text) => text.split('\t')[8]),
      ['0.01', '0.02'],
    );
    assert.equal(await page.getByRole('button', { name: /^(Open|Remove|Compare other)/ }).count(), 0);
    await page.getByRole('button', { name: 'Present Differences' }).click();
    await page.getByRole('button', { name: 'Fold Loss' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('PageUp');
    await page.getByRole('button', { name: 'Fold Gradient through time' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Fold Loss' }).waitFor();
    assert.deepEqual(faults, []);
    await browser.close();
    server.close();
    comparison.dispose();
  });
});
