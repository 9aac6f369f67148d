import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { showQuickPickMany } from '../../src/platform/quickInput';
import { until } from './experimentFile';

describe('A list with multiple selection', () => {
  it('is not accepted before its items are there', async () => {
    let showItems: (items: readonly { label: string; picked: boolean }[]) => void = () => undefined;
    const items = new Promise<readonly { label: string; picked: boolean }[]>((resolve) => (showItems = resolve));
    let isOver = false;
    const chosen = showQuickPickMany(items, { title: 'Columns' }).finally(() => (isOver = true));
    // The window shows the list, and takes the keys of it, some time after it was asked to.
    for (let turn = 0; turn < 10; turn++) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(isOver, false);
    showItems([{ label: 'temp', picked: true }]);
    await until('the choice', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isOver;
    });
    assert.deepEqual(
      (await chosen)?.map(({ label }) => label),
      ['temp'],
    );
  });
});
