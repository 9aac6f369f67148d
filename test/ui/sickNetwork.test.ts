import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const explodes = `{
  "name": "Explodes",
  "data": { "task": "adding", "length": 20 },
  "model": { "cell": "rnn", "activation": "relu", "hidden": 8 },
  "optimizer": { "kind": "sgd", "learningRate": 5 },
  "training": { "steps": 200, "batch": 8 }
}`;

describe('A sick network', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      folder: scratchWorkspace({ 'explodes.rnn.json': explodes }),
      settings: { 'unroll.notifyAfterSeconds': 0.01 },
    });
  });

  after(() => workbench.close());

  const runs = (): string => join(workbench.folder, 'unroll-runs');
  const names = (): readonly string[] => readdirSync(runs()).filter((name) => name !== '.gitignore');

  /** VS Code's own dialog for files and folders, once its button is there. */
  async function dialog(button: string): Promise<{ readonly input: Locator; readonly accept: Locator }> {
    const widget = workbench.page.locator('.quick-input-widget');
    const accept = widget.getByRole('button', { name: button });
    await accept.waitFor();
    return { input: widget.locator('input').first(), accept };
  }

  it('is opened by its problem, and tells what is wrong once it is trained', async () => {
    await workbench.runCommand('Unroll: Open a Sick Network…');
    await workbench.pickerOpens('Open a Sick Network');
    await workbench.pick('A clip far below the gradient');
    const { input, accept } = await dialog('OK');
    await workbench.suggestedFile('/clipAlways.rnn.json');
    await input.fill(join(workbench.folder, 'clipAlways.rnn.json'));
    await accept.click();
    await workbench.codeLens('▶ Train').click();
    await untilFinished(runs(), 1);
    const problems = await workbench.problems(1);
    if (!problems.some((problem) => problem.includes('clipAlways'))) throw new Error(problems.join('\n'));
    await workbench.screenshot('sick-network');
  });

  it('has its end told where the window is not in front', async () => {
    // What the window manager tells the page of a window that another one covers.
    const setFocused = (isFocused: boolean): Promise<void> =>
      workbench.page.evaluate((hasFocus) => {
        document.hasFocus = () => hasFocus;
        dispatchEvent(new FocusEvent(hasFocus ? 'focus' : 'blur'));
      }, isFocused);
    await workbench.codeLens('▶ Train').click();
    await setFocused(false);
    await untilFinished(runs(), 2);
    await workbench.codeLens('finished').waitFor();
    await setFocused(true);
    await workbench.notificationWith(/^clipAlways\.rnn\.json finished after .*: loss .* first clipAlways\.$/);
  });

  it('has runs whose experiments are shown side by side', async () => {
    await workbench.runCommand('Unroll: Compare Experiments of Two Runs…');
    await workbench.pickAll('Compare Runs', 2);
    await workbench.tab('A clip far below the gradient ↔ A clip far below the gradient').waitFor();
    await workbench.page.locator('.monaco-diff-editor').first().waitFor();
  });

  it('has a run that is opened from its folder', async () => {
    const [name = ''] = names();
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Unroll: Open Run Folder…');
    const { input, accept } = await dialog('Open Run');
    // What the dialog lists first may come after what is typed, and replace it.
    await workbench.page.getByRole('option', { name: 'unroll-runs', exact: true }).waitFor();
    await input.fill(`${runs()}/`);
    // A click on a folder in the list goes into it.
    await workbench.pick(name);
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'checkpoints' }).waitFor();
    await accept.click();
    await workbench.tab('Unroll: A clip far below the gradient').waitFor();
    await workbench.webviewFrame().getByText('finished').first().waitFor();
  });
  it('that diverged offers a variant to try, at the sentence about its end', async () => {
    await workbench.openFile('explodes.rnn.json');
    await workbench.codeLens('▶ Train').click();
    await workbench.codeLens('diverged').waitFor();
    await workbench.tab('Unroll: Explodes').waitFor();
    await workbench.webviewFrame().getByRole('button', { name: 'Try with clip.norm 1' }).first().click();
    await workbench.page.locator('.view-lines', { hasText: /"variants":.*"clip":/s }).waitFor();
    while (names().filter((name) => name.startsWith('explodes--')).length < 2) await workbench.page.waitForTimeout(100);
  });
});
