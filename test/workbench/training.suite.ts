import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatCount, formatMebibytes } from '../../src/text/numbers';
import { readManifest } from '../../src/run/manifest';
import { ExperimentFile, until } from './experimentFile';

const short = `{
  "data": { "task": "adding", "length": 5 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;
const endless = short.replace('"steps": 30', '"steps": 100000000');

/** The number of updates in the text of a run's lens. */
function updatesIn(lens: string): number {
  return Number(/([\d,]+) update/.exec(lens)?.[1].replaceAll(',', ''));
}

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('unroll.run'));
}

/** The seeds of the runs that have begun. */
async function begunSeeds(experiment: ExperimentFile): Promise<readonly number[]> {
  return (await experiment.list('unroll-runs')).flatMap((name) => {
    const [, seed] = /--seed-(\d+)--/.exec(name) ?? [];
    return seed === undefined ? [] : [Number(seed)];
  });
}

describe('Training', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('unroll.stop');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('runs to its end beside its panel and saves its records', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train();
    assert.equal(updatesIn(await experiment.lens(/finished/)), 30);
    await until('the panel', () => panels().length === 1);
    const [run] = await experiment.list('unroll-runs');
    assert.ok((await experiment.read(`unroll-runs/${run}/records.arrows`)).length > 0);
  });

  it('shows its memory estimate before it starts, and stays below it', async () => {
    const experiment = await ExperimentFile.open(short);
    const title = await experiment.lens(/^[\d,]+ parameters · [\d.]+ MiB · about [\d.]+ m?s per update$/);
    experiment.train();
    await experiment.lens(/finished/);
    const [run] = await experiment.list('unroll-runs');
    const manifest = readManifest(await experiment.read(`unroll-runs/${run}/run.json`));
    assert.ok(manifest !== undefined);
    const { parameterCount, memoryBytes } = manifest.facts;
    const [parameters, memory] = title.split(' · ');
    assert.deepEqual([parameters, memory], [formatCount(parameterCount, 'parameter'), formatMebibytes(memoryBytes)]);
  });

  it('shows in the lens which keys of the file have changed since the run started, until the change is undone', async () => {
    const experiment = await ExperimentFile.open(short.replace('"hidden": 4', '"hidden": 5'));
    experiment.train();
    await experiment.lens(/^finished · 30 updates · loss [\d.e-]+$/);
    const at = experiment.document.getText().indexOf('5 }', 60);
    const digit = new vscode.Range(experiment.document.positionAt(at), experiment.document.positionAt(at + 1));
    const write = async (text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(experiment.document.uri, digit, text);
      await vscode.workspace.applyEdit(edit);
    };
    await write('6');
    await experiment.lens(/^finished · 30 updates · loss [\d.e-]+ · changed since: hidden$/);
    await write('5');
    await experiment.lens(/^finished · 30 updates · loss [\d.e-]+$/);
  });

  it('trains a single variant', async () => {
    const experiment = await ExperimentFile.open(short);
    experiment.train('gated');
    await experiment.lens(/finished/);
    const trains = (await experiment.lenses()).filter((title) => title === '▶ Train');
    assert.equal(trains.length, 2, 'both the file and its variant can be trained now');
  });

  it('pauses, takes a single step, resumes and stops', async () => {
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    await experiment.lens(/running · [\d,]+ update/);
    await vscode.commands.executeCommand('unroll.pause');
    const paused = updatesIn(await experiment.lens(/paused · [\d,]+ update/));
    await vscode.commands.executeCommand('unroll.step');
    await until(
      'one more update',
      async () => updatesIn(await experiment.lens(/paused · [\d,]+ update/)) === paused + 1,
    );
    await vscode.commands.executeCommand('unroll.resume');
    await until('more updates', async () => updatesIn(await experiment.lens(/running · [\d,]+ update/)) > paused + 1);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
  });

  it('starts paused before its first update, and takes one update at a time', async () => {
    const experiment = await ExperimentFile.open(endless);
    void vscode.commands.executeCommand('unroll.trainStepByStep', experiment.document.uri.toString());
    await until('a paused run', async () => (await experiment.lenses()).includes('paused'));
    await vscode.commands.executeCommand('unroll.step');
    await experiment.lens(/paused · 1 update · loss/);
    await vscode.commands.executeCommand('unroll.resume');
    await until('more updates', async () => updatesIn(await experiment.lens(/running · [\d,]+ update/)) > 1);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
  });

  it('pauses all seeds of an experiment, also those that wait for their turn, and resumes them', async () => {
    const settings = vscode.workspace.getConfiguration('unroll');
    await settings.update('trainTogether', 2, vscode.ConfigurationTarget.Global);
    try {
      const { variants: _, ...alone } = JSON.parse(endless) as Record<string, unknown>;
      const experiment = await ExperimentFile.open(JSON.stringify({ ...alone, seeds: [1, 2, 3, 4] }));
      const uri = experiment.document.uri.toString();
      experiment.train();
      await experiment.lens(/^4 seeds: 2 training, 2 waiting$/);
      await vscode.commands.executeCommand('unroll.pause', uri);
      await experiment.lens(/^4 seeds: 4 paused$/);
      await experiment.lens(/Resume$/);
      // One that waited is trained by a single update, without the others.
      const begun = await begunSeeds(experiment);
      const waited = [1, 2, 3, 4].find((seed) => !begun.includes(seed));
      await vscode.commands.executeCommand('unroll.step', uri, undefined, waited);
      await until('one more run', async () => (await begunSeeds(experiment)).length === 3);
      await experiment.lens(/^4 seeds: 4 paused$/);
      await vscode.commands.executeCommand('unroll.resume', uri);
      await experiment.lens(/^4 seeds: 3 training, 1 waiting$/);
      await vscode.commands.executeCommand('unroll.stop', uri);
      await experiment.lens(/^4 seeds: 4 stopped$/);
      assert.equal((await begunSeeds(experiment)).length, 3, 'the last one that waited has never begun');
    } finally {
      await settings.update('trainTogether', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('continues when its panel is closed, and can still be stopped', async () => {
    const experiment = await ExperimentFile.open(endless);
    experiment.train();
    const before = updatesIn(await experiment.lens(/running · [\d,]+ update/));
    await until('the panel', () => panels().length === 1);
    await vscode.window.tabGroups.close(panels());
    await until('more updates', async () => updatesIn(await experiment.lens(/running · [\d,]+ update/)) > before);
    await vscode.commands.executeCommand('unroll.stop');
    await experiment.lens(/stopped/);
  });

  it('ends at the first value that is not finite, and shows where it occurred', async () => {
    const exploding = `{
      "data": { "sequences": [{ "inputs": [[1], [1], [1], [1]], "targets": [[1], [1], [1], [1e30]] }] },
      "model": { "cell": "rnn", "hidden": 4, "activation": "identity" },
      "optimizer": { "kind": "sgd", "learningRate": 1e30 },
      "training": { "steps": 100 }
    }`;
    const experiment = await ExperimentFile.open(exploding);
    experiment.train();
    await experiment.lens(/diverged/);
  });
});
