import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { StoredNotebook } from './storedNotebook';

const experiment = `{
  "data": { "task": "adding", "length": 10 },
  "model": { "cell": "rnn", "hidden": 4 },
  "clip": { "norm": 1 },
  "training": { "steps": 1000, "batch": 4 }
}`;

/** Where the lines of a chart's grid begin and end, in CSS pixels from the panel's left edge. */
async function plotEdges(canvas: Locator): Promise<readonly [number, number]> {
  return canvas.evaluate((element) => {
    const chart = element as HTMLCanvasElement;
    const scale = chart.width / chart.clientWidth;
    const pixels = chart.getContext('2d')?.getImageData(0, 0, chart.width, chart.height);
    if (pixels === undefined) throw new Error('The chart has no picture.');
    // A line of the grid is the one thing that fills a column of pixels almost from top to bottom.
    const isLine = (x: number): boolean => {
      let filled = 0;
      for (let y = 0; y < chart.height; y++) if ((pixels.data[4 * (y * chart.width + x) + 3] ?? 0) > 0) filled++;
      return filled > 0.7 * chart.height;
    };
    const lines = Array.from({ length: chart.width }, (_, x) => x).filter(isLine);
    return [(lines[0] ?? NaN) / scale, (lines.at(-1) ?? NaN) / scale] as const;
  });
}

describe('The pictures of training time', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('many.rnn.json', { files: { 'many.rnn.json': experiment }, height: 1200 });
    await notebook.page.locator('.progress', { hasText: '1,000 / 1,000' }).waitFor();
  });

  after(() => notebook.close());

  it('begin and end at the same pixels', async () => {
    const frame = notebook.page;
    const heatmap = await frame.locator('#cell-2-body .heatmap').evaluate((element) => {
      const { left, right } = element.getBoundingClientRect();
      return [left, right] as const;
    });
    for (const plot of ['#cell-1-body', '#cell-3-body .plot']) {
      const edges = await plotEdges(frame.locator(`${plot} canvas`));
      edges.forEach((edge, i) => {
        assert.ok(Math.abs(edge - (heatmap[i] ?? NaN)) <= 2, `${plot}: ${edges.join('–')}, not ${heatmap.join('–')}`);
      });
    }
  });

  it('lead from the tick of a clipped update to what the norm of its gradient consists of', async () => {
    const frame = notebook.page;
    const ticks = frame.locator('#cell-3-body .clip-ticks');
    const x = await ticks.evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const pixels = canvas.getContext('2d')?.getImageData(0, 4, canvas.width, 1).data ?? [];
      return Array.from({ length: canvas.width }, (_, x) => x).find((x) => (pixels[4 * x + 3] ?? 0) > 0) ?? NaN;
    });
    assert.ok(x >= 0, 'no update was clipped');
    await ticks.click({ position: { x, y: 4 } });
    const breakdown = frame.getByRole('region', { name: 'Clipping at this update' });
    await breakdown.getByText(/scaled by 0\.\d+ to 1\.00/).waitFor();
    // The cell begins where what is scrolled to stops, below the bar that stays in sight.
    while ((await breakdown.evaluate((cell) => cell.getBoundingClientRect().top)) > 200) await frame.waitForTimeout(50);
  });

  it('are chosen together for a purpose, and the choice says when cells were folded by hand', async () => {
    const frame = notebook.page;
    const preset = frame.getByRole('combobox', { name: 'Cells' });
    const unfolded = (): Promise<readonly string[]> =>
      frame.locator('.cell:not(.folded) [id^="cell-"][id$="-title"]').allInnerTexts();
    const chosen = (): Promise<string> =>
      preset.evaluate((element) => (element as HTMLElement & { displayValue: string }).displayValue);
    // Cells below the screen are drawn after those on it.
    const settle = async (isSettled: () => Promise<boolean>): Promise<void> => {
      while (!(await isSettled())) await frame.waitForTimeout(50);
    };
    const choose = async (name: string): Promise<void> => {
      await preset.click();
      await frame.getByRole('option', { name }).click();
      await settle(async () => (await chosen()) === name);
    };
    const isUnfolded = (title: string) => async (): Promise<boolean> =>
      (await unfolded()).some((heading) => heading.endsWith(title));
    const isFolded = (title: string) => async (): Promise<boolean> => !(await isUnfolded(title)());
    await choose('One update by hand');
    await settle(isUnfolded('Backward through time'));
    await settle(isFolded('Gradient through time'));
    await frame.getByRole('button', { name: 'The terms of ∂L/∂W, step by step', expanded: true }).waitFor();
    await choose('Why does it not learn?');
    await settle(isUnfolded('Diagnosis'));
    await settle(isFolded('Backward through time'));
    await frame.getByRole('button', { name: 'Fold Loss', exact: true }).click();
    await settle(async () => (await chosen()) === 'My selection');
    await choose('All cells');
    await settle(async () => (await frame.locator('.cell.folded, .fold-button[aria-expanded="false"]').count()) === 0);
  });

  it('zoom by a notch of the wheel less than twice, and select the update that was pointed at', async () => {
    const frame = notebook.page;
    const { mouse, keyboard } = notebook.page;
    const surface = frame.locator('#cell-2-body .surface');
    const box = await surface.boundingBox();
    assert.ok(box);
    const x = box.x + 0.5 * box.width;
    const y = box.y + 0.5 * box.height;
    const field = frame.locator('.selection-fields vscode-text-field').first();
    const selected = (): Promise<string> => field.evaluate((element) => (element as HTMLInputElement).value);
    const selectAt = async (share: number): Promise<number> => {
      const before = await selected();
      await mouse.click(box.x + share * box.width, y);
      while ((await selected()) === before) await notebook.page.waitForTimeout(50);
      return Number(await selected());
    };
    await mouse.move(x, y);
    await keyboard.down('Control');
    await mouse.wheel(0, -120);
    await keyboard.up('Control');
    await frame.getByRole('button', { name: 'Show all' }).and(frame.locator(':not([disabled])')).waitFor();
    const first = await selectAt(0.02);
    const last = await selectAt(0.98);
    assert.ok(Number.isInteger(first) && Number.isInteger(last), `${first} and ${last}`);
    assert.ok(last - first > 480 && last - first < 900, `${first}–${last}`);
  });
});
