import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RecordedDiagnosis } from '../../../src/diagnosis/recordedDiagnosis';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { runFiles } from '../../../src/run/storage/runFiles';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { computedUpdate, readRecordedUpdate, type RecordedRun } from '../../../src/trainer/replay/recordedUpdate';
import { temporaryFolder } from '../../temporaryFolder';
import { capturedRun } from '../capturedRun';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { python, skipWithoutTorch } from '../torch';

/** A configuration of a net, and the largest differences between the recorder and the other way to compute the same. */
interface Check {
  readonly name: string;
  readonly differences?: Readonly<Record<string, number>>;
  readonly expected?: readonly Expected[];
}

/** What PyTorch said of an update, beside the recorder. */
interface Expected {
  readonly loss: number;
  readonly gradNorm: number;
  readonly clipped: boolean;
  readonly learningRate: number;
  readonly raw: readonly number[];
  readonly change: readonly number[];
  readonly weight: readonly number[];
}

const stored = resolve('test', 'fixtures', 'recorded-run');

function manifestIn(folder: string): Manifest {
  const manifest = readManifest(readFileSync(join(folder, runFiles.manifest)));
  assert.ok(manifest !== undefined);
  return manifest;
}

function recordsIn(folder: string): readonly UpdateRecord[] {
  return readRecords(readFileSync(join(folder, runFiles.records))).batches.flatMap((batch) => [...recordsOf(batch)]);
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${actual} for ${expected}`);
}

/** Runs check_recorder.py, which must succeed. */
function runCheck(...args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    python,
    [resolve('test', 'unit', 'recorder', 'check_recorder.py'), ...args],
    {
      env: { ...process.env, PYTHONPATH: resolve('media', 'recorder'), PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

describe('The recorder for PyTorch', () => {
  const checks: Check[] = [];
  let folder: string;

  before(function () {
    skipWithoutTorch(this);
    this.timeout(300_000);
    folder = temporaryFolder('unroll-recorder-');
    const { stdout } = runCheck(folder);
    checks.push(
      ...stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Check),
    );
  });

  it('measures the gradient of every state as autograd gives it, for every kind of layer, and changes no result', () => {
    const measured = checks.filter(({ differences }) => differences !== undefined);
    assert.equal(measured.length, 3 * 2 * 2 * 2 * 2 + 3 + 2);
    for (const { name, differences = {} } of measured) {
      for (const [what, difference] of Object.entries(differences)) {
        assert.ok(difference < 1e-13, `${name}: ${what} differs by ${difference}`);
      }
    }
  });

  it('writes a run with the norms before and after clipping, the changes, and accumulated gradients', () => {
    const expected = checks.find(({ name }) => name === 'run')?.expected ?? [];
    const records = recordsIn(join(folder, 'run'));
    assert.equal(records.length, 7);
    assert.ok(expected.some(({ clipped }) => clipped));
    for (const [n, record] of records.entries()) {
      const { loss, gradNorm, clipped, learningRate, raw, change, weight } = expected[n];
      near(record.loss, loss);
      near(record.gradNorm, gradNorm);
      assert.equal(record.clipped, clipped);
      near(record.learningRate, learningRate);
      near(record.clippedNorm, clipped ? 0.25 * (gradNorm / (gradNorm + 1e-6)) : gradNorm);
      near(record.clipCoefficient, record.clippedNorm / gradNorm);
      for (const [p, norms] of record.parameterNorms.entries()) {
        near(norms.gradNorm, raw[p]);
        near(norms.updateNorm, change[p]);
        near(norms.weightNorm, weight[p]);
      }
      // Two windows of five steps were propagated back before the update.
      assert.equal(record.record?.steps, n % 2 === 0 ? 10 : undefined);
      assert.equal(record.validationLoss, n === 4 ? 1.5 : undefined);
    }
  });

  it('describes the run for comparisons', () => {
    const { experiment, facts, state, updates, validationLoss } = manifestIn(join(folder, 'run'));
    assert.deepEqual([state, updates, validationLoss], ['finished', 7, 1.5]);
    assert.deepEqual(experiment, {
      name: 'run',
      model: { cell: 'gru', hidden: 4, layers: 1 },
      optimizer: { kind: 'SGD', learningRate: 0.5 },
      clip: { norm: 0.25 },
      config: { dropout: 0 },
    });
    assert.deepEqual([facts.inputs, facts.batch, facts.outputs, facts.steps, facts.notes], [2, 2, 1, 10, 'a “note”']);
    assert.match(facts.recordedBy ?? '', /^PyTorch \d/);
  });
});

describe('An update that the recorder captures', () => {
  const model = { hidden: 5, layers: 2 };
  const echo = { task: 'echo', length: 16 };
  const cases = [
    ['lstm, a class at every step', { data: echo, model: { cell: 'lstm', ...model } }, 'all'],
    ['gru, as a list of rows', { data: echo, model: { cell: 'gru', ...model } }, 'rows'],
    ['rnn with relu, batch first', { data: echo, model: { cell: 'rnn', activation: 'relu', ...model } }, 'batchFirst'],
    [
      'gru, a class at the end',
      { data: { task: 'temporalOrder', length: 12 }, model: { cell: 'gru', ...model } },
      'last',
    ],
    ['lstm, a number at every step', { data: { task: 'sine', length: 8 }, model: { cell: 'lstm', ...model } }, 'all'],
    ['lstm, a number at the end', { data: { task: 'adding', length: 8 }, model: { cell: 'lstm', ...model } }, 'last'],
  ] as const;

  for (const [what, experiment, form] of cases) {
    it(`has the tensors of the same update of Unroll: ${what}`, function () {
      skipWithoutTorch(this);
      this.timeout(120_000);
      const rest = {
        clip: { norm: 0.05 },
        optimizer: { kind: 'sgd', learningRate: 0.5 },
        training: { steps: 1, batch: 3 },
      };
      const path = join(capturedRun({ ...experiment, ...rest }, 0), runFiles.capture(0));
      const again = join(temporaryFolder('unroll-capture-'), 'again');
      const { stderr } = runCheck(path, again, form);
      assert.doesNotMatch(stderr, /not captured/);
      const ours = readTensorFile(readFileSync(path));
      const theirs = readTensorFile(readFileSync(join(again, runFiles.capture(0))));
      assert.deepEqual([...theirs.tensors.keys()].sort(), [...ours.tensors.keys()].sort());
      for (const [name, { shape, data }] of ours.tensors) {
        const found = theirs.tensors.get(name);
        assert.deepEqual(found?.shape, [...shape], name);
        const largest = Math.max(1e-300, ...[...data].map(Math.abs));
        const difference = Math.max(...[...data].map((value, i) => Math.abs(value - (found.data[i] ?? NaN))));
        assert.ok(difference <= 1e-12 * largest, `${name} differs by ${difference / largest}`);
      }
      for (const key of ['loss', 'gradNorm', 'clipCoefficient', 'learningRate']) {
        // PyTorch's clipping divides by the norm plus 1e-6.
        const [one, other] = [ours, theirs].map(({ metadata }) => Number(metadata[key]));
        assert.ok(Math.abs(one - other) <= (key === 'clipCoefficient' ? 1e-4 : 1e-12) * Math.abs(one), key);
      }
    });
  }
});

describe('A run that was recorded from PyTorch', () => {
  it('is read as any other: its manifest, and a row for every update', () => {
    const { facts, updates } = manifestIn(stored);
    const records = recordsIn(stored);
    assert.equal(records.length, updates);
    assert.equal(JSON.stringify(facts.layout.saturating), '["i","f","g","o"]');
    const [first] = records;
    assert.equal(first.record?.steps, facts.steps);
    // Its only loss is at the last step.
    assert.deepEqual([...first.record.lossPerStep.slice(0, -1)], new Array(facts.steps - 1).fill(0));
    assert.equal(first.record.lossPerStep.at(-1), first.loss);
  });

  it('has the findings of its records, without remedies, as there is no experiment to change', () => {
    const { facts } = manifestIn(stored);
    const diagnosis = new RecordedDiagnosis(facts);
    for (const batch of readRecords(readFileSync(join(stored, runFiles.records))).batches) diagnosis.add(batch);
    const findings = diagnosis.finish();
    assert.deepEqual(
      findings.map(({ code, remedies }) => [code, remedies]),
      [['vanishOverTime', undefined]],
    );
    assert.match(findings[0].message, /30 steps back/);
  });

  it('has findings without a learning rate, where the program did not give its optimizer', () => {
    const { facts } = manifestIn(stored);
    const diagnosis = new RecordedDiagnosis({ ...facts, optimizer: 'unknown' });
    for (const batch of readRecords(readFileSync(join(stored, runFiles.records))).batches) {
      diagnosis.add({ ...batch, learningRate: batch.learningRate.map(() => NaN) });
    }
    const findings = diagnosis.finish();
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['vanishOverTime'],
    );
    assert.doesNotMatch(JSON.stringify(findings), /NaN/);
  });

  it('has no findings before its first record', () => {
    assert.deepEqual(new RecordedDiagnosis(manifestIn(stored).facts).finish(), []);
  });
});

describe('A captured update of a recorded run', () => {
  const run = (): RecordedRun => ({
    info: manifestIn(stored).facts,
    storage: new FolderStorage(stored),
    memoryLimit: 1e9,
  });

  it('is walked through with the numbers of its file', async () => {
    const { captured, setup } = await readRecordedUpdate(run(), 100);
    const inspection = inspectionOf(captured.capture, setup, 1);
    const { tensors, metadata } = readTensorFile(readFileSync(join(stored, runFiles.capture(100))));
    assert.equal(inspection.loss, Number(metadata['loss']));
    assert.deepEqual([inspection.cell, inspection.steps, inspection.batch], ['lstm', 31, 4]);
    const dh = tensors.get('dh_l0')?.data ?? [];
    // Sequence 1 of 4, 8 units.
    for (const t of [0, 30]) assert.equal(inspection.layers[0].dh[t * 8], dh[(t * 4 + 1) * 8]);
    // The loss of the batch is that of its sequences.
    const shares = [0, 1, 2, 3].map((n) => inspectionOf(captured.capture, setup, n).sequenceLoss[30]);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - inspection.loss) < 1e-6);
  });

  it('is not there where it was not captured, which is said with those that were', async () => {
    await assert.rejects(readRecordedUpdate(run(), 7), /Update 7 was not captured; captured: 100\.$/);
    const empty = { ...run(), storage: new FolderStorage(temporaryFolder('unroll-empty-')) };
    await assert.rejects(readRecordedUpdate(empty, 7), /capture=\[0, 100\]\) keeps updates 0 and 100\.$/);
  });

  it('is refused if its tensors are not those of the net', async () => {
    const other = { ...run(), info: { ...manifestIn(stored).facts, hidden: 9 } };
    await assert.rejects(readRecordedUpdate(other, 100), /"?h0_l0"? .*\[4, 8\]; it should be \[4, 9\]/);
  });

  it('can be recomputed by nobody here', async () => {
    const { captured } = await readRecordedUpdate(run(), 100);
    assert.throws(() => computedUpdate(captured), /which alone can compute with its net and its data/);
  });
});

describe('The records of a batch', () => {
  it('are those that were packed into it', () => {
    const records = [0, 1, 2, 3, 4].map((update) => exampleRecord(update, 2));
    const batch = pack(exampleLayout, records);
    assert.deepEqual(pack(exampleLayout, [...recordsOf(batch)]), batch);
  });
});
