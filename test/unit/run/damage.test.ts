import assert from 'node:assert/strict';
import { readFindings, writeFindings, type Finding } from '../../../src/diagnosis/finding';
import {
  readTensorFile,
  TensorFileError,
  writeTensorFile,
  type StoredTensor,
} from '../../../src/run/storage/safetensors';
import { readManifest, writeManifest } from '../../../src/run/manifest';
import { readRateChanges, writeRateChanges } from '../../../src/run/rateChanges';
import { pack } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { exampleManifest } from './exampleManifest';
import { exampleLayout, exampleRecord } from './exampleRecords';
import { eachFlippedBit, someFlippedBits } from './flippedBits';

describe('A flipped bit', () => {
  it('in a safetensors file is detected, or changes no value', () => {
    const tensors = new Map<string, StoredTensor>([
      ['weights', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3, 0, 5, 6) }],
      ['sums', { dtype: 'F64', shape: [2], data: Float64Array.of(0.1, 1e9) }],
    ]);
    const bytes = writeTensorFile({ tensors, metadata: { format: 'example', updates: '7' } });
    const expected = readTensorFile(bytes);
    let noticed = 0;
    for (const { damaged, bit } of eachFlippedBit(bytes)) {
      try {
        const { tensors: read, metadata } = readTensorFile(damaged);
        assert.deepEqual(read, expected.tensors, `bit ${bit}`);
        // If the damage is in the name of the checksum, it is an unknown entry and changes nothing else.
        const { format, updates } = metadata;
        assert.deepEqual({ format, updates }, expected.metadata, `bit ${bit}`);
      } catch (error) {
        assert.ok(error instanceof TensorFileError, String(error));
        noticed++;
      }
    }
    assert.ok(noticed > bytes.length * 7);
  });

  it('in the records ends them there with a message, or changes no value', () => {
    const encoder = new RecordEncoder(exampleLayout);
    const batches = [0, 1, 2].map((n) => pack(exampleLayout, [exampleRecord(2 * n, 2), exampleRecord(2 * n + 1, 2)]));
    const bytes = Buffer.concat([encoder.head(), ...batches.map((batch) => encoder.encode(batch))]);
    assert.deepEqual(readRecords(bytes), { batches, incompleteReason: undefined });
    const faults = new Set<string>();
    for (const { damaged, bit } of someFlippedBits(bytes, 20_000)) {
      const { batches: read, incompleteReason: incompleteReason } = readRecords(damaged);
      assert.deepEqual(read, batches.slice(0, read.length), `bit ${bit}`);
      assert.ok(read.length === batches.length || incompleteReason !== undefined, `bit ${bit}`);
      faults.add((incompleteReason ?? '').replaceAll(/\d+/g, 'N'));
    }
    assert.ok(faults.has('The records are damaged at byte N; everything after it is ignored.'));
  });

  it('in a manifest is detected, or changes nothing', () => {
    const bytes = writeManifest(exampleManifest());
    const expected = readManifest(bytes);
    assert.ok(expected !== undefined);
    for (const { damaged, bit } of eachFlippedBit(bytes)) {
      const read = readManifest(damaged);
      if (read !== undefined) assert.deepEqual(read, expected, `bit ${bit}`);
    }
  });

  it('in the changed learning rates is detected, or changes nothing', () => {
    const changes = [
      { update: 3, learningRate: 0.025 },
      { update: 17, learningRate: 1e-7 },
    ];
    const bytes = writeRateChanges(changes);
    assert.deepEqual(readRateChanges(bytes), { changes, damaged: [] });
    for (const { damaged, bit } of eachFlippedBit(bytes)) {
      const { changes: read, damaged: lines } = readRateChanges(damaged);
      if (lines.length === 0) assert.deepEqual(read, changes, `bit ${bit}`);
      for (const change of read) assert.ok(changes.some(({ update }) => update === change.update));
    }
  });

  it('in the findings is detected, or changes nothing', () => {
    const findings: readonly Finding[] = [
      {
        code: 'clip',
        level: 'warning',
        when: 'update',
        update: 41,
        keyPath: ['clip', 'norm'],
        message: 'Clipped “90 %”.',
      },
      { code: 'end', level: 'hint', when: 'end', update: 99, keyPath: [], message: 'Loss 0.25.' },
    ];
    const bytes = writeFindings(findings);
    assert.deepEqual(readFindings(bytes), { findings, damaged: [] });
    for (const { damaged, bit } of eachFlippedBit(bytes)) {
      const { findings: read, damaged: lines } = readFindings(damaged);
      if (lines.length === 0) assert.deepEqual(read, findings, `bit ${bit}`);
      for (const finding of read)
        assert.ok(
          findings.some(({ message }) => message === finding.message),
          `bit ${bit}`,
        );
    }
  });

  it('is detected only if there is a checksum: files of earlier versions are still read', () => {
    const manifest = exampleManifest();
    assert.deepEqual(readManifest(Buffer.from(JSON.stringify(manifest))), readManifest(writeManifest(manifest)));
    const changes = [{ update: 3, learningRate: 0.025 }];
    assert.deepEqual(readRateChanges(Buffer.from('{"update":3,"learningRate":0.025}\n')), { changes, damaged: [] });
  });
});
