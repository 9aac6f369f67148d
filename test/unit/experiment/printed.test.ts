import assert from 'node:assert/strict';
import { printed } from '../../../src/experiment/fields';

describe('A number in a message', () => {
  it('has its thousands apart, and small ones in full', () => {
    const numbers = [0, 5, 999, 1000, 65_536, -4096, 1234.5, 1e-7, Number.MAX_SAFE_INTEGER, Infinity];
    assert.deepEqual(numbers.map(printed), [
      ...['0', '5', '999', '1,000', '65,536', '-4,096', '1,234.5', '1e-7', '9,007,199,254,740,991', '∞'],
    ]);
  });
});
