import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { violations } from './violations';
import { Workbench } from './workbench';

/** Long enough that what is read out of three runs needs more than two lines. */
const lowRate =
  'shy, with a tenth of the learning rate that is the default of this optimizer, and nothing else changed';

const experiment = `{
  "name": "Two cells",
  "data": { "task": "adding", "length": 8 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 120, "batch": 4 },
  "variants": { "gated <b>": { "model": { "cell": "gru" } }, "${lowRate}": { "optimizer": { "learningRate": 0.0001 } } }
}`;

describe('Training all variants of a file', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'cells.rnn.json',
      folder: scratchWorkspace({ 'cells.rnn.json': experiment }),
      width: 1500,
      height: 1100,
      settings: { 'unroll.trainTogether': 1 },
    });
    // Before the lenses are there, the extension may not know yet which editor is open, and asks.
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
  });

  after(() => workbench.close());

  const rows = () => workbench.webviewFrame().locator('.comparison-table tbody tr');

  it('compares them: only the keys that differ, beside the outcomes', async () => {
    await rows().filter({ hasText: 'finished' }).nth(2).waitFor();
    const head = await workbench.webviewFrame().locator('.comparison-table thead th').allInnerTexts();
    const outcomes = ['loss', 'validation', 'lowest loss', 'clipped', 'time', 'updates', 'state'];
    // The activation follows from the cell.
    assert.deepEqual(head.slice(0, 10), ['run', ...outcomes, 'model.cell', 'optimizer.learningRate']);
    const texts = (await rows().allInnerTexts()).map((text) => text.split('\t').map((cell) => cell.trim()));
    assert.deepEqual(
      texts.map(([name, ...cells]) => [name, ...cells.slice(7, 9)]),
      [
        ['Two cells, cell rnn', 'rnn', '0.001'],
        ['gated <b>', 'gru', '0.001'],
        [lowRate, 'rnn', '0.0001'],
      ],
    );
    for (const cells of texts) assert.deepEqual(cells.slice(6, 8), ['120', 'finished']);
  });

  it('lights a run up everywhere when it is pointed at or has the focus', async () => {
    const frame = workbench.webviewFrame();
    const litNames = async (): Promise<readonly string[]> => {
      await frame.locator('.comparison-tile.highlighted').waitFor();
      const names = await frame
        .locator('.highlighted .curve-name, .curve-name.highlighted, tr.highlighted th')
        .allInnerTexts();
      return names.map((name) => name.trim());
    };
    await rows().nth(1).hover();
    assert.deepEqual(await litNames(), ['gated <b>', 'gated <b>', 'gated <b>']);
    await frame.locator('.comparison-tile').nth(2).focus();
    await frame.locator('tr.highlighted', { hasText: lowRate }).waitFor();
    assert.deepEqual(await litNames(), [lowRate, lowRate, lowRate]);
  });

  it('names the baseline in the legend, as it names the runs', async () => {
    const names = await workbench.webviewFrame().locator('.curve-legend .curve-name').allInnerTexts();
    assert.equal(names.length, 4);
    assert.match(names[3] ?? '', /: 0\.1\d+$/);
  });

  it('moves no picture under the pointer when the runs are read out in more than one line', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 820, height: 1100 });
    const frame = workbench.webviewFrame();
    for (const [picture, text] of [
      ['.tall-plot', /update \d+ · .*Two cells, cell rnn: .*gated <b>: .*changed: /],
      ['.comparison-heatmap', /update \d+ · step t = \d · .*Two cells, cell rnn: .*gated <b>: .*changed: /],
    ] as const) {
      const place = frame.locator(picture).first();
      await place.scrollIntoViewIfNeeded();
      const before = await place.boundingBox();
      await place.hover();
      await frame.locator('.readout', { hasText: text }).waitFor();
      assert.deepEqual(await place.boundingBox(), before);
    }
    await page.setViewportSize({ width: 1500, height: 1100 });
  });

  it('shows the name of each row at any scroll position of the table', async () => {
    const table = workbench.webviewFrame().getByRole('region', { name: 'Differences between the runs' });
    await workbench.page.setViewportSize({ width: 1000, height: 1100 });
    const visible = await table.evaluate((region) => {
      region.scrollLeft = region.scrollWidth;
      const [head, row] = ['thead th', 'tbody th'].map((name) => region.querySelector(name)?.getBoundingClientRect());
      const left = region.getBoundingClientRect().left;
      return { scrolled: region.scrollLeft, head: (head?.left ?? NaN) - left, row: (row?.left ?? NaN) - left };
    });
    assert.ok(visible.scrolled > 0);
    assert.deepEqual([visible.head, visible.row], [0, 0]);
    await workbench.page.setViewportSize({ width: 1500, height: 1100 });
  });

  it('is there again after the window was reloaded', async () => {
    await workbench.reload();
    await workbench.tab('3 runs compared').click();
    await rows().filter({ hasText: 'finished' }).nth(2).waitFor();
  });
});

describe('Comparing two runs of one experiment', () => {
  let workbench: Workbench;

  before(async () => {
    const file =
      '{ "name": "Twice", "data": { "task": "adding", "length": 4 }, "model": { "cell": "rnn" }, "training": { "steps": 20, "batch": 2 } }';
    workbench = await Workbench.open({
      file: 'twice.rnn.json',
      folder: scratchWorkspace({ 'twice.rnn.json': file }),
      width: 1500,
    });
    await workbench.codeLens('▶ Train').click();
    await workbench.codeLens('finished').waitFor();
    // They are told apart to the second.
    await sleep(1000);
    await workbench.codeLens('▶ Train').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 2);
  });

  after(() => workbench.close());

  it('labels both with their name and start time', async () => {
    await workbench.runCommand('Unroll: Compare Runs…');
    await workbench.pickAll('Compare Runs', 2);
    const rows = workbench.webviewFrame().locator('.comparison-table tbody tr');
    await rows.filter({ hasText: 'finished' }).nth(1).waitFor();
    const names = await rows.locator('th').allInnerTexts();
    assert.equal(new Set(names).size, 2);
    for (const name of names) assert.match(name.trim(), /^Twice, \d+:\d\d:\d\d/);
  });

  it('has no accessibility violations in the comparison', async () => {
    assert.deepEqual(await violations(workbench.webviewFrame()), []);
  });

  it('opens one of them under its name, and updates the name when it is renamed', async () => {
    const frame = workbench.webviewFrame();
    await frame
      .getByRole('button', { name: /^Open Twice/ })
      .last()
      .click();
    await workbench.page.locator('.tab.active', { hasText: /^Unroll: Twice, \d+:\d\d/ }).waitFor();
    await frame.getByText(/^finished 20 \/ 20 updates · started \d+:\d\d/).waitFor();
    // Another run is trained from the file, which may have been edited since.
    await frame.getByRole('button', { name: 'Train twice.rnn.json', exact: true }).waitFor();
    await workbench.runCommand('Unroll: Rename Run…');
    await workbench.pickerOpens('Rename Run');
    await workbench.page.locator('.quick-input-list .monaco-list-row').last().click();
    await workbench.answer('A name for this run', 'the first try');
    await workbench.page.locator('.tab', { hasText: 'the first try' }).waitFor();
  });
});
