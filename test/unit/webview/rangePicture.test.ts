import assert from 'node:assert/strict';
import { lossTicks } from '../../../webview/rangeTest/rangePicture';

describe('The losses at the axis of a range test', () => {
  it('are round numbers', () => {
    assert.deepEqual(lossTicks(0.00989, 0.467), [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]);
    assert.deepEqual(lossTicks(2.31, 4.19), [2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.6, 3.8, 4]);
    assert.deepEqual(lossTicks(900, 10_400), [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000]);
  });

  it('are never below 0, although the axis begins there', () => {
    assert.deepEqual(lossTicks(-0.0496, 1.05), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
});
