import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder, scratchWorkspace } from '../../scripts/scratch';
import { readManifest } from '../../src/run/manifest';
import { restrictedLab } from './lab';
import { untilFinished } from './storedRuns';
import { unfoldAll } from './unfold';
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

/** Takes more memory than the small net, and work enough that threads share it. */
const wide = `{
  "name": "Wide",
  "data": { "task": "adding", "length": 64 },
  "model": { "cell": "rnn", "hidden": 128 },
  "training": { "steps": 1500, "batch": 32 },
  "variants": { "short": { "training": { "steps": 5 } } }
}`;

/** What a workspace could ask for that costs memory, threads or disk, or the records of a run. */
const costly = {
  'unroll.memoryLimitMiB': 1,
  'unroll.workers': 1,
  'unroll.trainTogether': 1,
  'unroll.keepRecords': false,
};

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
      'wide.rnn.json': wide,
      'table.csv': rows,
    });
    writeFileSync(join(folder, '..', 'secret.csv'), rows);
    mkdirSync(join(folder, '.vscode'));
    writeSettings(folder, costly);
    workbench = await Workbench.open({
      folder,
      width: 1500,
      height: 1000,
      lab: await restrictedLab(),
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'always',
        'unroll.workers': 2,
        'unroll.trainTogether': 2,
      },
    });
    await workbench.statusItem('Restricted Mode').waitFor();
  });

  after(() => workbench.close());

  const writeSettings = (folder: string, settings: Readonly<Record<string, unknown>>): void => {
    const file = join(folder, '.vscode', 'settings.json');
    writeFileSync(file, JSON.stringify({ 'unroll.runsFolder': elsewhere, ...settings }));
  };

  const runs = (): readonly string[] => {
    const folder = join(workbench.folder, 'unroll-runs');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('trains, saves the run next to its experiment, and shows once that the setting of the workspace is ignored', async () => {
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    assert.equal(runs().length, 1);
    assert.equal(existsSync(elsewhere), false, 'nothing is written where the workspace says');
    await workbench.codeLens('Train').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 2);
    const told = (await workbench.notifications()).filter((text) => text.includes('unroll.runsFolder'));
    assert.deepEqual(told, [
      `This workspace sets unroll.runsFolder to "${elsewhere}". Restricted Mode ignores that: runs are ` +
        'saved beside their experiments. Trust the workspace to use its setting.',
    ]);
  });

  it('obeys no setting of the workspace that costs memory, threads or disk', async () => {
    const before = new Set(runs());
    await workbench.openFile('wide.rnn.json');
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
    const folder = join(workbench.folder, 'unroll-runs');
    await untilFinished(folder, before.size + 1);
    const made = runs()
      .filter((name) => !before.has(name))
      .map((name) => readManifest(readFileSync(join(folder, name, 'run.json'))));
    const [whole, short] = [null, 'short'].map((variant) => made.find((manifest) => manifest?.variant === variant));
    // The second does not wait until the first is over.
    assert.deepEqual([whole?.state, short?.state], ['running', 'finished']);
    assert.deepEqual([whole?.facts.workers, short?.facts.workers], [2, 2]);
    await untilFinished(folder, before.size + 2);
    await workbench.tab('2 runs compared').click();
    await workbench.page.keyboard.press('Control+W');
  });

  it('trains nothing in a terminal, and says how it would', async () => {
    const before = runs().length;
    await workbench.openFile('cells.rnn.json');
    await workbench.runCommand('Unroll: Train in Terminal');
    const told = await workbench.notifications(1);
    assert.ok(told.some((text) => text.includes('In Restricted Mode nothing is trained in a terminal.')));
    assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 0);
    assert.equal(runs().length, before);
  });

  it('walks through an update by replay', async () => {
    await workbench.tab('A stranger’s cells').click();
    const frame = workbench.webviewFrame();
    await frame.getByText('Sequence time — update 59').waitFor();
    await unfoldAll(frame);
    await frame
      .getByText(/relative error/)
      .first()
      .waitFor();
  });

  it('lists, opens and compares stored runs', async () => {
    await workbench.runCommand('Unroll: Open Run');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'A stranger’s cells' })
      .first()
      .click();
    await workbench.webviewFrame().getByText('finished 60').first().waitFor();
    // Its page is there already, so it takes the focus; until then a quick pick would be closed by that.
    await workbench.panelHasFocus();
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
    // One of the two is trained already.
    await workbench.pressInNotification('Train the Other One');
    const compared = workbench.webviewFrame().locator('.comparison-table tbody tr').filter({ hasText: 'finished' });
    await compared.nth(1).waitFor();
  });

  it('reads data of the workspace folder, and refuses at its key a path that leaves it', async () => {
    await workbench.openFile('table.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    await workbench.openFile('outside.rnn.json');
    await workbench.codeLens('Train').click();
    await workbench.problems();
    await workbench.page.locator('.markers-panel-container', { hasText: 'secret.csv' }).waitFor();
    const problems = (await workbench.problems()).filter((text) => text.includes('secret.csv'));
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0], /secret\.csv.*outside/s);
    assert.deepEqual(
      runs().filter((name) => name.startsWith('outside')),
      [],
    );
  });

  it('saves runs in the folder of the workspace setting once it is trusted', async () => {
    await workbench.screenshot('restricted');
    // Enough for the small net, and not for the wide one.
    writeSettings(workbench.folder, { 'unroll.memoryLimitMiB': 100 });
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.statusItem('Restricted Mode').waitFor({ state: 'hidden' });
    await workbench.openFile('cells.rnn.json');
    const before = runs().length;
    await workbench.codeLens('Train').click();
    await untilFinished(elsewhere, 1);
    assert.equal(readdirSync(elsewhere).length, 1);
    assert.equal(runs().length, before);
    await workbench.openFile('wide.rnn.json');
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train RNN');
    await workbench.notificationWith(/wide\.rnn\.json was not started.*MiB/s);
  });
});
