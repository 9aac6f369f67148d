import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import { runFiles } from '../../../src/run/storage/runFiles';
import { guessCurves } from '../../../src/trainer/logs/curveGuess';
import { importLog, summarizeLog } from '../../../src/trainer/logs/trainingLogs.node';
import { diagnoseRecorded } from '../../../src/trainer/storage/measureRun';
import { readHistory } from '../../../src/trainer/storage/recordHistory';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import { temporaryFolder } from '../../temporaryFolder';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const fixtures = resolve('test', 'fixtures', 'tensorboard');
const name = 'imported';

function logFile(file: string, text: string): string {
  const path = join(temporaryFolder('log'), file);
  writeFileSync(path, text);
  return path;
}

/** Imports a log and returns what its run has. */
async function imported(path: string, request: Partial<Parameters<typeof importLog>[0]> = {}) {
  const folder = join(temporaryFolder('run'), 'run');
  const reply = await importLog({ path, folder, name, mapping: undefined, stepColumn: undefined, ...request });
  const manifest = readManifest(readFileSync(join(folder, runFiles.manifest)));
  assert.ok(manifest !== undefined);
  return { folder, reply, manifest, records: recordsIn(folder) };
}

function recordsIn(folder: string): readonly UpdateRecord[] {
  const { batches, incompleteReason } = readRecords(readFileSync(join(folder, runFiles.records)));
  assert.equal(incompleteReason, undefined);
  return batches.flatMap((batch) => [...recordsOf(batch)]);
}

function losses(records: readonly UpdateRecord[]): readonly (readonly [number, number])[] {
  return records.flatMap(({ update, loss }) => (Number.isNaN(loss) ? [] : [[update, loss] as const]));
}

function validations(records: readonly UpdateRecord[]): readonly (readonly [number, number])[] {
  return records.flatMap(({ update, validationLoss }) =>
    validationLoss === undefined ? [] : [[update, validationLoss] as const],
  );
}

function curvesOf({ facts }: Manifest): Readonly<Record<string, string>> {
  return facts.imported?.curves ?? {};
}

describe('A training log of another program', () => {
  it('of TensorBoard becomes a run: curves, norms of gradients, times, and what it has not', async () => {
    const { folder, manifest, records, reply } = await imported(join(fixtures, 'restarted'));
    assert.deepEqual(curvesOf(manifest), {
      loss: 'train/loss',
      validationLoss: 'val/loss',
      learningRate: 'learning_rate',
    });
    assert.equal(records.length, 40);
    assert.equal(losses(records).at(-1)?.[1], Math.fround(2 / 40));
    assert.deepEqual(
      validations(records).map(([update]) => update),
      [4, 9, 14, 19, 24, 29, 34, 39],
    );
    assert.deepEqual(manifest.facts.layout.parameters, ['rnn.weight_hh_l0']);
    assert.equal(records[30]?.parameterNorms[0]?.gradNorm, 155);
    assert.ok(Number.isNaN(records[31]?.parameterNorms[0]?.gradNorm));
    assert.ok(Number.isNaN(records[0]?.gradNorm), 'a norm that was not logged is no number');
    const { state, updates, seconds, startedAt, facts } = manifest;
    assert.deepEqual(
      { state, updates, seconds, startedAt, cell: facts.cell },
      { state: 'finished', updates: 40, seconds: 39.5, startedAt: '2023-11-14T22:13:20.000Z', cell: 'unknown' },
    );
    assert.equal(records[10]?.seconds, 10);
    assert.deepEqual(reply.leftOut, []);
    assert.deepEqual(await diagnoseRecorded(new FolderStorage(folder), facts), []);
  });

  it('is not written into a folder with files', async () => {
    const folder = temporaryFolder('full');
    writeFileSync(join(folder, 'notes.txt'), '');
    await assert.rejects(imported(join(fixtures, 'torch'), { folder }), /is not empty/);
  });

  it('with few steps has a history without gaps, its latest values, and a zoom by its steps', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `${50 * n + 49},${1 / (1 + n)},`);
    const path = logFile('metrics.csv', `step,train_loss,val_loss\n${rows.join('\n')}\n250100,,0.5\n`);
    const { folder, manifest } = await imported(path);
    const { numbers, series } = await readHistory(new FolderStorage(folder), manifest);
    assert.equal(numbers.missing, undefined);
    assert.deepEqual([numbers.updates, numbers.loss, numbers.validationLoss], [250_101, 1 / 5000, 0.5]);
    const { scalars } = series;
    assert.equal(scalars.stride, 128);
    // A column counts its losses, not its updates: 49 and 99 are in the first.
    assert.equal(scalars.column('count', 0)[0], 2);
    assert.equal(scalars.column('lossSum', 0)[0], 1.5);
    const zoom = await new StoredZoomedSeries(new FolderStorage(folder), manifest.facts).read({ from: 1000, to: 1100 });
    assert.ok(zoom !== undefined);
    const { stride, columns } = zoom.series.scalars;
    assert.equal(stride, 1);
    const zoomed = Array.from(columns['lossSum'] ?? []).flatMap((loss, at) => (Number.isNaN(loss) ? [] : [1000 + at]));
    assert.deepEqual(zoomed, [1049, 1099]);
  });

  it('whose loss is not finite at its end has diverged, and says from where', async () => {
    const { manifest } = await imported(logFile('run.csv', 'epoch,loss\n0,1\n1,2\n2,nan\n3,inf\n'));
    assert.equal(manifest.state, 'diverged');
    assert.match(manifest.message ?? '', /not finite from step 2 on/);
    assert.equal(manifest.loss, 2);
  });
});

