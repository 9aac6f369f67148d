import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

const text = '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "hidden": 8 } }';
const unfinished = '{ "data": { "task": "adding" }, "model": { "cell":  } }';

/** The position of `words` in a document, plus `offset` characters. */
function placeOf(document: vscode.TextDocument, words: string, offset: number): vscode.Position {
  return document.positionAt(document.getText().indexOf(words) + offset);
}

describe('The schema, with no other JSON file open', () => {
  let document: vscode.TextDocument;

  before(async () => {
    ({ document } = await ExperimentFile.open(text));
    const json = vscode.workspace.textDocuments.filter(({ languageId }) => /^jsonc?$/.test(languageId));
    assert.deepEqual(json, []);
  });

  it('completes the cells', async () => {
    const { document } = await ExperimentFile.open(unfinished);
    const labels = await until('completions', async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        placeOf(document, '"cell":', 8),
      );
      const found = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return found.some((label) => label.includes('lstm')) ? found : undefined;
    });
    for (const cell of ['rnn', 'lstm', 'gru'])
      assert.ok(labels.includes(`"${cell}"`), `${cell} is among ${labels.join(' ')}`);
  });

  it('explains a key, with its default', async () => {
    const words = await until('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        placeOf(document, '"hidden"', 3),
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.map((part) => (part instanceof vscode.MarkdownString ? part.value : '')).join('\n') || undefined;
    });
    assert.equal(words.match(/hidden units/gi)?.length, 1, words);
    assert.match(words, /32/);
  });

  it('reports no problems in a valid experiment', () => {
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });
});
