import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Source } from '../../../src/data/source';
import { findDelimiter } from '../../../src/data/table/csvDelimiter';
import { inputsOf, problemOf, opened, targetsOf } from './openedSource';

const table = (more: object = {}) => ({
  csv: 'a.csv',
  inputs: ['y'],
  normalize: 'none',
  length: 2,
  validation: 0,
  ...more,
});

/** The numbers of the one input column: those of the first window, which spans the table, and its last target. */
function columnOf(text: string, data: object, rows: number): (number | undefined)[] {
  const source = opened({ data: table({ length: rows - 1, ...data }), batch: 1 }, text);
  const window = source.next();
  return [...inputsOf(window, 0).flat(), targetsOf(window, 0).at(-1)];
}

const refusal = (text: string, data: object = {}) => problemOf({ data: table(data), batch: 1 }, text).message;

describe('The dialect of a table', () => {
  it('has the delimiter that gives all rows the same number of cells', () => {
    // A header with commas in its names, above rows with semicolons.
    assert.deepEqual(columnOf('time;T, mean, degC\n0;20.5\n1;21.5\n', { inputs: ['T, mean, degC'] }, 2), [20.5, 21.5]);
    // A date with a blank does not make blanks the delimiter.
    assert.deepEqual(columnOf('date time,y\n2016-07-01 00:00,5\n2016-07-01 01:00,6\n', {}, 2), [5, 6]);
    assert.deepEqual(columnOf('t y\n0 20.5\n 1   21.5 \n', {}, 2), [20.5, 21.5]);
  });

  it('has the delimiter that leaves more numbers if two fit: decimals are not lost silently', () => {
    const text = 'Temp, C;Humidity, %\n20,32;50,00\n21,79;50,10\n';
    assert.match(refusal(text, { inputs: ['Temp, C'] }), /row 2 has "20,32".*Set "decimal" to ","/);
    assert.deepEqual(columnOf(text, { inputs: ['Temp, C'], decimal: ',' }, 2), [20.32, 21.79].map(Math.fround));
  });

  it('does not split decimal commas, unless a comma is also in quotes', () => {
    const data = { decimal: ',', header: false, inputs: ['1'] };
    assert.deepEqual(columnOf('7,64\n2,57\n', data, 2), [7.64, 2.57].map(Math.fround));
    assert.deepEqual(columnOf('y\n7,64\n2,57\n', { decimal: ',' }, 2), [7.64, 2.57].map(Math.fround));
    assert.match(refusal('Temp, C\n20,32\n21,79\n', { decimal: ',', inputs: ['Temp'] }), /columns are "Temp, C"/);
    assert.deepEqual(columnOf('y,z\n"7,64",1\n"2,57",2\n', { decimal: ',' }, 2), [7.64, 2.57].map(Math.fround));
  });

  it('is a comma where numbers have decimal points, although the experiment has decimal commas', () => {
    assert.match(
      refusal('t,y\n1,2.5\n3,4.5\n', { decimal: ',' }),
      /"a\.csv" has commas between its cells and decimal points in them \(2\.5 in row 2\), but "decimal" is ",": .* there is no column "y"\. Set "decimal" to "\."\.$/,
    );
  });

  it('is named where another one was specified, also for names in quotes', () => {
    for (const text of ['a,y\n1,2\n3,4\n', '"a","y"\n1,2\n3,4\n']) {
      assert.match(refusal(text, { delimiter: ';' }), /but it has one with ","\. Set "delimiter" to ","/);
    }
  });

  it('must be specified if it is ambiguous', () => {
    const message = refusal('a,b;c\n1,x;3\n4,x;6\n');
    assert.match(message, /can be read with ",", ";" between its cells. Name one of them in "delimiter"/);
    assert.deepEqual(columnOf('y,b;c\n1,x;3\n4,x;6\n', { delimiter: ',' }, 2), [1, 4]);
  });

  it('may have a decimal comma, no header, own texts for missing values, and rows of empty cells at its end', () => {
    assert.deepEqual(
      columnOf('1;2,5\n2;,5\n3;-1e1\n;\n;\n', { header: false, decimal: ',', inputs: ['2'] }, 3),
      [2.5, 0.5, -10],
    );
    assert.match(
      refusal('1,2\n3,4\n', { header: false, inputs: ['3'] }),
      /without a header its columns are "1" to "2"/,
    );
    const gaps = 'y\n1\n-\n-999\n-999.0\n5\n';
    assert.deepEqual(columnOf(gaps, { missing: ['-', -999], gaps: 'interpolate' }, 5), [1, 2, 3, 4, 5]);
  });

  it('may end with blank lines of any kind, and has missing values where other rows follow cells that are all empty', () => {
    for (const end of ['   ', '""', '"" ', ',,,', ',', '"",""', ' , ', '\t', '\n\n  ', '"","",""']) {
      assert.deepEqual(columnOf(`x,y\n1,2\n2,3\n3,4\n${end}\n`, {}, 3), [2, 3, 4], JSON.stringify(end));
    }
    // As pandas.read_csv: a line of a single column in quotes or of blanks is an empty cell, and an empty line is none.
    for (const cell of ['""', '  '])
      assert.match(refusal(`y\n1\n${cell}\n3\n4\n`), /1 missing value .* row 3 \(an empty/);
    assert.match(refusal('y\n1\n\n3\n4\n'), /row 3 is blank/);
    assert.match(refusal('x,y\n1,2\n  \n3,4\n'), /row 3 is blank/);
  });

  it('is what its first line says; one that is not read is named', () => {
    assert.deepEqual(columnOf('sep=\\t\nx\ty\n1\t2\n2\t3\n', {}, 2), [2, 3]);
    assert.match(refusal('sep=:\nx:y\n1:2\n2:3\n'), /^The first line of "a\.csv" says that ":" is between its cells/);
    assert.match(
      refusal('sep=,\nx;y\n1,5;2\n2,5;3\n', { decimal: ',' }),
      /no column "y" with "," between its cells, as its first line says, but it has one with ";"/,
    );
    assert.match(refusal('sep=;\n'), /its first row is empty/);
  });

  it('cannot be told where commas stand between cells and before decimals: the message says so', () => {
    const rows = 'x,y\n1,5,2,5\n2,5,3,5\n';
    for (const text of [rows, `sep=,\n${rows}`]) {
      assert.match(refusal(text), /has 4 cells, but the first row has 2\. If commas stand before its decimals, too/);
    }
    assert.match(
      refusal(rows, { decimal: ',' }),
      /"decimal" is ",", and commas between its cells, too, cannot be told/,
    );
    assert.match(refusal('x,y\na,b,c\n1,2\n'), /has 3 cells, but the first row has 2\. .*Otherwise give every row/);
  });

  it('is not guessed where decimal commas and quotes allow two', () => {
    // Of `npm run fuzz`: blanks are between the cells, and 646 and 5 would have been read for 231.646 and 0.5.
    const text = 'w|;  231,646\r\n"w,.0\n é" ,5\n';
    const data = { decimal: ',', header: false, inputs: ['2'], length: 1 };
    assert.match(refusal(text, data), /can be read with ",", " " between its cells/);
    assert.deepEqual(columnOf(text, { ...data, delimiter: ' ' }, 2), [231.646, 0.5].map(Math.fround));
  });

  it('with an error in the quotes of its header is refused for it', () => {
    assert.match(refusal('x,"y\n1,2\n2,3\n'), /row 1 cannot be parsed \(a quoted cell is not terminated\)/);
    assert.match(refusal('"x"z,y\n1,2\n2,3\n'), /row 1 cannot be parsed \(text after the closing quote of a cell\)/);
  });

  it('is not chosen among several by a single row', () => {
    const found = (text: string) => findDelimiter(() => [text], ',');
    assert.deepEqual(found('a\t\tb  346,5  c\n'), { kind: 'ambiguous', delimiters: ['\t', ' '] });
    assert.deepEqual(found('1;2,5\n'), { kind: 'delimiter', delimiter: ';' });
  });

  it('is a comma beside a cell in quotes, whatever the decimals are', () => {
    const all = '"1","2"\n"3","4"\n"5","6"\n';
    assert.deepEqual(columnOf(all, { header: false, decimal: ',', inputs: ['2'] }, 3), [2, 4, 6]);
    const some = '1,"2,5"\n3,"4"\n5,"6,5"\n';
    assert.deepEqual(columnOf(some, { header: false, decimal: ',', inputs: ['2'] }, 3), [2.5, 4, 6.5]);
    assert.deepEqual(columnOf('y\n2,5\n3,5\n', { decimal: ',' }, 2), [2.5, 3.5]);
    assert.deepEqual(columnOf('y\n"2,5"\n"3,5"\n', { decimal: ',' }, 2), [2.5, 3.5]);
  });

  it('may be named by the first line, as Excel writes it', () => {
    for (const first of ['sep=;\r\n', '"sep=;"\n', 'SEP=;\n']) {
      assert.deepEqual(columnOf(`${first}a,b;y\n1,x;3\n4,x;6\n`, {}, 2), [3, 6]);
    }
    assert.deepEqual(columnOf('sep=|\n1|3\n4|6\n', { header: false, inputs: ['2'] }, 2), [3, 6]);
    assert.match(refusal('sep=;\na;y\n1;x\n'), /row 3 has "x"/);
    assert.deepEqual(columnOf('sep=,y\n1,3\n4,6\n', {}, 2), [3, 6]);
  });

  it('says what to do about a table without a header', () => {
    assert.match(
      refusal('0,20.32\n1,21.79\n'),
      /has no column "y": its first row has only numbers\. Set "header" to false to use the columns "1" to "2"/,
    );
  });

  it('says that two names which look the same are not', () => {
    assert.match(
      refusal('t,Temp\u00e9\n1,2\n', { inputs: ['Tempe\u0301'] }),
      /did you mean "Temp\u00e9"\? It looks the same but has other Unicode characters/,
    );
  });

  it('says what to do about thousands separators and the other decimal separator', () => {
    assert.match(refusal('a;y\n1;"1,200.50"\n'), /"1,200\.50".*Remove the thousands separators/);
    assert.match(
      refusal('a;y\n1;"1,200"\n'),
      /"1,200".*before the decimals, set "decimal" to ","; if it separates thousands, remove it/,
    );
    assert.match(refusal('a;y\n1;1.5\n', { decimal: ',' }), /Set "decimal" to "\."/);
  });

  it('is read back as it was written, for random tables', () => {
    const cell = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })).map(
      // -0 is written as 0.
      (value) => value + 0,
    );
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', ' '),
      decimal: fc.constantFrom('.', ','),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      quoted: fc.boolean(),
      header: fc.boolean(),
      rows: fc.array(fc.tuple(cell, cell), { minLength: 3, maxLength: 60 }),
    });
    fc.assert(
      fc.property(dialect, ({ delimiter, decimal, end, quoted, header, rows }) => {
        const write = (value: number): string => {
          const text = String(value).replace('.', decimal);
          return quoted || text.includes(delimiter) ? `"${text}"` : text;
        };
        const lines = rows.map((row) => row.map(write).join(delimiter));
        const text = [...(header ? [`x${delimiter}y`] : []), ...lines].join(end) + end;
        const inputs = [header ? 'y' : '2'];
        assert.deepEqual(
          columnOf(text, { inputs, header, decimal, delimiter }, rows.length),
          rows.map(([, value]) => Math.fround(value)),
        );
        if (quoted || decimal === '.') {
          assert.deepEqual(
            columnOf(text, { inputs, header, decimal }, rows.length),
            rows.map(([, value]) => Math.fround(value)),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('Gaps of a table', () => {
  const gappy = 'y\n1\n\u0020NA\n3\n4\n?\n6\n7\n8\n9\n10\nNaN\n12\n';

  it('are rejected with their number and the first rows, unless the experiment sets "gaps"', () => {
    assert.match(
      refusal(`${gappy}null\n14\nnan\n16\n`),
      /5 missing values.*row 3 \("NA" in column "y"\), row 6 \("\?" in column "y"\), row 12 \("NaN" in column "y"\), 2 more\. Set "gaps"/,
    );
  });

  it('are counted apart from their rows, where a row has several', () => {
    const rows = Array.from({ length: 9 }, (_, row) => (row % 2 === 0 ? 'NA,NA' : `${row},1`));
    assert.match(
      refusal(`y,z\n${rows.join('\n')}\n`, { inputs: ['y', 'z'] }),
      /has 10 missing values in 5 rows in the columns that are used: row 2 .*, row 4 .*, row 6 .*, 2 more rows\. Set/,
    );
  });

  it('that leave no held-out row to predict are a finding before training', () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row},${row < 20 ? row : 'NA'}`);
    const data = table({ inputs: ['y', 'z'], gaps: 'skip', length: 4, normalize: 'standard', validation: 0.2 });
    const source = opened({ data, batch: 1 }, `y,z\n${rows.join('\n')}\n`);
    assert.deepEqual([...source.validation()], []);
    assert.match(source.findings?.[0]?.message ?? '', /^No held-out row of "a\.csv" can be predicted/);
    // A row has a loss only if it has all of its targets.
    for (const [targets, isPredicted] of [
      [['y', 'z'], false],
      [['y'], true],
    ] as const) {
      const masked = opened({ data: { ...data, targets, gaps: 'mask' }, batch: 1 }, `y,z\n${rows.join('\n')}\n`);
      assert.equal([...masked.validation()].length > 0, isPredicted);
      assert.equal(masked.findings?.length, isPredicted ? 0 : 1);
    }
  });

  it('are interpolated linearly, as by pandas.Series.interpolate, also at the end', () => {
    // pandas: pd.Series([1, nan, 3, 4, nan, 6, 7, 8, 9, 10, nan, 12]).interpolate()
    assert.deepEqual(
      columnOf(gappy, { gaps: 'interpolate' }, 12),
      Array.from({ length: 12 }, (_, row) => row + 1),
    );
    assert.deepEqual(columnOf('a,y\n1,\n2,5\n3,\n4,\n5,11\n6,\n', { gaps: 'interpolate' }, 6), [
      ...[5, 5, 7, 9, 11],
      undefined,
    ]);
  });

  it('are in no window with "skip"', () => {
    const source = opened({ data: table({ gaps: 'skip' }), batch: 4 }, gappy);
    const seen = new Set<string>();
    for (let count = 0; count < 50; count++) {
      const window = source.next();
      for (let sequence = 0; sequence < 4; sequence++) {
        seen.add([...inputsOf(window, sequence).flat(), targetsOf(window, sequence).at(-1)].join(' '));
      }
    }
    // Three consecutive rows without a gap: two inputs, and the target of the second.
    assert.deepEqual([...seen].sort(), ['6 7 8', '7 8 9', '8 9 10']);
    assert.match(
      refusal('y\n1\nNA\n2\nNA\n3\nNA\n', { gaps: 'skip' }),
      /no window of 2 rows that can be trained on: each one has a gap\. Use a smaller length/,
    );
  });

  it('have no loss with "mask"; an input repeats its last value, and a second input marks the gaps', () => {
    const source: Source = opened({ data: table({ gaps: 'mask', length: 11 }), batch: 1 }, gappy);
    assert.deepEqual(source.inputNames, ['y', 'y missing']);
    assert.deepEqual([source.inputs, source.outputs], [2, 1]);
    const window = source.next();
    assert.deepEqual(inputsOf(window, 0), [
      [1, 0],
      [1, 1],
      [3, 0],
      [4, 0],
      [4, 1],
      [6, 0],
      [7, 0],
      [8, 0],
      [9, 0],
      [10, 0],
      [10, 1],
    ]);
    assert.deepEqual(targetsOf(window, 0), [undefined, 3, 4, undefined, 6, 7, 8, 9, 10, undefined, 12]);
    assert.deepEqual(source.table?.gaps, {
      cells: 3,
      rows: 3,
      first: [
        { line: 3, column: 'y', cell: 'NA', place: { line: 3, column: 1, length: 3 } },
        { line: 6, column: 'y', cell: '?', place: { line: 6, column: 1, length: 1 } },
        { line: 12, column: 'y', cell: 'NaN', place: { line: 12, column: 1, length: 3 } },
      ],
    });
  });

  it('are ignored in statistics, as in scikit-learn', () => {
    // Training rows 1, NA, 5, 3, 7, NA: mean 4, variance 5 (sklearn.preprocessing.StandardScaler, without NaN).
    const text = 'y\n1\nNA\n5\n3\n7\nNA\n100\n200\n300\n';
    const data = table({ gaps: 'mask', normalize: 'standard', length: 3, validation: 0.34 });
    const source = opened({ data, batch: 1 }, text);
    const values = new Set(Array.from({ length: 30 }, () => inputsOf(source.next(), 0).map(([y]) => y)).flat());
    const expected = [1, 5, 3, 7].map((y) => Math.fround((y - 4) / Math.sqrt(5)));
    assert.ok(
      [...values].every((value) => expected.includes(value ?? NaN)),
      [...values].join(' '),
    );
    // Persistence, by the last known value: 1 → 5, 5 → 3 and 3 → 7, squared and divided by the variance; mean: 1.
    const [mean, persistence] = ['mean', 'persistence'].map(
      (name) => source.baselines.find((baseline) => baseline.name === name)?.value,
    );
    assert.ok(Math.abs((mean ?? NaN) - 1) < 1e-12);
    assert.ok(Math.abs((persistence ?? NaN) - (16 + 4 + 16) / 3 / 5) < 1e-12);
  });

  it('make each held-out row with a value a target at most once, and every row that a window without gaps reaches', () => {
    const cells = fc.array(fc.boolean(), { minLength: 40, maxLength: 90 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }), (present, length, horizon) => {
        // Each value is its row; the training part has no gaps.
        const text = `y,z\n${present.map((has, row) => `${has || row < 20 ? row : 'NA'},0`).join('\n')}\n`;
        const validation = (present.length - 20) / present.length;
        const held = Math.floor(present.length * validation);
        const source = opened({ data: table({ gaps: 'skip', length, horizon, validation }), batch: 1 }, text);
        const isGap = (row: number): boolean => row >= 20 && !(present[row] ?? true);
        const predicted: number[] = [];
        for (const window of source.validation()) {
          for (let sequence = 0; sequence < window.batch; sequence++) {
            const rows = inputsOf(window, sequence).map(([y]) => y ?? NaN);
            assert.ok(rows.every((row, t) => row === (rows[0] ?? NaN) + t && !isGap(row)));
            predicted.push(...targetsOf(window, sequence).filter((target) => target !== undefined));
          }
        }
        assert.equal(new Set(predicted).size, predicted.length);
        const reachable = Array.from({ length: held }, (_, index) => present.length - held + index).filter((row) => {
          const first = row - horizon - length + 1;
          return !isGap(row) && Array.from({ length }, (_, t) => first + t).every((input) => !isGap(input));
        });
        assert.deepEqual(
          reachable.filter((row) => !predicted.includes(row)),
          [],
        );
      }),
    );
  });
});
