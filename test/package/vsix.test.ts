import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installedEmbedded } from '../../scripts/installation';
import { scratchFolder } from '../../scripts/scratch';
import { installExtension } from '../../scripts/server';
import { packExtension } from '../../scripts/vsix';
import { labAt } from '../ui/lab';
import { Workbench } from '../ui/workbench';

describe('The packed extension, installed into a clean VS Code', () => {
  const home = scratchFolder('clean');
  let workbench: Workbench;

  before(async () => {
    installExtension(await installedEmbedded(), home, packExtension());
    workbench = await Workbench.open({ lab: await labAt(home) });
  });

  it('contains the code and its documentation, and nothing else', () => {
    const extensions = join(home, 'extensions');
    const [folder] = readdirSync(extensions).filter((name) => name.startsWith('unroll.unroll-'));
    const files = readdirSync(join(extensions, folder), { recursive: true, encoding: 'utf8' });
    const strangers = files.filter((file) => /(^|\/)(src|test|node_modules|webview\/.*\.ts)(\/|$)|\.map$/.test(file));
    assert.deepEqual(strangers, []);
    for (const part of [
      'extension.cjs',
      'cli.mjs',
      'trainer.cjs',
      'watchThread.cjs',
      'workerThread.cjs',
      'experiment.schema.json',
      'webview/main.js',
    ]) {
      assert.ok(files.includes(join('dist', part)), `dist/${part} is in the package`);
    }
  });

  it('opens its walkthrough in a first window without editors', async () => {
    await workbench.page.getByText('Get Started with Unroll').first().waitFor();
    await workbench.page.getByText('Open an experiment').first().waitFor();
    await workbench.screenshot('walkthrough');
  });

  it('trains a sample to its end', async () => {
    await workbench.openFile('three-steps.rnn.json');
    await workbench.codeLens('▶ Train').click();
    await workbench.webviewFrame().locator('.progress', { hasText: 'finished' }).waitFor();
    await workbench.screenshot('packed');
    assert.deepEqual(await workbench.problems(0), []);
  });

  it('completes the steps of the walkthrough by what was done, and opens it by a command', async () => {
    await workbench.runCommand('Unroll: Get Started');
    const done = (step: string) => workbench.page.locator(`[data-done-step-id$="#${step}"].complete`);
    await done('open').waitFor();
    await done('train').waitFor();
    assert.equal(await done('compare').count(), 0);
  });
});
