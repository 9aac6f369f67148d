import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { RecordedDiagnosis } from '../../../src/diagnosis/recordedDiagnosis';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import { runFiles } from '../../../src/run/storage/runFiles';
import { temporaryFolder } from '../../temporaryFolder';
import { python } from '../torch';

/** What a batch was, computed beside the callback. */
interface Expected {
  readonly loss: number;
  readonly learningRate: number;
  readonly validation: number | null;
  readonly weight: readonly number[];
  readonly change: readonly number[];
}

interface Checks {
  readonly plain: readonly Expected[];
  readonly equal: readonly Expected[];
  readonly twice: readonly Expected[];
  readonly refused: readonly string[];
  readonly interruptedManifest: { readonly updates: number; readonly message: string };
}

/** The folder of a real Keras and of what it needs, for PYTHONPATH; KERAS_BACKEND says which backend it has. */
const realKeras = process.env['UNROLL_KERAS'];

function skipWithoutNumpy(context: Mocha.Context): void {
  if (spawnSync(python, ['-c', 'import numpy']).status === 0) return;
  console.log(`      skipped: numpy is not installed for ${python}`);
  context.skip();
}

function runCheck(args: readonly string[], path: readonly string[] = []) {
  return spawnSync(python, [resolve('test', 'unit', 'recorder', 'check_keras.py'), ...args], {
    env: {
      ...process.env,
      PYTHONPATH: [...path, resolve('media', 'recorder')].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
}

function manifestIn(folder: string): Manifest {
  const manifest = readManifest(readFileSync(join(folder, runFiles.manifest)));
  assert.ok(manifest !== undefined);
  return manifest;
}

function recordsIn(folder: string): readonly UpdateRecord[] {
  return readRecords(readFileSync(join(folder, runFiles.records))).batches.flatMap((batch) => [...recordsOf(batch)]);
}

function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} for ${expected}`);
}

/** Whether the records are those of the batches; `every`: the batches at which weights are measured. */
function agree(records: readonly UpdateRecord[], expected: readonly Expected[], every: number, tolerance: number) {
  assert.deepEqual(
    records.map(({ update }) => update),
    [...expected.keys()],
  );
  for (const [n, record] of records.entries()) {
    const { loss, learningRate, validation, weight, change } = expected[n];
    near(record.loss, loss, tolerance);
    near(record.learningRate, learningRate, 1e-7);
    if (validation === null) assert.equal(record.validationLoss, undefined);
    else near(record.validationLoss, validation, tolerance);
    assert.equal(record.parameterNorms.length, weight.length);
    for (const [p, norms] of record.parameterNorms.entries()) {
      const isMeasured = n % every === 0;
      if (isMeasured) near(norms.weightNorm, weight[p], tolerance);
      if (isMeasured) near(norms.updateNorm, change[p], tolerance);
      else assert.deepEqual([norms.weightNorm, norms.updateNorm], [NaN, NaN]);
      // Not known, which is not 0.
      assert.deepEqual([norms.gradNorm, norms.clippedNorm], [NaN, NaN]);
    }
    assert.deepEqual([record.gradNorm, record.clippedNorm, record.clipCoefficient], [NaN, NaN, NaN]);
    assert.equal(record.clipped, false);
    assert.equal(record.record, undefined);
  }
}

describe('The callback for Keras', () => {
  let folder: string;
  let checks: Checks;

  before(function () {
    skipWithoutNumpy(this);
    this.timeout(60_000);
    folder = join(temporaryFolder('unroll-keras-'), 'runs');
    const { status, stdout, stderr } = runCheck([folder]);
    assert.equal(status, 0, stderr);
    checks = JSON.parse(stdout) as Checks;
  });

  it('records the loss of each batch, not the mean of the epoch, whether batches count by samples or equally', () => {
    // Keras keeps the sum in single precision.
    agree(recordsIn(join(folder, 'plain')), checks.plain, 1, 1e-5);
    agree(recordsIn(join(folder, 'equal')), checks.equal, 1, 1e-5);
    assert.equal(checks.plain.filter(({ validation }) => validation !== null).length, 3);
  });

  it('records norms of weights and of their changes, without what changes them between batches', () => {
    const records = recordsIn(join(folder, 'plain'));
    for (const [n, { parameterNorms }] of records.entries()) {
      for (const [p, { weightNorm, updateNorm }] of parameterNorms.entries()) {
        near(weightNorm, checks.plain[n].weight[p], 1e-12);
        near(updateNorm, checks.plain[n].change[p], 1e-12);
      }
    }
  });

  it('measures weights at every Nth batch, and continues in another call of fit()', () => {
    const run = join(folder, 'twice');
    agree(recordsIn(run), checks.twice, 3, 1e-5);
    const { updates, facts, state } = manifestIn(run);
    assert.deepEqual([updates, facts.plannedUpdates, state], [8, 8, 'finished']);
    assert.deepEqual([facts.recordEvery, facts.layout.isSparse], [3, true]);
  });

  it('describes the run, and says why it has no gradient', () => {
    const { facts, state, reason, experiment, validationLoss } = manifestIn(join(folder, 'plain'));
    assert.deepEqual([state, reason, validationLoss], ['finished', 'steps', 0.125]);
    assert.deepEqual(experiment, {
      name: 'plain',
      model: { cell: 'lstm', hidden: 4, layers: 2 },
      optimizer: { kind: 'Adam', learningRate: 0.1 },
      config: { dropout: 0 },
    });
    assert.equal(facts.recordedBy, 'Keras 3.0.0 driver (numpy)');
    assert.equal(facts.noGradient, 'Keras gives callbacks no gradients');
    assert.deepEqual([facts.inputs, facts.steps, facts.outputs, facts.lag, facts.notes], [3, 7, 1, 4, 'a “note”']);
    assert.deepEqual([facts.plannedUpdates, facts.parameterCount, facts.layout.layers], [9, 10, 0]);
    assert.deepEqual(facts.clip, { kind: 'norm', threshold: 0.5 });
    assert.deepEqual(facts.layout.parameters, ['net/kernel', 'net/bias', 'net/bias_2']);
  });

  it('is not diagnosed, as the rules need gradients', () => {
    const run = join(folder, 'plain');
    const diagnosis = new RecordedDiagnosis(manifestIn(run).facts);
    for (const batch of readRecords(readFileSync(join(run, runFiles.records))).batches) diagnosis.add(batch);
    assert.deepEqual(diagnosis.finish(), []);
  });

  it('finds the recurrent cells in layers of layers; unknown where there are none, or of several kinds', () => {
    const nets = ['twice', 'diverged', 'stopped', 'interrupted'].map((run) => {
      const { cell, hidden, layerCount } = manifestIn(join(folder, run)).facts;
      return [cell, hidden, layerCount];
    });
    assert.deepEqual(nets, [
      ['gru', 6, 2],
      ['lstm', 4, 2],
      ['unknown', 0, 2],
      ['unknown', 0, 0],
    ]);
  });

  it('says how the training ended: not finite, ended by another callback, of unknown length', () => {
    const diverged = manifestIn(join(folder, 'diverged'));
    assert.equal(diverged.state, 'diverged');
    assert.equal(diverged.message, 'The loss is not finite from update 1 on.');
    const stopped = manifestIn(join(folder, 'stopped'));
    assert.deepEqual([stopped.state, stopped.reason, stopped.facts.plannedUpdates], ['finished', null, 0]);
  });

  it('is interrupted by Ctrl+C, also where the program goes on, and can be continued', () => {
    assert.equal(checks.interruptedManifest.updates, 3);
    assert.match(checks.interruptedManifest.message, /by an exception or Ctrl\+C/);
    const { state, updates } = manifestIn(join(folder, 'interrupted'));
    assert.deepEqual([state, updates], ['finished', 4]);
    assert.equal(recordsIn(join(folder, 'interrupted')).length, 4);
  });

  it('is interrupted by an error that ends the program, and leaves no lock', function () {
    this.timeout(60_000);
    const run = join(temporaryFolder('unroll-keras-'), 'run');
    const { status, stderr } = runCheck(['exit', run]);
    assert.equal(status, 1);
    assert.match(stderr, /the disk is gone/);
    assert.deepEqual([manifestIn(run).state, recordsIn(run).length], ['interrupted', 3]);
    assert.ok(!existsSync(join(run, 'run.lock')));
  });

  it('refuses a folder that is not empty, wrong options, and another model', () => {
    const [used, every, config, model] = checks.refused;
    assert.match(used, /^FileExistsError: .* is not empty/);
    assert.match(every, /every is 0; it must be a whole number/);
    assert.match(config, /config is \{'a': nan\}/);
    assert.match(model, /weights of the model are not those that this recorder began with/);
  });

  it('needs no PyTorch', () => {
    const program = 'import sys, unroll; assert "torch" not in sys.modules';
    const { status, stderr } = spawnSync(python, ['-c', program], {
      env: { ...process.env, PYTHONPATH: resolve('media', 'recorder'), PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });

  it('records of a real Keras what train_on_batch() and numpy say', function () {
    if (realKeras === undefined) {
      console.log('      skipped: UNROLL_KERAS does not name the folder of a Keras');
      this.skip();
    }
    this.timeout(300_000);
    const run = join(temporaryFolder('unroll-keras-'), 'run');
    const { status, stdout, stderr } = runCheck(['real', run], realKeras.split(delimiter));
    assert.equal(status, 0, stderr);
    const { real } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { real: readonly Expected[] };
    agree(recordsIn(run), real, 1, 1e-6);
    const { cell, hidden, layerCount } = manifestIn(run).facts;
    assert.deepEqual([cell, hidden, layerCount], ['lstm', 5, 2]);
  });
});
