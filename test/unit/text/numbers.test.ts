import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatNumber, formatPowerOfTen, formatShortNumber } from '../../../src/text/numbers';

describe('Numbers in words', () => {
  it('have three significant digits where they were measured', () => {
    assert.deepEqual([0.0051234, 1, 123.456, 4567, 0].map(formatNumber), ['0.00512', '1.00', '123', '4,567', '0']);
    assert.deepEqual([1.2345e-7, 6.2e305, -Infinity].map(formatNumber), ['1.23e-7', '6.20e+305', '-∞']);
  });

  it('stay whole where they are rounded up to a thousand', () => {
    assert.deepEqual([999.4, 999.5, 999.99, -999.7].map(formatNumber), ['999', '1,000', '1,000', '-1,000']);
  });

  it('have no zeros at their end where somebody chose them', () => {
    assert.deepEqual([0.005, 1, 0.5, 10, 100, 3000].map(formatShortNumber), [
      '0.005',
      '1',
      '0.5',
      '10',
      '100',
      '3,000',
    ]);
    assert.deepEqual([1e-4, 3.2e-4, 6.2e305].map(formatShortNumber), ['1e-4', '3.2e-4', '6.2e+305']);
  });

  it('mean the same with and without zeros at their end', () => {
    const read = (words: string): number => Number(words.replaceAll(',', ''));
    fc.assert(
      fc.property(fc.double({ min: -1e200, max: 1e200, noNaN: true }), (value) => {
        assert.equal(read(formatShortNumber(value)), read(formatNumber(value)));
      }),
    );
  });

  it('stand on a logarithmic axis as powers of ten, in digits near 1', () => {
    assert.deepEqual([-3, 0, 2, -12, 138].map(formatPowerOfTen), ['0.001', '1', '100', '10⁻¹²', '10¹³⁸']);
  });
});
