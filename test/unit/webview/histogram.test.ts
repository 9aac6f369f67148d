import assert from 'node:assert/strict';
import { countsOf } from '../../../webview/plot/histogramView';

describe('A histogram', () => {
  it('counts every finite element once, with both ends in the outermost bins', () => {
    const counts = countsOf(Float64Array.of(-2, -1.99, 0, 0.01, 1.99, 2, NaN, Infinity), 2);
    assert.equal(counts.length, 40);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      6,
    );
    assert.deepEqual([counts[0], counts[20], counts[39]], [2, 2, 2]);
  });
});
