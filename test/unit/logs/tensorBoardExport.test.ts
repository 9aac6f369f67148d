import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import { runFiles } from '../../../src/run/storage/runFiles';
import { exportTensorBoard } from '../../../src/trainer/export/tensorBoardExport.node';
import { eventFilesOf } from '../../../src/trainer/logs/eventFiles.node';
import { readTensorBoardLog } from '../../../src/trainer/logs/tensorBoardLog.node';
import { importLog } from '../../../src/trainer/logs/trainingLogs.node';
import { temporaryFolder } from '../../temporaryFolder';
import { python } from '../torch';

const recorded = resolve('test', 'fixtures', 'recorded-run');
const records = readRecords(readFileSync(join(recorded, runFiles.records))).batches.flatMap((batch) => [
  ...recordsOf(batch),
]);

describe('The curves of a run for TensorBoard', () => {
  it('are those of its records, in double precision', async () => {
    const out = join(temporaryFolder('tensorboard'), 'run');
    const { file, updates } = await exportTensorBoard(recorded, out);
    assert.equal(updates, 140);
    const { curves, norms, notices } = await readTensorBoardLog(await eventFilesOf(file));
    const valuesOf = (name: string): readonly number[] =>
      Array.from(curves.find((one) => one.name === name)?.values ?? []);
    assert.deepEqual(
      valuesOf('loss/training'),
      records.map(({ loss }) => loss),
    );
    assert.deepEqual(
      valuesOf('grad_norm/before_clipping'),
      records.map(({ gradNorm }) => gradNorm),
    );
    assert.deepEqual(
      valuesOf('parameter_weight_norm/head.bias'),
      records.map(({ parameterNorms }) => parameterNorms[5]?.weightNorm),
    );
    assert.deepEqual(
      valuesOf('loss/validation'),
      records.flatMap(({ validationLoss }) => validationLoss ?? []),
    );
    assert.deepEqual([norms, notices.length], [[], 1], 'norms over time steps are no tensor');
    await assert.rejects(exportTensorBoard(recorded, out), /has an event file .*, which TensorBoard would mix/);
  });

  it('become the same curves when they are imported again', async () => {
    const folder = temporaryFolder('round');
    const { file } = await exportTensorBoard(recorded, join(folder, 'log'));
    const request = { path: file, name: 'again', mapping: undefined, stepColumn: undefined };
    const { mapping } = await importLog({ ...request, folder: join(folder, 'again') });
    assert.deepEqual(mapping, {
      loss: 'loss/training',
      validationLoss: 'loss/validation',
      gradNorm: 'grad_norm/before_clipping',
      learningRate: 'learning_rate',
    });
  });

  it('are read by TensorBoard itself', async function () {
    this.timeout(60_000);
    if (spawnSync(python, ['-c', 'import tensorboard.backend.event_processing']).status !== 0) {
      console.log(`      skipped: TensorBoard is not installed for ${python}`);
      this.skip();
    }
    const folder = temporaryFolder('tensorboard');
    await exportTensorBoard(recorded, join(folder, 'run'));
    const script = join(folder, 'read.py');
    writeFileSync(
      script,
      [
        'import json, sys',
        'from tensorboard.backend.event_processing.event_accumulator import EventAccumulator',
        'from tensorboard.util.tensor_util import make_ndarray',
        'found = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0})',
        'found.Reload()',
        'tags = found.Tags()["tensors"]',
        'values = lambda tag: [[e.step, make_ndarray(e.tensor_proto).tolist()] for e in found.Tensors(tag)]',
        'plugins = {tag: found.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags}',
        'print(json.dumps({"values": {tag: values(tag) for tag in tags}, "plugins": plugins}))',
      ].join('\n'),
    );
    const { status, stdout, stderr } = spawnSync(python, [script, join(folder, 'run')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    assert.equal(status, 0, stderr);
    const { values, plugins } = JSON.parse(stdout) as {
      readonly values: Readonly<Record<string, readonly (readonly [number, unknown])[]>>;
      readonly plugins: Readonly<Record<string, string>>;
    };
    assert.deepEqual(
      values['loss/training'],
      records.map(({ update, loss }) => [update, loss]),
    );
    assert.deepEqual([plugins['loss/training'], plugins['gradient_through_time/l0']], ['scalars', 'histograms']);
    const [first] = records.flatMap(({ update, record }) => (record === undefined ? [] : [{ update, record }]));
    assert.deepEqual(values['gradient_through_time/l0']?.[0], [
      first?.update,
      Array.from(first?.record.layers[0]?.dh ?? [], (norm, t) => [t, t + 1, norm]),
    ]);
    console.log(`      ${Object.values(values).flat().length} values of ${Object.keys(values).length} tags are read`);
  });
});
