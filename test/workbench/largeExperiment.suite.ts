import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

/** A file of almost a mebibyte with two variants. */
const large = (hidden: string): string => {
  const steps = 80_000;
  const sequence = `{ "inputs": [${Array<string>(steps).fill('[1]').join()}], "targets": [1${',null'.repeat(steps - 1)}] }`;
  const variants = `{ "gru": { "model": { "cell": "gru" } }, "lstm": { "model": { "cell": "lstm" } } }`;
  return `{\n  "data": { "sequences": [${sequence}] },\n  "model": { "cell": "rnn", "hidden": ${hidden} },\n  "bptt": { "forward": 10, "backward": 10 },\n  "variants": ${variants}\n}\n`;
};

describe('An experiment file that is large', function () {
  this.timeout(120_000);

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is checked outside the extension host, with the estimates of its variants', async () => {
    const experiment = await ExperimentFile.open(large('4'));
    await experiment.lens(/^[\d,]+ parameters · [\d.]+ MiB( · about [\d.]+ m?s per update)?$/);
    const trains = (await experiment.lenses()).filter((title) => title === '▶ Train');
    assert.equal(trains.length, 3);
  });

  it('has diagnostics, which disappear once it is corrected', async () => {
    const experiment = await ExperimentFile.open(large('-3'));
    const [diagnostic] = await experiment.diagnostics();
    assert.equal(experiment.document.getText(diagnostic.range), '-3');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(experiment.document.uri, diagnostic.range, '5');
    await vscode.workspace.applyEdit(edit);
    await until('no diagnostic', () => vscode.languages.getDiagnostics(experiment.document.uri).length === 0);
    await experiment.document.save();
  });
});
