import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatCount,
  formatExact,
  formatMebibytes,
  formatShortTime,
  formatMemoryEstimate,
  formatNumber,
  formatPercentage,
  formatPowerOfTen,
  formatShortNumber,
  formatShortPercentage,
} from '../../../src/text/numbers';

describe('Formatted numbers', () => {
  it('are times of two digits, in milliseconds up to a second', () => {
    assert.deepEqual([0.000_034_6, 0.0021, 0.0996, 0.25, 1.26, 12].map(formatShortTime), [
      '0.035 ms',
      '2.1 ms',
      '100 ms',
      '250 ms',
      '1.3 s',
      '12 s',
    ]);
  });

  it('have three significant digits if they are measured', () => {
    assert.deepEqual([0.0051234, 1, 123.456, 4567, 0].map(formatNumber), ['0.00512', '1.00', '123', '4,567', '0']);
    assert.deepEqual([1.2345e-7, 6.2e305, -Infinity].map(formatNumber), ['1.23e-7', '6.20e+305', '-∞']);
  });

  it('round up to a thousand without an exponent', () => {
    assert.deepEqual([999.4, 999.5, 999.99, -999.7].map(formatNumber), ['999', '1,000', '1,000', '-1,000']);
  });

  it('have no trailing zeros if the user chose them', () => {
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

  it('mean the same with and without trailing zeros', () => {
    const read = (text: string): number => Number(text.replaceAll(',', ''));
    fc.assert(
      fc.property(fc.double({ min: -1e200, max: 1e200, noNaN: true }), (value) => {
        assert.equal(read(formatShortNumber(value)), read(formatNumber(value)));
      }),
    );
  });

  it('are powers of ten on a logarithmic axis, in digits near 1', () => {
    assert.deepEqual([-3, 0, 2, -12, 138].map(formatPowerOfTen), ['0.001', '1', '100', '10⁻¹²', '10¹³⁸']);
  });

  it('have separated thousands and all digits if they are exact', () => {
    const numbers = [0, 5, 999, 1000, 65_536, -4096, 1234.5, 1e-7, Number.MAX_SAFE_INTEGER, Infinity];
    assert.deepEqual(numbers.map(formatExact), [
      ...['0', '5', '999', '1,000', '65,536', '-4,096', '1,234.5', '1e-7', '9,007,199,254,740,991', '∞'],
    ]);
  });

  it('use the singular for one', () => {
    assert.deepEqual(
      [1, 0, 1234].map((count) => formatCount(count, 'row')),
      ['1 row', '0 rows', '1,234 rows'],
    );
  });

  it('are percentages, whole or of three digits', () => {
    assert.deepEqual(
      [0, 0.126, 1].map((share) => formatPercentage(share)),
      ['0 %', '13 %', '100 %'],
    );
    assert.equal(formatPercentage(0.9991, 2), '99.91 %');
    assert.deepEqual([0.5, 0.12345, -0.00012345].map(formatShortPercentage), ['50 %', '12.3 %', '-0.0123 %']);
  });

  it('are memory in MiB: a limit rounded up, an estimate to the nearest', () => {
    const sizes = [1, 1.5, 9.91, 2048.2].map((mebibytes) => mebibytes * 1024 ** 2);
    assert.deepEqual(sizes.map(formatMebibytes), ['1 MiB', '1.5 MiB', '10 MiB', '2,049 MiB']);
    assert.deepEqual(sizes.map(formatMemoryEstimate), [
      ...['about 1.0 MiB', 'about 1.5 MiB', 'about 9.9 MiB', 'about 2,048 MiB'],
    ]);
  });
});
