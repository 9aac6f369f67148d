import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { violations } from './violations';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Adding",
  "data": { "task": "adding", "length": 4 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 20, "batch": 2 },
  "variants": {
    "gated": { "model": { "cell": "gru" } },
    "longer": { "training": { "steps": 40 } }
  }
}`;

describe('The table of runs', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'adding.rnn.json',
      folder: scratchWorkspace({ 'adding.rnn.json': experiment }),
    });
    await workbench.codeLens('Train all').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 3);
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Unroll: Show Runs as a Table');
    await row('Adding').first().waitFor();
  });

  after(() => workbench.close());

  const page = (): FrameLocator => workbench.webviewFrame();
  /** The row of a run, by its whole name. */
  const row = (name: string): Locator =>
    page().locator('tr[data-index]', { has: page().getByRole('button', { name, exact: true }) });
  const names = (): Promise<readonly string[]> => page().locator('tr[data-index] th button').allInnerTexts();
  const select = (name: string): Promise<void> => row(name).getByRole('checkbox').check();

  it('has a row for each run, with its outcome and the keys in which the runs differ', async () => {
    assert.deepEqual([...(await names())].sort(), ['Adding', 'Adding (gated)', 'Adding (longer)']);
    await row('Adding (gated)').getByRole('cell', { name: 'gru', exact: true }).waitFor();
    await row('Adding (longer)').getByRole('cell', { name: '40', exact: true }).first().waitFor();
    assert.deepEqual(await violations(page()), []);
    await workbench.screenshot('runs-table');
  });

  it('is sorted by a column, in both directions', async () => {
    const sort = page().getByRole('button', { name: 'updates', exact: true });
    await sort.click();
    await page()
      .getByRole('columnheader', { name: 'updates' })
      .and(page().locator('[aria-sort="descending"]'))
      .waitFor();
    assert.equal((await names())[0], 'Adding (longer)');
    await sort.click();
    await page().locator('[aria-sort="ascending"]').waitFor();
    assert.equal((await names())[2], 'Adding (longer)');
  });

  it('is filtered by words and by values', async () => {
    const filter = page().locator('.runs-filter input');
    for (const [text, count] of [
      ['cell:gru', 1],
      ['updates>20', 1],
      ['finished', 3],
      ['nothing of the kind', 0],
    ] as const) {
      await filter.fill(text);
      await page()
        .locator(`table[aria-rowcount="${count + 1}"]`)
        .waitFor();
    }
    await page().getByText('No run fits.').waitFor();
    await filter.fill('');
    await page().locator('table[aria-rowcount="4"]').waitFor();
  });

  it('acts on selected runs that are shown only, and says how many more are selected', async () => {
    await select('Adding (gated)');
    const filter = page().locator('.runs-filter input');
    await filter.fill('cell:rnn');
    await page().getByText('1 selected run is not shown').waitFor();
    const remove = page().getByRole('button', { name: 'Delete…' });
    assert.ok(await remove.isDisabled());
    await select('Adding (longer)');
    await page().getByText('1 selected, 1 more not shown').waitFor();
    await remove.click();
    await workbench.page.locator('.monaco-dialog-box', { hasText: 'Adding (longer)' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await filter.fill('');
    await page().getByText('2 selected', { exact: true }).waitFor();
    for (const name of ['Adding (gated)', 'Adding (longer)']) await row(name).getByRole('checkbox').uncheck();
    await page().getByText('Select runs to act on them').waitFor();
  });

  it('keeps tags and a note in the folder of a run, and shows them', async () => {
    await select('Adding (gated)');
    await page().getByRole('button', { name: 'Tags…' }).click();
    await workbench.answer('Tags of "Adding (gated)"', 'baseline, of the paper');
    await row('Adding (gated)').getByRole('cell', { name: 'baseline, of the paper' }).waitFor();
    await page().getByRole('button', { name: 'Note…' }).click();
    await workbench.answer('A note on "Adding (gated)"', 'tried twice');
    await row('Adding (gated)').getByRole('cell', { name: 'tried twice' }).waitFor();
    const runs = join(workbench.folder, 'unroll-runs');
    const [folder = ''] = readdirSync(runs).filter((name) => name.includes('gated'));
    const stored: unknown = JSON.parse(readFileSync(join(runs, folder, 'annotations.json'), 'utf8'));
    assert.deepEqual(stored, { tags: ['baseline', 'of the paper'], note: 'tried twice', isHidden: false });
  });

  it('hides a run, there and in the view of runs, until hidden runs are listed', async () => {
    await page().getByRole('button', { name: 'Hide', exact: true }).click();
    await row('Adding (gated)').waitFor({ state: 'detached' });
    await workbench.runCommand('Unroll: Focus on Runs View');
    await workbench.page.getByRole('treeitem', { name: /1 hidden/ }).waitFor();
    const hidden = workbench.page.getByRole('treeitem', { name: /^gated, finished/ });
    assert.equal(await hidden.count(), 0);
    await workbench.runCommand('Unroll: List Hidden Runs Too');
    await hidden.waitFor();
    await page().getByRole('checkbox', { name: 'List hidden runs' }).check();
    await row('Adding (gated)').waitFor();
    await select('Adding (gated)');
    await page().getByRole('button', { name: 'Unhide' }).click();
    await page().getByRole('checkbox', { name: 'List hidden runs' }).waitFor({ state: 'hidden' });
  });

  it('shows the columns that are chosen, also after a reload of the window', async () => {
    await page().locator('summary', { hasText: 'Columns' }).click();
    await page().getByRole('checkbox', { name: 'experiment' }).check();
    await page().getByRole('checkbox', { name: 'state' }).uncheck();
    await page().getByRole('columnheader', { name: 'experiment' }).waitFor();
    await workbench.screenshot('runs-table-columns');
    await workbench.reload();
    await workbench.tab('Unroll: all runs').click();
    await page().getByRole('columnheader', { name: 'experiment' }).waitFor();
    assert.equal(await page().getByRole('columnheader', { name: 'state' }).count(), 0);
  });

  it('opens, and compares, the runs that are selected', async () => {
    await page().getByRole('checkbox', { name: 'Select all' }).check();
    await page().getByRole('button', { name: 'Compare', exact: true }).click();
    await workbench.tab('3 runs compared').waitFor();
    await workbench.tab('Unroll: all runs').click();
    await page().getByRole('button', { name: 'Adding (longer)', exact: true }).click();
    await workbench.tab('Unroll: Adding (longer)').waitFor();
  });
});