describe('A log that is a table', () => {
  it('as the CSVLogger of Keras writes it: by epochs', async () => {
    const text =
      'epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\n0,0.5,0.001,0.9,0.4,1.1\n1,0.6,0.001,0.7,0.5,0.8\n';
    const { manifest, records, reply } = await imported(logFile('training.csv', text));
    assert.deepEqual(curvesOf(manifest), {
      loss: 'loss',
      validationLoss: 'val_loss',
      learningRate: 'learning_rate',
      validationAccuracy: 'val_accuracy',
    });
    assert.equal(manifest.facts.imported?.step, 'epoch');
    assert.deepEqual(reply.leftOut, ['accuracy']);
    assert.deepEqual(losses(records), [
      [0, 0.9],
      [1, 0.7],
    ]);
    assert.deepEqual(
      records.map(({ metrics }) => metrics?.[0]),
      [0.4, 0.5],
    );
  });

  it('as the CSVLogger of Lightning writes it: training and validation in rows of their own', async () => {
    const text =
      'epoch,lr-Adam,step,train_loss,train_loss_epoch,val_loss\n0,0.01,49,2.5,,\n0,,99,2.0,,\n0,,119,,,1.8\n0,,119,,2.1,\n1,,149,1.5,,\n';
    const { manifest, records } = await imported(logFile('metrics.csv', text));
    assert.equal(manifest.facts.imported?.step, 'step');
    assert.deepEqual(curvesOf(manifest), { loss: 'train_loss', validationLoss: 'val_loss', learningRate: 'lr-Adam' });
    assert.deepEqual(losses(records), [
      [49, 2.5],
      [99, 2],
      [149, 1.5],
    ]);
    assert.deepEqual(validations(records), [[119, 1.8]]);
  });

  it('as the Trainer of Hugging Face writes it: a list in JSON, with fractions of epochs', async () => {
    const history = [
      { loss: 2.5, grad_norm: 1.25, learning_rate: 5e-5, epoch: 0.5, step: 10 },
      { loss: 2, grad_norm: 1, learning_rate: 4e-5, epoch: 1, step: 20 },
      { eval_loss: 1.9, eval_runtime: 1.5, epoch: 1, step: 20 },
      { train_runtime: 12, train_loss: 2.25, epoch: 1, step: 20 },
    ];
    const path = logFile('trainer_state.json', JSON.stringify({ best_metric: null, log_history: history }, null, 2));
    const { manifest, records } = await imported(path);
    assert.deepEqual(curvesOf(manifest), {
      loss: 'loss',
      validationLoss: 'eval_loss',
      gradNorm: 'grad_norm',
      learningRate: 'learning_rate',
    });
    assert.deepEqual(losses(records), [
      [10, 2.5],
      [20, 2],
    ]);
    assert.deepEqual(records.at(-1)?.gradNorm, 1);
    const lines = logFile('log.jsonl', history.map((row) => JSON.stringify(row)).join('\n'));
    assert.deepEqual((await imported(lines)).records, records);
  });

  it('as the history of Weights & Biases: objects in objects, NaN as Python writes it', async () => {
    const text =
      '{"_step": 0, "_runtime": 1.5, "train": {"loss": 2.0}, "note": "x"}\n{"_step": 7, "train": {"loss": NaN}, "val": {"loss": 3}}\n{"_step": 9, "train": {"loss": 1.0}}\n';
    const { manifest, records, reply } = await imported(logFile('history.jsonl', text));
    assert.deepEqual(curvesOf(manifest), { loss: 'train/loss', validationLoss: 'val/loss' });
    assert.equal(manifest.state, 'finished');
    assert.deepEqual(losses(records), [
      [0, 2],
      [9, 1],
    ]);
    assert.match(reply.notices.join(' '), /1 value that is no number is left out/);
  });

  it('that begins again is replaced from there on', async () => {
    const text = 'step,loss\n0,1\n10,2\n20,3\n10,4\n15,5\n';
    const { records } = await imported(logFile('log.csv', text));
    assert.deepEqual(losses(records), [
      [0, 1],
      [10, 4],
      [15, 5],
    ]);
  });

  it('whose last line is incomplete has what is before it, and says so', async () => {
    const { records, reply } = await imported(logFile('cut.jsonl', '{"step":0,"loss":1}\n{"step":1,"lo'));
    assert.deepEqual(losses(records), [[0, 1]]);
    assert.match(reply.notices.join(' '), /The last line is incomplete and left out\./);
    const ended = imported(logFile('wrong.jsonl', '{"step":0,"loss":1}\n{"step":1,"lo\n'));
    await assert.rejects(ended, /Line 2 .* is no JSON object/);
  });

  it('has every column, also where two have one name', async () => {
    const path = logFile('twice.csv', 'step,loss,loss,\n0,1,3,5\n1,2,4,6\n');
    const { records, reply } = await imported(path);
    assert.deepEqual(losses(records), [
      [0, 1],
      [1, 2],
    ]);
    assert.deepEqual(reply.leftOut, ['loss (column 3)', 'column 4']);
  });

  it('has its rows as steps where no column numbers them, and the columns that a person names', async () => {
    const path = logFile('own.csv', 'when;Fehler;geprüft\n5;0,5;0,7\n9;0,25;0,6\n');
    await assert.rejects(imported(path), /None of the curves of .* is named like a loss: when, Fehler, geprüft/);
    const mapping = { loss: 'Fehler', validationLoss: 'geprüft' };
    const byRow = await imported(path, { mapping });
    assert.equal(byRow.manifest.facts.imported?.step, 'row');
    assert.deepEqual(losses(byRow.records), [
      [0, 0.5],
      [1, 0.25],
    ]);
    const byColumn = await imported(path, { mapping, stepColumn: 'when' });
    assert.deepEqual(losses(byColumn.records), [
      [5, 0.5],
      [9, 0.25],
    ]);
    await assert.rejects(imported(path, { mapping: { loss: 'Verlust' } }), /no curve “Verlust”/);
    await assert.rejects(imported(path, { stepColumn: 'Zeit', mapping }), /no column "Zeit"/);
    assert.deepEqual((await summarizeLog({ path, stepColumn: undefined })).stepColumns, ['when']);
  });

  for (const [what, file, text, message] of [
    ['without a header', 'a.csv', '1,2\n3,4\n', /no header/],
    ['that is empty', 'a.csv', '', /is empty/],
    ['with an open quote', 'a.csv', 'step,loss\n1,"2\n', /row 2 cannot be parsed/],
    ['with a line that is no object', 'a.jsonl', '{"loss": 1}\n[1]\n', /Line 2 .* is no JSON object/],
    ['that is JSON without rows', 'a.json', '{\n"a": {}\n}', /neither lines of JSON objects nor a list/],
    ['that is binary', 'a.csv', '\0\0\0', /binary/],
  ] as const) {
    it(`${what} is refused with the reason`, async () => {
      await assert.rejects(imported(logFile(file, text)), message);
    });
  }
});

