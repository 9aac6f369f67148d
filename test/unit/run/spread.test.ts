import assert from 'node:assert/strict';
import { formatSpread, spreadOf } from '../../../src/run/series/spread';

describe('The spread of a group', () => {
  it('has the median and the quartiles of numpy', () => {
    // numpy.median and numpy.quantile(values, [0.25, 0.75]).
    const expected: readonly (readonly [values: readonly number[], median: number, lower: number, upper: number])[] = [
      [[0.5, 0.125, 0.25], 0.25, 0.1875, 0.375],
      [[4, 1, 3, 2], 2.5, 1.75, 3.25],
      [[7, 7.5], 7.25, 7.125, 7.375],
      [[2.5], 2.5, 2.5, 2.5],
      [[0.9, 0.1, 0.4, 0.2, 0.8], 0.4, 0.2, 0.8],
    ];
    for (const [values, median, lowerQuartile, upperQuartile] of expected) {
      const [lowest, highest] = [Math.min(...values), Math.max(...values)];
      assert.deepEqual(spreadOf(values), { n: values.length, median, lowerQuartile, upperQuartile, lowest, highest });
    }
  });

  it('neither uses nor counts values that are not finite', () => {
    assert.deepEqual(spreadOf([NaN, 2, Infinity, 1]), {
      n: 2,
      median: 1.5,
      lowerQuartile: 1.25,
      upperQuartile: 1.75,
      lowest: 1,
      highest: 2,
    });
    assert.equal(spreadOf([NaN, -Infinity]), undefined);
    assert.equal(spreadOf([]), undefined);
  });

  it('is said with the number of values', () => {
    const spread = spreadOf([4, 1, 3, 2]);
    assert.ok(spread);
    assert.equal(formatSpread(spread), 'median 2.50, quartiles 1.75 to 3.25, range 1.00 to 4.00 (n = 4)');
  });
});
