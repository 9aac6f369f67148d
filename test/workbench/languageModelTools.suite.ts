import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { toolNames } from '../../src/tools/toolNames';
import { ExperimentFile, until } from './experimentFile';

const short = `{
  "data": { "task": "adding", "length": 9 },
  "model": { "cell": "lstm", "hidden": 4 },
  "training": { "steps": 20, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } } }
}`;

type Json = Readonly<Record<string, unknown>>;

async function call(name: string, input: object): Promise<Json> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value) as Json;
}

describe('The tools for language models in VS Code', () => {
  let experiment: ExperimentFile;
  let file: string;
  before(async () => {
    experiment = await ExperimentFile.open(short);
    file = vscode.workspace.asRelativePath(experiment.document.uri, false);
  });
  after(() => experiment.remove(''));

  it('are registered', () => {
    const registered = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('unroll_'));
    assert.deepEqual(registered.sort(), [...toolNames].sort());
  });

  it('train an experiment as ▶ Train does, and answer what its run says', async () => {
    const diagnosis = await call('unroll_train', { file, variant: 'gated' });
    assert.deepEqual([diagnosis['state'], diagnosis['updates'], diagnosis['variant']], ['finished', 20, 'gated']);
    const text = new TextDecoder().decode(await experiment.read(`../${String(diagnosis['run'])}/run.json`));
    const manifest = JSON.parse(text) as { loss: number };
    const loss = diagnosis['loss'] as number;
    assert.ok(Math.abs(loss - manifest.loss) <= 2e-6 * manifest.loss);
    const tabs = (): readonly string[] =>
      vscode.window.tabGroups.all.flatMap((group) => group.tabs).map(({ label }) => label);
    await until('the panel of the run', () => tabs().includes('Unroll: case'));
  });

  it('list, diagnose, explain and compare the runs of the workspace', async () => {
    const first = String((await call('unroll_train', { file }))['run']);
    const second = String((await call('unroll_train', { file, variant: 'gated' }))['run']);
    const { runs } = (await call('unroll_list_runs', { experiment: file })) as { runs: readonly Json[] };
    assert.ok(runs.some(({ run }) => run === first) && runs.some(({ run }) => run === second));
    assert.equal((await call('unroll_diagnose_run', { run: first }))['state'], 'finished');
    const explained = (await call('unroll_explain_update', { run: first, update: 7 })) as {
      update: number;
      layers: readonly { steps: readonly object[] }[];
    };
    assert.deepEqual([explained.update, explained.layers[0].steps.length], [7, 9]);
    const compared = await call('unroll_compare_runs', { runs: [first, second] });
    assert.ok((compared['differingKeys'] as readonly string[]).includes('model.cell'));
  });

  it('refuse what is not in the workspace, with what there is', async () => {
    await assert.rejects(call('unroll_diagnose_run', { run: '/etc' }), /There is no run "\/etc" in this workspace/);
    await assert.rejects(
      call('unroll_train', { file: '../x.rnn.json' }),
      /There is no experiment "\.\.\/x\.rnn\.json"/,
    );
    await assert.rejects(call('unroll_train', { file, variant: 'none' }), /has no variant "none"\. It has "gated"/);
    await assert.rejects(call('unroll_train', { file, seed: 3 }), /It has no "seeds"/);
  });
});
