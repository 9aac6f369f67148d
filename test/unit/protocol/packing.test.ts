import assert from 'node:assert/strict';
import { pack, unpack } from '../../../src/protocol/packing';
import { markNumbers, unmarkNumbers } from '../../../src/protocol/webviewNumbers';

const there = (message: unknown): unknown => unmarkNumbers(unpack(pack(markNumbers(message)).buffer));

describe('A packed message', () => {
  it('is the same behind, with its arrays of every type, and NaN and the infinities', () => {
    const message = {
      text: 'ŷ_t </script>',
      numbers: [1, NaN, -Infinity],
      bytes: new Uint8Array([1, 2, 3]),
      doubles: new Float64Array([0.1, NaN, -0]),
      empty: new Float64Array(0),
      nested: [{ integers: new Int32Array([-1, 7]), counts: new Uint32Array([4e9]), floats: new Float32Array([0.5]) }],
      long: Float64Array.from({ length: 5000 }, (_, i) => i / 2),
    };
    assert.deepEqual(there(message), message);
  });

  it('takes a part of a longer buffer as this part alone', () => {
    const part = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
    assert.deepEqual(there({ part }), { part: new Float64Array([2, 3]) });
  });

  it('stores equal arrays once, and those with the same length and other numbers apart', () => {
    const random = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const other = random.map((value, i) => (i === 999 ? 0 : value));
    const once = pack({ a: random }).length;
    assert.ok(pack({ a: random, b: random.slice(), c: random }).length < once + 500);
    assert.ok(pack({ a: random, b: other }).length > once + 7000);
    assert.deepEqual(there({ a: random, b: other }), { a: random, b: other });
  });

  it('refuses arrays of a type that a page never gets', () => {
    assert.throws(() => pack({ a: new BigInt64Array(1) }), /A BigInt64Array can't be packed/);
  });
});
