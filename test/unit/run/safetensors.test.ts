import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  readTensorFile,
  TensorFileError,
  writeTensorFile,
  type StoredTensor,
} from '../../../src/run/storage/safetensors';
import { tensorFileOf } from '../fuzz/hostileTensors';

const example = new Map<string, StoredTensor>([
  ['mask', { dtype: 'I32', shape: [3], data: Int32Array.of(1, 0, -1) }],
  ['rnn.weight_hh_l0', { dtype: 'F64', shape: [2, 2], data: Float64Array.of(1, -2.5, NaN, Infinity) }],
  ['inputs', { dtype: 'F32', shape: [1, 1, 2], data: Float32Array.of(0.1, 0.2) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
]);

describe('safetensors', () => {
  it('reads written files', () => {
    const bytes = writeTensorFile({ tensors: example, metadata: { step: '3', 'naïve "name"': 'ü' } });
    const { tensors, metadata } = readTensorFile(bytes);
    assert.deepEqual(new Map([...tensors].sort()), new Map([...example].sort()));
    assert.deepEqual(metadata, { step: '3', 'naïve "name"': 'ü' });
  });

  it('reads from the middle of a larger buffer, as Node returns files', () => {
    const bytes = writeTensorFile({ tensors: example, metadata: {} });
    const pool = Buffer.alloc(bytes.length + 3);
    pool.set(bytes, 3);
    const { tensors } = readTensorFile(pool.subarray(3));
    assert.deepEqual(new Map([...tensors].sort()), new Map([...example].sort()));
  });

  it('aligns the data to 8 bytes, as the format requires', () => {
    const bytes = writeTensorFile({ tensors: example, metadata: {} });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(headerLength % 8, 0);
  });

  it('rejects damaged bytes with a reason and reads nothing outside them', () => {
    const good = writeTensorFile({ tensors: example, metadata: {} });
    fc.assert(
      fc.property(
        fc.nat({ max: good.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: good.length }),
        (at, byte, length) => {
          const bytes = good.slice(0, length);
          if (at < bytes.length) bytes[at] = byte;
          try {
            readTensorFile(bytes);
          } catch (error) {
            assert.ok(error instanceof TensorFileError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('checks every size before it is used', () => {
    const header = (entry: object): Uint8Array => {
      const json = Buffer.from(JSON.stringify({ a: entry }));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(json.length));
      return Buffer.concat([length, json, Buffer.alloc(8)]);
    };
    const lies: [object, RegExp][] = [
      [{ dtype: 'F32', shape: [1e15, 1e15], data_offsets: [0, 8] }, /claims bytes/],
      [{ dtype: 'F32', shape: [2], data_offsets: [0, 4_000_000_000] }, /claims bytes/],
      [{ dtype: 'F32', shape: [2, ...new Array<number>(64).fill(1)], data_offsets: [0, 8] }, /has 65 dimensions/],
      [{ dtype: 'F32', shape: [-1], data_offsets: [0, 8] }, /shape/],
      [{ dtype: 'F4', shape: [4], data_offsets: [0, 8] }, /unknown type "F4"/],
      [{ dtype: 'F32', shape: [2], data_offsets: [8, 0] }, /claims bytes/],
    ];
    for (const [entry, reason] of lies) assert.throws(() => readTensorFile(header(entry)), reason);
  });

  it('requires every byte of the data, and every name, to belong to one tensor', () => {
    const file = (ranges: Readonly<Record<string, readonly [number, number]>>) =>
      tensorFileOf(
        JSON.stringify(
          Object.fromEntries(
            Object.entries(ranges).map(([name, range]) => [
              name,
              { dtype: 'F32', shape: [(range[1] - range[0]) / 4], data_offsets: range },
            ]),
          ),
        ),
        16,
      );
    const { tensors } = readTensorFile(file({ b: [8, 16], none: [8, 8], a: [0, 8] }));
    assert.deepEqual(tensors.get('b')?.data, new Float32Array(2));
    assert.throws(() => readTensorFile(file({ a: [0, 8], b: [4, 16] })), /"b" begins at byte 4.* may not overlap/);
    assert.throws(() => readTensorFile(file({ a: [0, 16], b: [0, 16] })), /may not overlap/);
    assert.throws(() => readTensorFile(file({ a: [0, 16], none: [8, 8] })), /may not overlap/);
    assert.throws(() => readTensorFile(file({ a: [4, 16] })), /Bytes 0 to 4 of the data belong to no tensor/);
    assert.throws(() => readTensorFile(file({ a: [0, 4], b: [8, 16] })), /Bytes 4 to 8/);
    assert.throws(() => readTensorFile(file({ a: [0, 12] })), /Bytes 12 to 16/);
    const entry = '{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';
    assert.throws(
      () => readTensorFile(tensorFileOf(`{"a":${entry},"\\u0061":${entry}}`, 16)),
      /the duplicate name "a"/,
    );
    const twice = entry.replace('{', '{"dtype":"I32",');
    assert.throws(() => readTensorFile(tensorFileOf(`{"a":${twice}}`, 16)), /the duplicate name "dtype"/);
  });

  it('decodes the values of a tensor at the first access, and once', () => {
    const { tensors } = readTensorFile(writeTensorFile({ tensors: example, metadata: {} }));
    const tensor = tensors.get('inputs');
    assert.equal(tensor?.data, tensor?.data);
  });
});
