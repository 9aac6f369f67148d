import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RecordedDiagnosis } from '../../../src/diagnosis/recordedDiagnosis';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import { runFiles } from '../../../src/run/storage/runFiles';
import { temporaryFolder } from '../../temporaryFolder';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

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

describe('The recorder for PyTorch', () => {
  const checks: Check[] = [];
  let folder: string;

  before(function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import torch']).status !== 0) {
      console.log('      skipped: PyTorch is not installed for /usr/bin/python3');
      this.skip();
    }
    this.timeout(300_000);
    folder = temporaryFolder('unroll-recorder-');
    const { status, stdout, stderr } = spawnSync(
      '/usr/bin/python3',
      [resolve('test', 'unit', 'recorder', 'check_recorder.py'), folder],
      {
        env: { ...process.env, PYTHONPATH: resolve('media', 'recorder'), PYTHONDONTWRITEBYTECODE: '1' },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    checks.push(
      ...stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Check),
    );
  });

  it('measures the gradient of every state as autograd gives it, for every kind of layer, and changes no result', () => {
    const measured = checks.filter(({ differences }) => differences !== undefined);
    assert.equal(measured.length, 3 * 2 * 2 * 2 * 2 + 3);
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
    const { findings } = diagnosis;
    assert.deepEqual(
      findings.map(({ code, remedies }) => [code, remedies]),
      [['vanishOverTime', undefined]],
    );
    assert.match(findings[0].message, /30 steps back/);
  });

  it('has no findings before its first record', () => {
    assert.deepEqual(new RecordedDiagnosis(manifestIn(stored).facts).findings, []);
  });
});

describe('The records of a batch', () => {
  it('are those that were packed into it', () => {
    const records = [0, 1, 2, 3, 4].map((update) => exampleRecord(update, 2));
    const batch = pack(exampleLayout, records);
    assert.deepEqual(pack(exampleLayout, [...recordsOf(batch)]), batch);
  });
});
