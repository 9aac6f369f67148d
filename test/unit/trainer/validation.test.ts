import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parameter } from '../engine/exampleLearner';
import { readManifest, writeManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { validate } from '../../../src/trainer/training/validation';
import { Training } from '../../../src/trainer/training/training';
import { openKernels } from '../../../src/engine/kernels/open';
import { exampleExperiment, exampleText, exampleTraining } from './exampleTraining';

/** A held-out target and what an Elman net answers, by PyTorch's definition, in double precision. */
interface Answer {
  readonly outputs: readonly number[];
  readonly targets: readonly number[];
  readonly target: number;
}

/** Runs the held-out part through the net, state by state, without the engine. */
function answersOf({ setup }: Training): readonly Answer[] {
  const weights = (name: string): readonly number[] => Array.from(parameter(setup.learner, name).values);
  const [inner, outer] = [weights('rnn.weight_ih_l0'), weights('rnn.weight_hh_l0')];
  const [first, second] = [weights('rnn.bias_ih_l0'), weights('rnn.bias_hh_l0')];
  const [head, headBias] = [weights('head.weight'), weights('head.bias')];
  const answers: Answer[] = [];
  let states: number[][] = [];
  for (const { steps, batch, inputs, targets, mask, reset } of setup.source.validation()) {
    if (states.length !== batch) states = Array.from({ length: batch }, () => first.map(() => 0));
    for (let row = 0; row < batch; row++) if (reset[row] === 1) states[row] = first.map(() => 0);
    const width = setup.source.inputs;
    for (let cell = 0; cell < steps * batch; cell++) {
      const row = cell % batch;
      const h = states[row] ?? [];
      const x = Array.from({ length: width }, (_, i) =>
        inputs.kind === 'oneHot' ? Number(inputs.indices[cell] === i) : (inputs.values[cell * width + i] ?? NaN),
      );
      const dot = (matrix: readonly number[], unit: number, vector: readonly number[]): number =>
        vector.reduce((sum, value, i) => sum + value * (matrix[unit * vector.length + i] ?? NaN), 0);
      const next = first.map((bias, j) => Math.tanh(bias + (second[j] ?? NaN) + dot(inner, j, x) + dot(outer, j, h)));
      states[row] = next;
      if (mask[cell] !== 1) continue;
      answers.push({
        outputs: headBias.map((bias, o) => bias + dot(head, o, next)),
        targets:
          targets.kind === 'values' ? headBias.map((_, o) => targets.values[cell * headBias.length + o] ?? NaN) : [],
        target: targets.kind === 'classes' ? (targets.indices[cell] ?? NaN) : NaN,
      });
    }
  }
  return answers;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The metrics by name of the only validation, after the last update. */
function measured(training: Training): ReadonlyMap<string, number> {
  let metrics: readonly number[] | undefined;
  while (!training.isFinished) {
    const advance = training.advance();
    assert.ok(advance.kind === 'updated');
    metrics = advance.record.metrics;
  }
  const { layout } = training.setup;
  assert.ok(metrics !== undefined && layout.metrics !== undefined);
  return new Map(layout.metrics.map((name, m) => [name, metrics[m] ?? NaN]));
}

function close(actual: number | undefined, expected: number, what: string): void {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) <= 2e-5 * (1 + Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

function assertClasses(metrics: ReadonlyMap<string, number>, answers: readonly Answer[]): void {
  const counts = new Map<number, number>();
  for (const { target } of answers) counts.set(target, (counts.get(target) ?? 0) + 1);
  const right = answers.filter(({ outputs, target }) => outputs.indexOf(Math.max(...outputs)) === target).length;
  close(metrics.get('accuracy'), right / answers.length, 'accuracy');
  close(metrics.get('most_frequent_class'), Math.max(...counts.values()) / answers.length, 'most frequent class');
}

const model = { cell: 'rnn', hidden: 5 };
const training = { steps: 4, batch: 3, validateEvery: 4 };

describe('What a validation measures besides the loss', () => {
  for (const reduction of ['mean', 'sum']) {
    it(`is bits per character and accuracy of a text: reduction ${reduction}`, () => {
      const loss = { kind: 'crossEntropy', reduction };
      const trained = exampleTraining({ data: { text: 'text.txt', length: 5 }, model, training, loss }, exampleText);
      assert.deepEqual(trained.setup.layout.metrics, ['bits_per_character', 'accuracy', 'most_frequent_class']);
      const metrics = measured(trained);
      const answers = answersOf(trained);
      const bits = answers.map(({ outputs, target }) => {
        const powers = outputs.map((output) => Math.exp(output));
        return -Math.log2((powers[target] ?? NaN) / powers.reduce((sum, power) => sum + power, 0));
      });
      close(metrics.get('bits_per_character'), mean(bits), 'bits per character');
      assertClasses(metrics, answers);
    });
  }

  it('is the accuracy of a task with classes, over the steps that have a target', () => {
    const data = { task: 'temporalOrder', length: 12 };
    const trained = exampleTraining({ data, model, training });
    assert.deepEqual(trained.setup.layout.metrics, ['accuracy', 'most_frequent_class']);
    assertClasses(measured(trained), answersOf(trained));
  });

  it('is RMSE and mean absolute error of each target of a table, in its own unit', () => {
    const rows = Array.from({ length: 60 }, (_, n) => [20 + 8 * Math.sin(n / 3) + (n % 5), 1000 + 40 * ((n * 7) % 11)]);
    const text = `temp,pressure\n${rows.map((row) => row.join(',')).join('\n')}\n`;
    const data = { csv: 'table.csv', inputs: ['temp', 'pressure'], targets: ['temp', 'pressure'], length: 6 };
    const files = new Map([['table.csv', new TextEncoder().encode(text)]]);
    const trained = exampleTraining({ data, model, training }, files);
    assert.deepEqual(trained.setup.layout.metrics, ['rmse/temp', 'mae/temp', 'rmse/pressure', 'mae/pressure']);
    const metrics = measured(trained);
    const answers = answersOf(trained);
    for (const [k, name] of ['temp', 'pressure'].entries()) {
      const column = rows.slice(0, 48).map((row) => row[k] ?? NaN);
      const scale = Math.sqrt(mean(column.map((value) => (value - mean(column)) ** 2)));
      const errors = answers.map(({ outputs, targets }) => scale * ((outputs[k] ?? NaN) - (targets[k] ?? NaN)));
      close(metrics.get(`rmse/${name}`), Math.sqrt(mean(errors.map((error) => error ** 2))), `RMSE of ${name}`);
      close(metrics.get(`mae/${name}`), mean(errors.map(Math.abs)), `MAE of ${name}`);
    }
  });

  it('is no accuracy where the outputs are not numbers', () => {
    const { setup } = exampleTraining({ data: { task: 'temporalOrder', length: 12 }, model, training });
    setup.learner.load('head.bias', new Float64Array(4).fill(NaN));
    assert.deepEqual(validate(setup)?.metrics[0], NaN);
  });

  it('is nothing where nothing is held out, and where the numbers have no unit', () => {
    const sequences = [{ inputs: [[1], [2]], targets: [[1], [2]] }];
    const without = [
      { data: { task: 'adding', length: 6 } },
      { data: { sequences }, training: { steps: 4 } },
      { data: { task: 'temporalOrder', length: 12 }, training: { steps: 4, validateEvery: 0 } },
    ];
    for (const keys of without) assert.deepEqual(exampleTraining(keys).setup.layout.metrics, []);
  });

  it('has names that fit into a column also where those of the table do not', () => {
    const long = 'x'.repeat(300);
    const files = new Map([
      ['table.csv', new TextEncoder().encode(`${long}\n${Array.from({ length: 40 }, (_, n) => n % 7).join('\n')}`)],
    ]);
    const data = { csv: 'table.csv', inputs: [long], length: 4 };
    assert.deepEqual(exampleTraining({ data }, files).setup.layout.metrics, ['rmse/target 1', 'mae/target 1']);
  });
});

describe('A run of an earlier version', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-metrics-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is resumed with the columns that its records have', async () => {
    const keys = { data: { task: 'temporalOrder', length: 12 }, training: { steps: 12, batch: 3, validateEvery: 2 } };
    const storage = new FolderStorage(folder);
    const prepare = (recorded?: { readonly metrics?: readonly string[] | undefined }): Training => {
      const experiment = exampleExperiment(keys);
      const layout = exampleTraining(keys).setup.layout;
      const prepared = prepareTraining({
        experiment,
        files: new Map(),
        kernels: openKernels('reference'),
        memoryLimit: 1e9,
        ...(recorded === undefined ? {} : { recorded: { ...layout, metrics: recorded.metrics } }),
      });
      assert.ok(prepared.kind === 'prepared');
      return new Training(prepared.setup, () => 0);
    };
    const write = async (training: Training, updates: number): Promise<void> => {
      const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
      const before = readManifest((await storage.read('run.json', 1e6)) ?? new Uint8Array(0));
      if (before === undefined) await writer.begin();
      else assert.deepEqual(await writer.resume(before), []);
      const records: UpdateRecord[] = [];
      for (let update = 0; update < updates; update++) {
        const advance = training.advance();
        assert.ok(advance.kind === 'updated');
        records.push(advance.record);
      }
      await writer.appendRecords(pack(training.setup.layout, records));
      await writer.syncRecords();
      await writer.writeCheckpoint();
      await writer.writeManifest('stopped', undefined);
    };
    // As an earlier version trained it: its layout names no metrics.
    await write(prepare({}), 4);
    const manifest = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(manifest !== undefined);
    assert.ok(!('metrics' in manifest.facts.layout) && writeManifest(manifest).length > 0);
    await write(prepare(manifest.facts.layout), 4);
    const { batches, incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
    assert.equal(incompleteReason, undefined);
    assert.deepEqual(
      batches.flatMap(({ update }) => [...update]),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
    assert.ok(batches.every(({ metrics, layout }) => metrics.length === 0 && !('metrics' in layout)));
  });
});
