import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const rows = Array.from({ length: 120 }, (_, day) => `${(10 + 5 * Math.sin(day / 9)).toFixed(2)};${day % 7}`);
const utterances = Array.from(
  { length: 120 },
  (_, row) => `${Math.floor(row / 6)},${Math.floor(row / 6) % 3},${row % 7}`,
);

describe('A new experiment', () => {
  let workbench: Workbench;

  before(async () => {
    const files = {
      'weather.csv': ['temp;wind', ...rows].join('\n'),
      'speakers.csv': ['id,speaker,c1', ...utterances].join('\n'),
      'poem.txt': 'to be or not to be. '.repeat(100),
    };
    workbench = await Workbench.open({ folder: scratchWorkspace(files) });
  });

  after(() => workbench.close());

  /** Chooses the command in the context menu of a file; a menu that opens before the extension is loaded lacks it. */
  async function fromFile(name: string): Promise<void> {
    const { page } = workbench;
    const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
    const selected = page.locator('.explorer-folders-view .monaco-list-row.selected', { hasText: name });
    const label = 'New Experiment from This File…';
    const item = page.getByRole('menuitem', { name: label });
    for (let turn = 0; turn < 10; turn++) {
      // Rows that are moving as a new file is listed take a click that was meant for another one.
      await file.click();
      const isSelected = await selected.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (!isSelected) continue;
      await file.click({ button: 'right' });
      const isThere = await item.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (isThere) break;
      await page.keyboard.press('Escape');
    }
    await workbench.chooseMenuItem(label);
  }

  it('is made of the columns of a table, from the context menu of the file', async () => {
    const { page } = workbench;
    await fromFile('weather.csv');
    await workbench.pickerOpens('Inputs');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'wind' }).waitFor();
    await page.keyboard.press('Enter');
    await workbench.pickerOpens('Target');
    await workbench.pick('temp');
    await workbench.tab('weather.rnn.json').waitFor();
    await workbench.page
      .locator('.codelens-decoration', { hasText: /parameters/ })
      .first()
      .waitFor();
    const text = readFileSync(join(workbench.folder, 'weather.rnn.json'), 'utf8');
    assert.match(text, /"inputs": \["temp", "wind"\],[^]*"targets": \["temp"\]/);
    assert.deepEqual(await workbench.problems(0), []);
  });

  it('is made of sequences, each with a class, if a column marks them', async () => {
    await fromFile('speakers.csv');
    await workbench.pickerOpens('Sequences');
    await workbench.pick('id');
    await workbench.pickerOpens('Inputs');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'c1' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.pickerOpens('Target');
    await workbench.pick('speaker');
    await workbench.tab('speakers.rnn.json').waitFor();
    const text = readFileSync(join(workbench.folder, 'speakers.rnn.json'), 'utf8');
    assert.match(text, /"sequence": "id",[^]*"inputs": \["c1"\],[^]*"classes": true,\s*"targetAt": "last"/);
  });

  it('is made of a text, under a name that is free', async () => {
    for (const name of ['poem.rnn.json', 'poem-2.rnn.json']) {
      await fromFile('poem.txt');
      await workbench.tab(name).waitFor();
    }
    await workbench.page
      .locator('.codelens-decoration', { hasText: /parameters/ })
      .first()
      .waitFor();
    assert.match(readFileSync(join(workbench.folder, 'poem-2.rnn.json'), 'utf8'), /"text": "poem\.txt"/);
  });
});
