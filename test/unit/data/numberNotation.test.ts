import assert from 'node:assert/strict';
import { problemOf, opened } from './openedSource';

/** The problem of a table whose only column has these cells. */
function problemWith(cells: readonly string[], data: object = {}) {
  const rows = cells.map((cell, row) => `${row};${cell}`).join('\n');
  const written = { csv: 'a.csv', inputs: ['y'], length: 2, validation: 0, delimiter: ';', ...data };
  return problemOf({ data: written, batch: 1 }, `x;y\n${rows}\n`);
}

/** Ten numbers as other programs write them, made from 0 to 9, and what is said about the first. */
const notations: readonly (readonly [write: (digit: number) => string, advice: RegExp, decimal?: ','])[] = [
  [(digit) => `1${digit}.5%`, /has "10\.5%" .* Remove "%" from the numbers\.$/],
  [(digit) => `1${digit} %`, /Remove "%"/],
  [(digit) => `$1${digit}.50`, /Remove the signs of the currency\.$/],
  [(digit) => `1${digit},50 €`, /Remove the signs of the currency\.$/, ','],
  // A blank, a no-break space, a narrow no-break space, apostrophes and an underscore.
  [(digit) => `1 20${digit}`, /Remove the thousands separators\.$/],
  [(digit) => `1\u00a020${digit}`, /Remove the thousands separators\.$/],
  [(digit) => `12\u202f34${digit},5`, /Remove the thousands separators\.$/, ','],
  [(digit) => `1'20${digit}.5`, /Remove the thousands separators\.$/],
  [(digit) => `1’20${digit}`, /Remove the thousands separators\.$/],
  [(digit) => `1_20${digit}`, /Remove the thousands separators\.$/],
  // A minus sign, and an en dash.
  [(digit) => `\u22121${digit}.5`, /Write "-" \(the hyphen-minus of the keyboard\) before negative numbers\.$/],
  [(digit) => `\u20131${digit}`, /Write "-"/],
  [(digit) => `(1${digit}.5)`, /Write "-" before negative numbers, without brackets\.$/],
  [(digit) => `1.${digit}D+02`, /Write "e" before the exponent\.$/],
  [(digit) => `\u0661${String.fromCodePoint(0x660 + digit)}`, /Write numbers with the digits 0 to 9\.$/],
  [(digit) => `1${digit}.5 °C`, /Write all numbers in the same unit, and remove it\.$/],
  [(digit) => `1${digit},5 hPa`, /Write all numbers in the same unit, and remove it\.$/, ','],
  // Without its letter, 2.02M beside 950.5K would be the smaller number.
  [
    (digit) => `2.0${digit}M`,
    /Write the numbers in full, such as 1500000 for 1\.5M\. If the letter is a unit, remove it\.$/,
  ],
  [(digit) => `2,0${digit} Mio`, /Write the numbers in full, such as 1500000 for 1.5M\./, ','],
  // Of a delimiter at the end of each row, where the header has none.
  [(digit) => `19.${digit}87,`, /Remove the "," after the numbers\.$/],
];

