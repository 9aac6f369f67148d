import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const experiment = `{
  "seeds": [3, 1, 2],
  "data": { "task": "adding", "length": 8 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 }
}`;

describe('An experiment with several seeds', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'group.rnn.json',
      folder: scratchWorkspace({ 'group.rnn.json': experiment }),
    });
    await workbench.codeLens('▶ Train 3 seeds').click();
    await untilFinished(runs(), 3);
  });

  after(() => workbench.close());

  const runs = (): string => join(workbench.folder, 'unroll-runs');

  it('trains a run for each, with the seed in the name of its folder', () => {
    const names = readdirSync(runs()).filter((name) => name !== '.gitignore');
    assert.deepEqual(names.map((name) => /^group--seed-(\d)--/.exec(name)?.[1]).sort(), ['1', '2', '3']);
  });

  it('opens their comparison, with their median and their number', async () => {
    await workbench.tab('3 runs compared').waitFor();
    const page = workbench.webviewFrame();
    await page.getByText('group, median of 3 seeds').first().waitFor();
    await page.getByText('band: lowest to highest seed').waitFor();
    const table = page.getByRole('region', { name: 'Median and spread over the seeds' });
    await table
      .getByRole('row')
      .filter({ hasText: /group\s*loss\s*3\s*[\d.]/ })
      .waitFor();
    await table.getByRole('row').filter({ hasText: 'lowest loss' }).waitFor();
  });

  it('has a lens that sums them up, and shows each seed in the panel', async () => {
    await workbench.openFile('group.rnn.json');
    await workbench.codeLens('3 seeds: 3 finished').waitFor();
    await workbench.runCommand('Unroll: Show Run');
    await workbench.tab('Unroll: group').waitFor();
    const page = workbench.webviewFrame();
    await page.getByRole('button', { name: 'seed 2' }).click();
    await page.locator('.entry[aria-pressed="true"]').filter({ hasText: 'seed 2' }).waitFor();
  });
});