describe('What the curves of a log probably are', () => {
  const curve = (curveName: string, last = 100) => ({
    name: curveName,
    steps: Float64Array.of(0, last),
    values: Float64Array.of(2, 1),
    times: new Float64Array(0),
  });
  for (const [names, expected] of [
    [['loss', 'val_loss', 'lr'], { loss: 'loss', validationLoss: 'val_loss', learningRate: 'lr' }],
    [['Loss/train', 'Loss/test'], { loss: 'Loss/train', validationLoss: 'Loss/test' }],
    [
      ['train/loss', 'eval/loss', 'train/grad_norm'],
      { loss: 'train/loss', validationLoss: 'eval/loss', gradNorm: 'train/grad_norm' },
    ],
    [['train_loss_step', 'train_loss_epoch', 'valid_loss'], { loss: 'train_loss_step', validationLoss: 'valid_loss' }],
    [['grad_2.0_norm_total', 'train_loss'], { loss: 'train_loss', gradNorm: 'grad_2.0_norm_total' }],
    [['accuracy', 'interval', 'gradual'], {}],
    [['validation/epoch_accuracy', 'train/epoch_accuracy'], { validationAccuracy: 'validation/epoch_accuracy' }],
  ] as const) {
    it(`of ${names.join(', ')}`, () => {
      assert.deepEqual(guessCurves(names.map((one) => curve(one))), expected);
    });
  }

  it('prefers the validation with the steps of the training', () => {
    const curves = [
      curve('epoch_loss', 9),
      curve('val/evaluation_loss_vs_iterations', 15_000),
      curve('val/epoch_loss', 9),
    ];
    assert.deepEqual(guessCurves(curves), { loss: 'epoch_loss', validationLoss: 'val/epoch_loss' });
  });
});
