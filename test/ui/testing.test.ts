import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const experiment = `{
  "data": { "task": "parity", "length": 4 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 20, "batch": 4 },
  "expect": { "loss": { "below": 1e-9 } }
}`;

/** Its gradients take long enough to check that a person can cancel it. */
const large = `{
  "data": { "task": "adding", "length": 1000 },
  "model": { "cell": "lstm", "hidden": 256, "layers": 2 },
  "training": { "steps": 20, "batch": 4 }
}`;

describe('The view of the Test Explorer', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      folder: scratchWorkspace({ 'parity.rnn.json': experiment }),
      file: 'parity.rnn.json',
    });
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Testing: Focus on Test Explorer View');
  });

  after(() => workbench.close());

  const side = (): Locator => workbench.page.locator('.part.sidebar');
  /** The row of a test, by the name and the state that are read out. */
  const row = (name: string, state: string): Locator => side().locator(`[aria-label^="${name} (${state})"]`);
  const runs = (): string => join(workbench.folder, 'unroll-runs');
  const countRuns = (): number =>
    existsSync(runs()) ? readdirSync(runs()).filter((name) => name !== '.gitignore').length : 0;

  async function judge(): Promise<void> {
    await side().getByRole('button', { name: 'Select Configuration...' }).first().click();
    await workbench.chooseMenuItem('Judge the Newest Run');
  }

  it('lists an experiment by its name, and its groups of tests by theirs', async () => {
    for (const name of ['parity.rnn.json', 'experiment', 'Expectations']) await row(name, 'Not yet run').click();
    await row('loss below 1e-9', 'Not yet run').waitFor();
    await row('Gradient checks', 'Not yet run').waitFor();
    await workbench.screenshot('tests');
  });

  it('judges the newest run: an error without one, red for what is not met, green once it is', async () => {
    await judge();
    await row('parity.rnn.json', 'Errored').waitFor();
    await row('Gradient checks', 'Passed').waitFor();
    assert.equal(countRuns(), 0);
    await workbench.codeLens('▶ Train').click();
    await untilFinished(runs(), 1);
    await judge();
    await row('parity.rnn.json', 'Failed').waitFor();
    await workbench.screenshot('tests-red');
    // What an experiment expects does not make its runs outdated.
    writeFileSync(join(workbench.folder, 'parity.rnn.json'), experiment.replace('1e-9', '10'));
    await row('loss below 10', 'Failed').waitFor();
    await judge();
    await row('parity.rnn.json', 'Passed').waitFor();
    await row('loss below 10', 'Passed').waitFor();
    assert.equal(countRuns(), 1);
  });

  it('cancels a check of gradients, whose tests are skipped', async () => {
    const before = countRuns();
    writeFileSync(join(workbench.folder, 'large.rnn.json'), large);
    await row('large.rnn.json', 'Not yet run').hover();
    await row('large.rnn.json', 'Not yet run').getByRole('button', { name: 'Run Test' }).click();
    await side().getByRole('button', { name: 'Cancel Test Run' }).first().click();
    await row('large.rnn.json', 'Skipped').waitFor();
    await side().getByRole('button', { name: 'Cancel Test Run' }).first().waitFor({ state: 'hidden' });
    assert.equal(countRuns(), before);
  });
});
