import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

const rows = Array.from({ length: 40 }, (_, row) => `${row},5;${row % 7}`);
const experiment = `{
  "data": {
    "csv": "days.csv", // from the station
    "inputs": ["n"],
    "length": 2
  },
  "model": { "cell": "rnn" }
}
`;

/** The quick fixes at a diagnostic. */
async function fixesOf(uri: vscode.Uri, { range }: vscode.Diagnostic): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

describe('The editor of an experiment over a table', () => {
  it('offers a fix that clears the problem, and a link to its place in the data', async () => {
    const { document, home } = await ExperimentFile.open(experiment, { 'days.csv': ['n;m', ...rows].join('\n') });
    const [problem] = await until('the diagnostic', () => {
      const found = vscode.languages.getDiagnostics(document.uri);
      return found.length > 0 && found;
    });
    assert.ok(problem);
    const [related] = problem.relatedInformation ?? [];
    assert.ok(related);
    assert.equal(related.location.uri.toString(), vscode.Uri.joinPath(home, 'days.csv').toString());
    assert.deepEqual(
      [related.location.range.start.line, related.location.range.start.character, related.location.range.end.character],
      [1, 0, 3],
    );
    const [fix] = await fixesOf(document.uri, problem);
    assert.equal(fix?.title, 'Set "delimiter" to ";" and "decimal" to ","');
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.equal(
      document.getText(),
      experiment.replace('"length": 2', '"length": 2,\n    "delimiter": ";",\n    "decimal": ","'),
    );
    await until('no diagnostic', () => vscode.languages.getDiagnostics(document.uri).length === 0);
  });

  it('warns of a code for missing values before any training, with its row, and no longer once it is listed', async () => {
    const values = Array.from({ length: 40 }, (_, row) => (row === 20 ? -9999 : row % 7));
    const { document } = await ExperimentFile.open(experiment, { 'days.csv': ['n', ...values].join('\n') });
    const [warning] = await until('the warning', () => {
      const found = vscode.languages.getDiagnostics(document.uri);
      return found.length > 0 && found;
    });
    assert.equal(warning?.severity, vscode.DiagnosticSeverity.Warning);
    assert.match(warning.message, /^Column "n" of "days\.csv" is -9999 in 1 row \(22\)/);
    assert.equal(warning.relatedInformation?.[0]?.location.range.start.line, 21);
    const [fix] = await fixesOf(document.uri, warning);
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    await until('no warning', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .every(({ severity }) => severity !== vscode.DiagnosticSeverity.Warning),
    );
  });

  it('completes data files and columns, with what they hold', async () => {
    const unfinished = `{
  "data": {
    "csv": "",
    "inputs": [""]
  },
  "variants": { "other": { "data": { "csv": "more/days.tsv", "time": "" } } }
}
`;
    const { document } = await ExperimentFile.open(unfinished, {
      'days.csv': [
        'n;m;day',
        ...rows.map((row, day) => `${row};2020-02-${String((day % 28) + 1).padStart(2, '0')}`),
      ].join('\n'),
      'more/days.tsv': 'when\tspeed\n2020-02-01\t3\n2020-02-02\tNA\n',
      'notes.txt': 'no table',
    });
    // In a variant the schema also offers null, which deletes the key.
    const completions = async (after: string) => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(document.getText().indexOf(after) + after.length),
      );
      return items
        .map(
          ({ label, detail, insertText }) =>
            [typeof label === 'string' ? label : label.label, detail, insertText] as const,
        )
        .filter(([label]) => label !== 'null');
    };
    const files = await until('the files', async () => {
      const found = await completions('"csv": "');
      return found.length > 0 && found;
    });
    assert.deepEqual(
      files.filter(([label]) => /^(?!\.\.).*days/.test(label)),
      [
        ['days.csv', undefined, '"days.csv"'],
        ['more/days.tsv', undefined, '"more/days.tsv"'],
      ],
    );
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('"csv": "') + '"csv": "'.length;
    edit.insert(document.uri, document.positionAt(at), 'days.csv');
    await vscode.workspace.applyEdit(edit);
    const columns = await completions('"inputs": ["');
    assert.deepEqual(columns, [
      ['n', 'numbers with decimal commas', '"n"'],
      ['m', 'number, 0 to 6', '"m"'],
      ['day', 'dates, 2020-02-01 to 2020-02-12', '"day"'],
    ]);
    assert.deepEqual(await completions('"time": "'), [
      ['when', 'dates, 2020-02-01 to 2020-02-02', '"when"'],
      ['speed', 'number, 3 to 3, 1 missing', '"speed"'],
    ]);
  });

  it('previews the table, and follows a change of the experiment', async () => {
    const data = ['n;m', ...rows].join('\n');
    const { document } = await ExperimentFile.open(experiment, { 'days.csv': data });
    const lens = await until('the lens', async () => {
      const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        100,
      );
      return lenses.find(({ command }) => command?.title === 'Preview Table');
    });
    assert.equal(lens.range.start.line, 2);
    const args: readonly unknown[] = lens.command?.arguments ?? [];
    await vscode.commands.executeCommand(lens.command?.command ?? '', ...args);
    const preview = vscode.window.activeTextEditor?.document;
    assert.ok(preview);
    assert.match(preview.getText(), /^✗ "days\.csv", row 2 has "0,5" in column "n"/m);
    assert.match(preview.getText(), /^2 +0,5 +0$/m);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(4, 15), ', "decimal": ","');
    await vscode.workspace.applyEdit(edit);
    await until('the new preview', () => /^2 +training +0,5 → -1\.68$/m.test(preview.getText()));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
