import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readManifest } from '../../src/run/manifest';
import { ExperimentFile, until } from './experimentFile';

const text = `{
  "data": { "task": "parity", "length": 4 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 20, "batch": 4, "validateEvery": 10 },
  "expect": {
    "validationLoss": { "above": 0 },
    "loss": { "below": 1e-9 }
  },
  "variants": { "evil [x](command:workbench.action.quit)": { "expect": null } }
}`;

/** The identifiers of the tests of a file, as the Test Explorer has them. */
async function testsIn(uri: vscode.Uri): Promise<readonly string[]> {
  const paths = await vscode.commands.executeCommand<readonly (readonly string[])[]>(
    'vscode.testing.getTestsInFile',
    uri,
  );
  // A path begins with the controller and the file.
  return paths.map((path) => path.slice(2).join('/')).filter((id) => id !== '');
}

const runsOf = async (experiment: ExperimentFile): Promise<readonly string[]> =>
  (await experiment.list('unroll-runs')).filter((name) => name !== '.gitignore');

describe('The Test Explorer', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('testing.cancelRun');
    await vscode.commands.executeCommand('unroll.stop');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('lists the expectations and the parameters of the experiment and of each variant, and follows edits', async () => {
    const experiment = await ExperimentFile.open(text);
    const { uri } = experiment.document;
    const variant = 'variant:evil [x](command:workbench.action.quit)';
    const parameters = [
      'rnn.weight_ih_l0',
      'rnn.weight_hh_l0',
      'rnn.bias_ih_l0',
      'rnn.bias_hh_l0',
      'head.weight',
      'head.bias',
    ];
    const expected = [
      'experiment',
      'experiment/expectations',
      'experiment/expectations/loss',
      'experiment/expectations/validationLoss',
      'experiment/gradients',
      ...parameters.map((name) => `experiment/gradients/${name}`),
      variant,
      `${variant}/gradients`,
      ...parameters.map((name) => `${variant}/gradients/${name}`),
    ].sort();
    await until('the tests', async () => {
      const found = [...(await testsIn(uri))].sort();
      return found.length === expected.length && found.every((id, index) => id === expected[index]);
    });
    assert.deepEqual(await runsOf(experiment), [], 'nothing is trained to list the tests');
    const edit = new vscode.WorkspaceEdit();
    const at = experiment.document.getText().indexOf('"validationLoss"');
    edit.replace(
      uri,
      new vscode.Range(
        experiment.document.positionAt(at),
        experiment.document.positionAt(at + '"validationLoss"'.length),
      ),
      '"bestValidationLoss"',
    );
    await vscode.workspace.applyEdit(edit);
    await until('the renamed test', async () =>
      (await testsIn(uri)).includes('experiment/expectations/bestValidationLoss'),
    );
    assert.ok(!(await testsIn(uri)).includes('experiment/expectations/validationLoss'));
    await experiment.document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await experiment.remove('case.rnn.json');
    await until('no tests of a deleted file', async () => (await testsIn(uri)).length === 0);
  });

  it('trains a run that is stored, and another one where what failed is run again', async () => {
    const experiment = await ExperimentFile.open(text);
    const { uri } = experiment.document;
    await until('the tests', async () => (await testsIn(uri)).includes('experiment/expectations/loss'));
    await vscode.commands.executeCommand('testing.clearTestResults');
    await vscode.commands.executeCommand('testing.runCurrentFile');
    const manifest = await until('a finished run', async () => {
      const [run] = await runsOf(experiment);
      const bytes = await experiment.read(`unroll-runs/${run}/run.json`).catch(() => undefined);
      const read = bytes && readManifest(bytes);
      return read?.state === 'finished' ? read : undefined;
    });
    assert.deepEqual([manifest.updates, manifest.variant, (await runsOf(experiment)).length], [20, null, 1]);
    // The loss is not below its limit: without a failed test, nothing would be trained again.
    await until('another run for the failed test', async () => {
      if ((await runsOf(experiment)).length > 1) return true;
      await vscode.commands.executeCommand('testing.reRunFailTests');
      return false;
    });
  });

  it('cancels a training, which is then stopped', async () => {
    const experiment = await ExperimentFile.open(text.replace('"steps": 20', '"steps": 100000000'));
    const { uri } = experiment.document;
    await until('the tests', async () => (await testsIn(uri)).includes('experiment/expectations/loss'));
    const running = vscode.commands.executeCommand('testing.runCurrentFile');
    await experiment.lens(/running · [\d,]+ update/);
    await vscode.commands.executeCommand('testing.cancelRun');
    await running;
    await experiment.lens(/stopped/);
  });
});
