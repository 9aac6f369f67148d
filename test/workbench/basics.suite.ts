import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The part of package.json that these tests read. */
interface Manifest {
  readonly contributes: {
    readonly commands?: readonly { readonly command: string }[];
  };
}

const id = 'unroll.unroll';

describe('The extension', () => {
  before(async () => {
    await vscode.extensions.getExtension(id)?.activate();
  });

  it('is found and activates', () => {
    assert.equal(vscode.extensions.getExtension(id)?.isActive, true);
  });

  it('registers exactly the commands of package.json, each once', async () => {
    const manifest = vscode.extensions.getExtension(id)?.packageJSON as Manifest;
    const declared = (manifest.contributes.commands ?? []).map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((command) => command.startsWith('unroll.'));
    // VS Code adds commands for a view, such as `unroll.runs.focus`, which are not in the manifest.
    const own = registered.filter((command) => declared.includes(command) || !/^unroll\.\w+\.\w+$/.test(command));
    assert.deepEqual(own.sort(), declared.sort());
    assert.equal(new Set(declared).size, declared.length);
  });

  it('recognizes an experiment by its file name', async () => {
    const [experiment] = await vscode.workspace.findFiles('*.rnn.json', null, 1);
    assert.ok(experiment, 'the workspace of the samples holds an experiment');
    const document = await vscode.workspace.openTextDocument(experiment);
    assert.equal(document.languageId, 'unroll-experiment');
  });
});