describe('A number in a notation that is not read', () => {
  for (const [write, advice, decimal = '.'] of notations) {
    const cells = Array.from({ length: 10 }, (_, digit) => write(digit));
    it(`is told as a number: ${cells[0]}`, () => {
      const input = problemWith(cells, { decimal });
      assert.match(input.message, advice);
      assert.doesNotMatch(input.message, /get_dummies/);
      assert.deepEqual(input.keyPath, ['data', 'csv']);
      // Below numbers that are read, too.
      const below = problemWith(['1', '2', ...cells], { decimal });
      assert.match(below.message, /row 4 has/);
      // As a target it would be a class by its text, with the loss of classes.
      const target = problemWith(cells, { decimal, inputs: ['x'], targets: ['y'] });
      assert.match(target.message, /If the values are names of classes, set "classes" to true\.$/);
    });
  }

  it('may be the name of a class where it may be a word', () => {
    const classOf = (name: (row: number) => string): readonly string[] => {
      const rows = Array.from({ length: 12 }, (_, row) => `${row},${name(row % 3)}`).join('\n');
      const data = { csv: 'a.csv', inputs: ['x'], targets: ['y'], length: 2, validation: 0 };
      return opened({ data, batch: 1 }, `x,y\n${rows}\n`).outputNames;
    };
    assert.deepEqual(
      classOf((row) => ['1st', '2nd', '3rd'][row] ?? ''),
      ['1st', '2nd', '3rd'],
    );
    assert.deepEqual(
      classOf((row) => ['0xa', '0xb', '0xc'][row] ?? ''),
      ['0xa', '0xb', '0xc'],
    );
    const data = { decimal: '.', inputs: ['x'], targets: ['y'], classes: true };
    const rows = Array.from({ length: 12 }, (_, row) => `${row};${row % 2}0 %`).join('\n');
    const written = { csv: 'a.csv', length: 2, validation: 0, delimiter: ';', ...data };
    assert.deepEqual(opened({ data: written, batch: 1 }, `x;y\n${rows}\n`).outputNames, ['00 %', '10 %']);
  });

  it('of the other decimal separator with thousands separators is told as one', () => {
    assert.match(problemWith(['1.300,35']).message, /Set "decimal" to ",", and remove the thousands separators\.$/);
    const { message } = problemWith(['1,300.35'], { decimal: ',' });
    assert.match(message, /Set "decimal" to "\.", and remove the thousands separators\.$/);
    assert.match(problemWith(['1.300,35'], { inputs: ['x'], targets: ['y'] }).message, /Set "decimal" to ","/);
  });

  it('with points between thousands is not read as a small number: 950 and 1.050 as 950 and 1.05', () => {
    const cells = ['950', '1.050', ...Array.from({ length: 10 }, (_, row) => `1.${101 + row}`)];
    const { message, keyPath } = problemWith(cells);
    assert.match(
      message,
      /has whole numbers without "\." in column "y", and others with "\." before three digits.* \("950" in row 2, "1\.050" in row 3\)\. If it does, remove it/,
    );
    assert.deepEqual(keyPath, ['data', 'inputs', 0]);
    const commas = cells.map((cell) => cell.replace('.', ','));
    assert.match(problemWith(commas, { decimal: ',' }).message, /whole numbers without ","/);
    assert.match(problemWith(cells, { inputs: ['x'], targets: ['y'] }).message, /whole numbers without/);
    // A program that leaves out decimals writes 1.05; one that writes all of them, 950.000; and below 1 there are none.
    const data = { csv: 'a.csv', inputs: ['y'], length: 2, validation: 0 };
    for (const other of ['1.05', '950.25', '0.125', '1950']) {
      opened({ data, batch: 1 }, `y\n${[...cells, other].join('\n')}\n`);
    }
    opened({ data, batch: 1 }, `y\n${cells.slice(1).join('\n')}\n`);
  });

  it('is named below another text, and where points may separate thousands', () => {
    for (const cell of ['temp:20.18', 'hum = 40 %', '12:00:01.123 -> 23.5']) {
      const found = problemWith([cell, cell]);
      assert.match(found.message, /Write the number alone, without the text before it\. Inputs are columns of numbers/);
    }
    assert.match(problemWith(['1.234.567']).message, /If the points separate thousands, remove them\. Inputs are/);
    // A time of day is no number after a text.
    assert.doesNotMatch(problemWith(['12:30']).message, /number alone/);
  });

  it('of words for two answers is named in an input, with the column', () => {
    const found = problemWith(['True', 'False', 'True']);
    assert.match(found.message, /has "True" .* Write 1 and 0 for the two answers\. Inputs are columns of numbers\./);
    assert.deepEqual(found.keyPath, ['data', 'inputs', 0]);
  });
});
