import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder, scratchWorkspace } from '../launch/scratch';
import { restrictedLab } from './lab';
import { untilFinished } from './keptRuns';
import { Workbench } from './workbench';

const cells = `{
  "name": "A stranger’s cells",
  "data": { "task": "adding", "length": 8 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 60, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;

const table = `{
  "data": { "csv": "table.csv", "inputs": ["a"], "targets": ["b"], "length": 4 },
  "model": { "cell": "rnn", "hidden": 2 },
  "training": { "steps": 5, "batch": 1 }
}`;

const outside = table.replace('table.csv', '../secret.csv');
const rows = `a,b\n${Array.from({ length: 40 }, (_, i) => `${i},${i + 1}`).join('\n')}\n`;

describe('A window in Restricted Mode', () => {
  let workbench: Workbench;
  let elsewhere: string;

  before(async () => {
    elsewhere = join(scratchFolder('elsewhere'), 'runs');
    const folder = scratchWorkspace({
      'cells.rnn.json': cells,
      'table.rnn.json': table,
      'outside.rnn.json': outside,
      'table.csv': rows,
    });
    writeFileSync(join(folder, '..', 'secret.csv'), rows);
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'unroll.runsFolder': elsewhere }));
    workbench = await Workbench.open({
      folder,
      width: 1500,
      height: 1000,
      lab: await restrictedLab(),
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'always',
      },
    });
    await workbench.statusItem('Restricted Mode').waitFor();
  });

  after(() => workbench.close());

  const runs = (): readonly string[] => {
    const folder = join(workbench.folder, 'unroll-runs');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('trains, keeps the run beside its experiment, and says once that the workspace does not choose the folder', async () => {
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    assert.equal(runs().length, 1);
    assert.equal(existsSync(elsewhere), false, 'nothing is written where the workspace says');
    await workbench.codeLens('Train').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 2);
    const told = (await workbench.notifications()).filter((text) => text.includes('unroll.runsFolder'));
    assert.deepEqual(told, [
      `This workspace asks to keep runs in "${elsewhere}" (unroll.runsFolder). In Restricted Mode that is not done: runs ` +
        'are kept beside their experiments. Trust the workspace if it should be.',
    ]);
  });

  it('walks through an update by replay', async () => {
    const frame = workbench.webviewFrame();
    await frame.getByText('Sequence time — update 59').waitFor();
    await frame
      .getByText(/relative error/)
      .first()
      .waitFor();
  });

  it('lists, opens and compares kept runs', async () => {
    await workbench.runCommand('Unroll: Open Run');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'A stranger’s cells' })
      .first()
      .click();
    await workbench.webviewFrame().getByText('finished 60').first().waitFor();
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
    const compared = workbench.webviewFrame().locator('.comparison-table tbody tr').filter({ hasText: 'finished' });
    await compared.nth(1).waitFor();
  });

  it('reads data of the workspace folder, and refuses at its key a path that leaves it', async () => {
    await workbench.openFile('table.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    const before = runs().length;
    await workbench.openFile('outside.rnn.json');
    await workbench.codeLens('Train').click();
    const problems = await workbench.problems();
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0], /secret\.csv.*outside/s);
    assert.equal(runs().length, before);
  });

  it('keeps runs where the workspace says once it is trusted', async () => {
    await workbench.screenshot('restricted');
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.statusItem('Restricted Mode').waitFor({ state: 'hidden' });
    await workbench.openFile('cells.rnn.json');
    const before = runs().length;
    await workbench.codeLens('Train').click();
    await untilFinished(elsewhere, 1);
    assert.equal(readdirSync(elsewhere).length, 1);
    assert.equal(runs().length, before);
  });
});
