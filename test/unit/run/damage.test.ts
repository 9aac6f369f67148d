import assert from 'node:assert/strict';
import { readTensorFile, TensorFileError, writeTensorFile, type StoredTensor } from '../../../src/run/safetensors';
import { eachFlippedBit } from './flippedBits';

describe('A flipped bit', () => {
  it('in a safetensors file is noticed, or leaves every number and word as it was', () => {
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
        // Where the damage is in the checksum's own name, it is an unknown entry and changes nothing else.
        const { format, updates } = metadata;
        assert.deepEqual({ format, updates }, expected.metadata, `bit ${bit}`);
      } catch (error) {
        assert.ok(error instanceof TensorFileError, String(error));
        noticed++;
      }
    }
    assert.ok(noticed > bytes.length * 7);
  });
});
