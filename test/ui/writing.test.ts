import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

describe('Writing an experiment key by key', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'own.rnn.json', folder: scratchWorkspace({ 'own.rnn.json': '' }) });
    await workbench.codeLens('Train').waitFor();
    await workbench.page.locator('.monaco-editor').first().click();
  });

  after(() => workbench.close());

  /** Opens the first bracket, once VS Code has loaded the pairs of brackets of the language and closes it. */
  async function openBracket(): Promise<void> {
    const { keyboard } = workbench.page;
    const closed = workbench.page
      .locator('.view-line')
      .first()
      .filter({ hasText: /^\{\}$/ });
    for (let turn = 0; turn < 60; turn++) {
      await keyboard.type('{');
      const isClosed = await closed.waitFor({ timeout: 1000 }).then(
        () => true,
        () => false,
      );
      if (isClosed) break;
      await keyboard.press('Control+A');
      await keyboard.press('Delete');
    }
    await keyboard.type(' ');
  }

  /** Types, waits until the list offers `words` first, and takes it. */
  async function complete(keys: string, words: string): Promise<void> {
    await workbench.page.keyboard.type(keys, { delay: 100 });
    const first = workbench.page.locator('.suggest-widget.visible .monaco-list-row.focused').filter({ hasText: words });
    await first.waitFor();
    // A list that is just being filtered anew takes no Enter; it is pressed again while the offer still stands.
    while (await first.isVisible()) {
      await workbench.page.keyboard.press('Enter');
      await first.waitFor({ state: 'hidden', timeout: 3000 }).catch(() => undefined);
    }
  }

  /** Asserts what is written, as saved: the screen shows a line that was just broken a frame later, out of order. */
  async function writes(expected: RegExp): Promise<void> {
    await workbench.page.keyboard.press('Control+S');
    const read = (): string => readFileSync(join(workbench.folder, 'own.rnn.json'), 'utf8');
    for (let turn = 0; turn < 50 && !expected.test(read()); turn++) await workbench.page.waitForTimeout(100);
    assert.match(read(), expected);
  }

  it('completes keys and values, and closes every quote once', async () => {
    await openBracket();
    await complete('"mod', 'model');
    await complete('{ "ce', 'cell');
    await complete('ls', '"lstm"');
    await writes(/"model":\s*\{\s*"cell":\s*"lstm"\s*\}/);
  });

  it('completes a value that is begun with a quote after the list has opened', async () => {
    await workbench.page.keyboard.type(', "hidden": 8 }, "data": { "task":', { delay: 60 });
    const list = workbench.page.locator('.suggest-widget.visible .monaco-list-row');
    await list.filter({ hasText: '"adding"' }).waitFor();
    await complete(' "add', '"adding"');
    await writes(/"task":\s*"adding"\s*\}/);
  });
});
