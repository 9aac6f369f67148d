import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

const text = `{
  "data": { "task": "parity", "length": 4 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 20, "batch": 4 },
  "expect": { "loss": { "below": 1e-9 } },
  "variants": { "a GRU; $(touch owned)": { "model": { "cell": "gru" }, "expect": null } }
}`;

const runsIn = (folder: string): readonly string[] => {
  const runs = join(folder, 'unroll-runs');
  return existsSync(runs) ? readdirSync(runs).filter((name) => name !== '.gitignore') : [];
};

/** Starts a task, and resolves to the exit code of its process. */
async function ended(start: () => Thenable<unknown>): Promise<number | undefined> {
  const end = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.definition.type !== 'unroll') return;
      listener.dispose();
      resolve(exitCode);
    });
  });
  await start();
  return end;
}

/** The task that the provider offers for a file. */
async function taskFor(file: string, command: string): Promise<vscode.Task> {
  const found = await vscode.tasks.fetchTasks({ type: 'unroll' });
  const task = found.find(({ definition }) => definition['file'] === file && definition['command'] === command);
  assert.ok(task, `${command} ${file} is not among ${found.map(({ name }) => name).join(', ')}`);
  return task;
}

describe('Training in a terminal', function () {
  // The first terminal of a window starts VS Code's process of terminals.
  this.timeout(90_000);
  let experiment: ExperimentFile;
  beforeEach(async () => {
    experiment = await ExperimentFile.open(text);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(experiment.folder, { recursive: true });
  });

  it('trains the experiment in front, saved first, and shows at its key what was not met', async () => {
    const edit = new vscode.WorkspaceEdit();
    const at = text.indexOf('20,');
    const { document } = experiment;
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 2)), '10');
    await vscode.workspace.applyEdit(edit);
    assert.equal(await ended(() => vscode.commands.executeCommand('unroll.trainInTerminal')), 4);
    assert.equal(document.isDirty, false);
    const [name, ...others] = runsIn(experiment.folder);
    assert.ok(name);
    assert.deepEqual(others, []);
    const unmet = await until('the unmet expectation', () =>
      vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.startsWith('Not met: ')),
    );
    assert.equal(unmet.range.start.line, 4);
    assert.equal(unmet.source, 'Unroll');
  });

  it('passes names on as arguments, never through a shell', async () => {
    const name = `it's "x" $(touch owned) & touch owned;.rnn.json`;
    const path = join(experiment.folder, name);
    writeFileSync(path, text);
    const variant = 'a GRU; $(touch owned)';
    const uri = vscode.Uri.file(path);
    assert.equal(
      await ended(() => vscode.commands.executeCommand('unroll.trainInTerminal', uri.toString(), variant)),
      0,
    );
    assert.equal(runsIn(experiment.folder).length, 1);
    const task = await taskFor(vscode.workspace.asRelativePath(uri, false), 'train');
    assert.ok(task.execution instanceof vscode.ProcessExecution);
    assert.ok(task.execution.args.includes(path));
    // VS Code would show an icon for $(touch owned).
    assert.ok(!task.name.includes('$('), task.name);
    assert.deepEqual(
      readdirSync(experiment.folder).filter((found) => found === 'owned'),
      [],
    );
  });

  it('shows the problems of a file that is not open', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const path = join(experiment.folder, 'wrong.rnn.json');
    writeFileSync(path, text.replace('"hidden": 4 },\n  "training"', '"hidden": -4 },\n  "training"'));
    const uri = vscode.Uri.file(path);
    const task = await taskFor(vscode.workspace.asRelativePath(uri, false), 'check');
    assert.equal(await ended(() => vscode.tasks.executeTask(task)), 1);
    const problem = await until('the problem', () => vscode.languages.getDiagnostics(uri)[0]);
    assert.equal(problem.range.start.line, 2);
    assert.match(problem.message, /hidden/);
    assert.deepEqual(runsIn(experiment.folder), []);
  });
});
