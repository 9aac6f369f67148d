import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

/** What VS Code would show as a link that runs a command when it is clicked. */
const link = '[Repair this path](command:workbench.action.terminal.new?%7B%22location%22:1%7D)';

const experiment = (keys: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    data: { task: 'adding', length: 8 },
    model: { cell: 'rnn', hidden: 2 },
    training: { steps: 100_000_000, batch: 2 },
    ...keys,
  });

const table = { csv: 'table.csv', inputs: ['a'], targets: ['a'], length: 4 };

/** Experiments that cannot be trained, by what is hostile in them. */
const refused = {
  'the path of its data': { data: { text: link } },
  'the name of a variant': { loss: 'mse', variants: { [link]: { data: { task: 'parity' } } } },
  'the name of a column': { data: table },
} as const;

const fileOf = (what: string): string => `${what.replace(/\W+/g, '-')}.rnn.json`;

describe('Text from files', () => {
  let workbench: Workbench;

  before(async () => {
    const files = Object.entries(refused).map(([what, keys]) => [fileOf(what), experiment(keys)] as const);
    workbench = await Workbench.open({
      folder: scratchWorkspace({
        ...Object.fromEntries(files),
        'table.csv': `"${link}"\n1\n2\n`,
        'endless.rnn.json': experiment({ name: '$(flame) burning' }),
      }),
    });
  });

  after(() => workbench.close());

  /** The newest notification that holds these words, once there is one. */
  const notification = async (words: string) => {
    const centre = workbench.page.locator('.notifications-center');
    if (!(await centre.isVisible())) await workbench.page.locator('[id="status.notifications"] a').click();
    const message = centre.locator('.notification-list-item-message', { hasText: words }).first();
    await message.waitFor();
    return message;
  };

  for (const what of Object.keys(refused)) {
    it(`is no link in a notification: ${what}`, async () => {
      await workbench.openFile(fileOf(what));
      await workbench.codeLens('▶ Train').click();
      const message = await notification(fileOf(what));
      assert.match(await message.innerText(), /Repair this path\] ?\(command:workbench\.action\.terminal\.new/);
      assert.equal(await message.locator('a').count(), 0);
    });
  }

  it('is no icon in the quick pick of the runs, and no link in a notification: the name that a run is given', async () => {
    await workbench.openFile('endless.rnn.json');
    await workbench.codeLens('▶ Train').click();
    await workbench.codeLens('Pause').waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    const runs = join(workbench.folder, 'unroll-runs');
    const [run = ''] = readdirSync(runs);
    const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'burning' });
    await workbench.runCommand('Unroll: Open Run');
    await row.waitFor();
    assert.match(await row.innerText(), /\$ ?\(flame\) burning/);
    assert.equal(await row.locator('.codicon-flame').count(), 0);
    await workbench.page.keyboard.press('Escape');

    writeFileSync(join(runs, run, 'display-name.txt'), `${link}\n`);
    // The list has the name that the view shows: a watcher notices the new one.
    await workbench.runCommand('Unroll: Focus on Runs View');
    await workbench.page.getByRole('treeitem', { name: /Repair this path/ }).waitFor();
    await workbench.runCommand('Unroll: Delete Run…');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Repair this path' }).click();
    const message = await notification('is training');
    assert.match(await message.innerText(), /Repair this path\] ?\(command:/);
    assert.equal(await message.locator('a').count(), 0);
  });
});
