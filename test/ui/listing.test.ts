import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Unwatched",
  "data": { "task": "adding", "length": 4 },
  "model": { "cell": "rnn" },
  "training": { "steps": 20, "batch": 2 }
}`;

describe('The runs view where the watchers of VS Code leave out the folder of runs', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'unwatched.rnn.json',
      folder: scratchWorkspace({ 'unwatched.rnn.json': experiment }),
      settings: { 'files.watcherExclude': { '**/unroll-runs/**': true } },
    });
    await workbench.runCommand('Unroll: Focus on Runs View');
    await workbench.page.getByText('No runs are saved in this workspace yet.').waitFor();
  });

  after(() => workbench.close());

  /** A run's row, by its name and how it ended. */
  const row = (words: RegExp): Locator => workbench.page.getByRole('treeitem', { name: words });
  /** Chooses from a row's context menu. */
  const choose = async (of: Locator, label: string): Promise<void> => {
    await of.click({ button: 'right' });
    await workbench.chooseMenuItem(label);
  };

  it('lists a run that is trained, and how it ended', async () => {
    await workbench.codeLens('▶ Train').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 1);
    await row(/^Unwatched, finished/).waitFor();
  });

  it('shows the name that it is given', async () => {
    await choose(row(/^Unwatched, finished/), 'Rename Run…');
    // If the list was refreshed while its menu was open, VS Code runs the command without a row, and it asks for one.
    const which = workbench.page.getByPlaceholder('Which run?');
    const named = workbench.page.locator('.quick-input-message', { hasText: 'A name for this run' });
    await which.or(named).first().waitFor();
    if (await which.isVisible()) await workbench.page.keyboard.press('Enter');
    await workbench.answer('A name for this run', 'the first try');
    await row(/^the first try, finished/).waitFor();
  });

  it('lists it no more when it is deleted', async () => {
    await choose(row(/^the first try/), 'Delete Run…');
    await workbench.page.locator('.dialog-message-detail', { hasText: /unroll-runs\/unwatched--/ }).waitFor();
    await workbench.page.getByRole('button', { name: 'Move to Trash' }).click();
    // A server has none, and asks.
    await workbench.page.getByRole('button', { name: 'Delete Permanently' }).click();
    await row(/^the first try/).waitFor({ state: 'detached' });
  });
});
