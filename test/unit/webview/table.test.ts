import assert from 'node:assert/strict';
import { csvOf } from '../../../webview/plot/table';

describe('The table behind a picture, copied as CSV', () => {
  const table = (rows: readonly (readonly (string | number)[])[]) => ({ caption: 'L', columns: ['update', 'L'], rows });

  it('has its numbers in full precision', () => {
    assert.equal(csvOf(table([[0, 1 / 3]])), 'update,L\r\n0,0.3333333333333333');
  });

  it('leaves a field without a value empty, and keeps infinity', () => {
    assert.equal(
      csvOf(
        table([
          [0, NaN],
          [1, Infinity],
        ]),
      ),
      'update,L\r\n0,\r\n1,Infinity',
    );
  });

  it('escapes a name from a file that a spreadsheet would run as a formula', () => {
    assert.match(csvOf(table([['=HYPERLINK("x")', 1]])), /'=HYPERLINK/);
  });
});
