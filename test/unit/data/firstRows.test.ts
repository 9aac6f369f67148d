import assert from 'node:assert/strict';
import { problemOf } from './openedSource';

describe('The first rows of a table', () => {
  const numbers = Array.from({ length: 10 }, (_, row) => `${row},${row * row}`).join('\n');
  const problem = (text: string, data: object = {}) =>
    problemOf({ data: { csv: 'a.csv', inputs: ['y'], length: 2, validation: 0, ...data }, batch: 1 }, text);

  it('may be comments or a title, with the row that has the names', () => {
    for (const [above, row] of [
      ['# station 5\n# unit: C\n', 3],
      ['Weather data, 2020, Oslo\n', 2],
      ['@relation x\n\n@data\n', 4],
    ] as const) {
      const { message, keyPath } = problem(`${above}x,y\n${numbers}\n`);
      assert.match(
        message,
        new RegExp(
          `no column "y" in its first row, .* but its row ${row} has that name\\. Delete the rows above it\\.$`,
        ),
      );
      assert.deepEqual(keyPath, ['data', 'inputs', 0]);
    }
    // A class of that name is in a row with numbers.
    assert.match(problem('x,z\n1,y\n2,w\n').message, /has no column "y": the columns are "x", "z"\.$/);
  });

  it('may be units or further names below the header', () => {
    const { message, keyPath } = problem(`x,y\ns,C\n${numbers}\n`);
    assert.match(
      message,
      /row 2 has "C" .* The next row has a number: if this row has units or further names, delete it\./,
    );
    assert.deepEqual(keyPath, ['data', 'csv']);
    assert.match(
      problem(`x,y\n${numbers}\n`, { header: false, inputs: ['2'] }).message,
      /row 1 has "y" .* set "header" to true\./,
    );
    // A column of words.
    assert.match(problem('x,y\n1,C\n2,D\n').message, /Inputs are columns of numbers/);
  });

  it('may be several rows of further names, as pandas writes columns of several levels', () => {
    const { message, keyPath } = problem(`Price,y\nTicker,AAPL\nDate,\n${numbers}\n`);
    assert.match(
      message,
      /row 2 has "AAPL" .* Row 4 has a number: if the rows before it have units or further names, delete them\./,
    );
    assert.deepEqual(keyPath, ['data', 'csv']);
  });

  it('may stand again between the rows of joined files', () => {
    const { message } = problem(`x,y\n${numbers}\nx,y\n${numbers}\n`);
    assert.match(message, /row 12 has "y" .* The row repeats the names of the columns: delete it\.$/);
    // A row with other cells is a wrong number.
    assert.match(problem(`x,y\n${numbers}\n1,y\n`).message, /Write a number/);
  });

  it('may have another number of cells than the rows of a table without a header', () => {
    const months = Array.from({ length: 12 }, (_, row) => ` ${1950 + row}  -1.5   0.25`).join('\n');
    const data = { header: false, inputs: ['2'] };
    assert.match(
      problem(` 1950 1961\n${months}\n`, { ...data, inputs: ['3'] }).message,
      /its first row has other cells than the rows from row 2 on, which have 3 cells each\. Delete what stands above them\.$/,
    );
    assert.match(problem(`title\n\n${months}\n`, data).message, /than the rows from row 3 on, which have 3 cells/);
    assert.match(problem(`${months}\n`, { ...data, inputs: ['4'] }).message, /its columns are "1" to "3"\.$/);
  });

  it('may have one cell less, as R writes the names of rows, or an empty one at their end', () => {
    assert.match(
      problem(`y,z\n${numbers.replaceAll(/^/gm, 'r')}`.replaceAll(/,(\d+)$/gm, ',$1.5,2')).message,
      /row 2 has 3 cells, but the first row has 2\. If its first cell is the name of the row/,
    );
    assert.match(
      problem(`x,y\n${numbers.replaceAll(/$/gm, ',')}`).message,
      /Add a delimiter at the end of the first row/,
    );
  });

  it('may have a name with characters that cannot be seen', () => {
    for (const name of ['\u200by', 'y\u2060', '\u00ady']) {
      assert.match(problem(`x,${name}\n${numbers}\n`).message, /It looks the same but has other Unicode characters/);
    }
  });

  it('may be JSON', () => {
    for (const text of ['[{"y": 1}, {"y": 2}]', '{"y": 1}\n{"y": 2}\n', ' [\n {\n "y": 1}]']) {
      const { message, keyPath } = problem(text);
      assert.match(message, /^"a\.csv" is JSON, not a table of rows and cells\. Convert it to CSV/);
      assert.deepEqual(keyPath, ['data', 'csv']);
    }
  });
});
