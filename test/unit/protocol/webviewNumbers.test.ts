import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markNumbers, unmarkNumbers } from '../../../src/protocol/webviewNumbers';

describe('Numbers in messages to a webview', () => {
  it('arrive unchanged, NaN and infinities too, and typed arrays are untouched', () => {
    const values = Float64Array.of(NaN, 1);
    const message = { a: NaN, b: [Infinity, -Infinity, 0, null], values, c: { d: 'NaN' }, e: undefined };
    const marked = markNumbers(message) as { values: unknown; a: unknown };
    assert.equal(marked.values, values);
    // Typed arrays are sent separately; everything else is JSON.
    const crossed = JSON.parse(JSON.stringify({ ...marked, values: null })) as Record<string, unknown>;
    assert.deepEqual(unmarkNumbers({ ...crossed, values }), {
      a: NaN,
      b: [Infinity, -Infinity, 0, null],
      values,
      c: { d: 'NaN' },
    });
  });

  it('are sent in half the bytes if they are float32 numbers, and arrive unchanged', () => {
    const narrow = Float64Array.from({ length: 5000 }, (_, i) => Math.fround(Math.sin(i)));
    narrow.set([NaN, -0, Infinity, Math.fround(1e-40)]);
    const wide = narrow.with(4999, 0.1);
    const marked = markNumbers({ of: [narrow], wide }) as { readonly of: readonly unknown[]; readonly wide: unknown };
    const [crossing] = Object.values(marked.of[0] as Record<string, ArrayBufferView>);
    assert.equal(crossing?.byteLength, narrow.byteLength / 2);
    assert.equal(marked.wide, wide, 'one that float32 has not');
    assert.deepEqual(unmarkNumbers(marked), { of: [narrow], wide });
  });

  it('arrive in any message', () => {
    fc.assert(
      fc.property(fc.object({ values: [fc.double(), fc.string(), fc.constant(null), fc.boolean()] }), (message) => {
        assert.deepEqual(unmarkNumbers(markNumbers(message)), message);
      }),
    );
  });
});
