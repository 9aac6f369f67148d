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
