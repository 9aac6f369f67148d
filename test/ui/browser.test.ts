import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { scratchFolder, scratchWorkspace } from '../../scripts/scratch';
import { webExtension } from '../../scripts/webHost';
import { updatesOfCheckpoint } from '../../src/run/storage/runFiles';
import { readManifest } from '../../src/run/manifest';
import { isolatingLab, restrictedLab, sharedLab } from './lab';
import { Workbench } from './workbench';

/** Windows in which the extension runs in the browser, as on vscode.dev: it has neither Node.js nor a disk. */
async function inBrowser(options: Parameters<typeof Workbench.open>[0]): Promise<Workbench> {
  return Workbench.open({ ...options, lab: { ...(await sharedLab()), sources: webExtension() } });
}

const endless = `{
  "data": { "task": "echo" },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 100000000, "checkpointEvery": 20 }
}`;

const cells = `{
  "data": { "task": "adding", "length": 8 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 50, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;

describe('In a browser, without Node.js', () => {
  let workbench: Workbench;

  before(async () => {
    const folder = scratchWorkspace(resolve('media', 'samples'));
    writeFileSync(join(folder, 'cells.rnn.json'), cells);
    workbench = await inBrowser({ file: 'three-steps.rnn.json', folder });
  });

  after(() => workbench.close());

  it('a run is trained, and its updates are computed again with the numbers of the run', async () => {
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    const frame = workbench.webviewFrame();
    await frame.getByText('Sequence time — update 0').waitFor();
    await frame.getByText('All 2 units computed from these numbers agree with the engine').first().waitFor();
    await workbench.screenshot('browser');
  });

  it('is there after the window was reloaded', async () => {
    await workbench.reload();
    await workbench.tab('Unroll:').click();
    const frame = workbench.webviewFrame();
    await frame.locator('.progress', { hasText: 'finished' }).waitFor();
    await frame.getByText('All 2 units computed from these numbers agree with the engine').first().waitFor();
  });

  it('the variants are trained and compared', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('▶ Train').waitFor();
    await workbench.runCommand('Unroll: Train All Variants');
    const rows = workbench.webviewFrame().locator('.comparison-table tbody tr');
    await rows.filter({ hasText: 'finished' }).nth(1).waitFor();
    await workbench.screenshot('browser-comparison');
  });

  it('what needs a disk says so', async () => {
    await workbench.runCommand('Unroll: Import Training Log…');
    await workbench.page.getByText('“Import Training Log” needs the disk of a computer').first().waitFor();
  });
});

const outside = `{
  "data": { "csv": "../secret.csv", "inputs": ["a"], "targets": ["b"], "length": 4 },
  "model": { "cell": "rnn", "hidden": 2 },
  "training": { "steps": 5, "batch": 1 }
}`;

const wide = `{
  "data": { "task": "adding", "length": 40 },
  "model": { "cell": "lstm", "hidden": 64 },
  "training": { "steps": 30, "batch": 64 }
}`;

describe('In a browser whose pages may share memory', () => {
  it('a run is trained on several threads, and every cell of the notebook shows it', async function () {
    // A trainer divides a batch among the processor's cores.
    if (availableParallelism() < 2) this.skip();
    const folder = scratchWorkspace({ 'wide.rnn.json': wide });
    const lab = { ...(await isolatingLab()), sources: webExtension() };
    const workbench = await Workbench.open({ folder, file: 'wide.rnn.json', lab });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    const runs = join(folder, 'unroll-runs');
    const facts = readManifest(readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'run.json')))?.facts;
    assert.ok(facts);
    assert.ok(facts.workers >= 2, String(facts.workers));
    const frame = workbench.webviewFrame();
    await frame.getByRole('combobox', { name: 'Cells' }).click();
    await frame.getByRole('option', { name: 'All cells' }).click();
    // Each cell is drawn when it comes into sight.
    for (const shown of [
      'All 64 units computed from these numbers agree with the engine',
      'within rounding',
      'Hidden states and their projection',
      'kernels, batches split into',
    ]) {
      const place = frame.getByText(shown).first();
      for (let i = 0; i < 40 && !(await place.isVisible()); i++) {
        await workbench.page.mouse.move(1040, 500);
        await workbench.page.mouse.wheel(0, 500);
        await workbench.page.waitForTimeout(250);
      }
      await place.waitFor();
    }
    await workbench.screenshot('browser-threads');
    await workbench.close();
  });
});

describe('A browser window in Restricted Mode', () => {
  it('trains, and obeys no setting of the workspace that costs memory, threads or disk', async () => {
    const folder = scratchWorkspace({ 'cells.rnn.json': cells, 'outside.rnn.json': outside });
    writeFileSync(join(folder, '..', 'secret.csv'), 'a,b\n1,2\n');
    mkdirSync(join(folder, '.vscode'));
    const costly = { 'unroll.keepRecords': false, 'unroll.memoryLimitMiB': 1, 'unroll.runsFolder': 'elsewhere' };
    writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(costly));
    const settings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
    const lab = { ...(await restrictedLab()), sources: webExtension() };
    const workbench = await Workbench.open({ folder, file: 'cells.rnn.json', lab, settings });
    await workbench.statusItem('Restricted Mode').waitFor();
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    assert.equal(readdirSync(join(folder, 'unroll-runs')).length, 1);
    assert.equal(existsSync(join(folder, 'elsewhere')), false, 'nothing is written where the workspace says');
    await workbench.notificationWith(
      /This workspace sets unroll.runsFolder to .elsewhere.\. Restricted Mode ignores that/,
    );
    await workbench.openFile('outside.rnn.json');
    await workbench.codeLens('Train').click();
    const told = await workbench.problems();
    assert.ok(
      told.some((text) => text.includes('Only files inside it can be read')),
      told.join('\n'),
    );
    await workbench.close();
  });
});

describe('A run outside the workspace', () => {
  it('says where its folder is, since the explorer can’t show it', async () => {
    const elsewhere = join(scratchFolder('runs'), 'mine');
    const folder = scratchWorkspace({ 'cells.rnn.json': cells });
    const workbench = await Workbench.open({
      folder,
      file: 'cells.rnn.json',
      settings: { 'unroll.runsFolder': elsewhere },
    });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
    await workbench.runCommand('Unroll: Reveal Run’s Folder');
    await workbench.pick('cells');
    await workbench.notificationWith(/The folder .*mine.cells--.* is outside the workspace/);
    await workbench.close();
  });
});

describe('A run whose browser window is closed while it trains', () => {
  it('can be resumed at once in the next window', async () => {
    const folder = scratchWorkspace({ 'endless.rnn.json': endless });
    const runs = join(folder, 'unroll-runs');
    const first = await inBrowser({ folder, file: 'endless.rnn.json' });
    await first.codeLens('Train').click();
    await first.codeLens('running').waitFor();
    const run = (): string => join(runs, readdirSync(runs)[0] ?? '');
    const latest = (): number =>
      Math.max(...readdirSync(join(run(), 'checkpoints')).map((name) => updatesOfCheckpoint(name) ?? 0));
    for (let waited = 0; waited < 120 && latest() <= 20; waited++) await first.page.waitForTimeout(500);
    await first.close();
    assert.ok(existsSync(join(run(), 'run.lock')), 'its lock file is still there');
    const second = await inBrowser({ folder, file: 'endless.rnn.json' });
    await second.runCommand('Unroll: Resume Run…');
    await second.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await second.page.keyboard.press('Enter');
    await second.codeLens('running').waitFor();
    await second.codeLens('Stop').click();
    await second.codeLens('stopped').waitFor();
    const manifest = readManifest(readFileSync(join(run(), 'run.json')));
    assert.equal(manifest?.state, 'stopped');
    assert.ok(manifest.updates > 20);
    await second.close();
  });
});
