import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Source } from '../../../src/data/source';
import { rescalingOf } from '../../../src/data/table/normalization';
import { inputsOf, problemOf, opened, targetsOf } from './openedSource';

/** A table whose one column counts its rows from 0, so that every value is its row. */
const counting = (rows: number) => `n\n${Array.from({ length: rows }, (_, row) => row).join('\n')}\n`;
const plain = (more: object = {}) => ({
  csv: 'a.csv',
  inputs: ['n'],
  normalize: 'none',
  length: 6,
  validation: 0.25,
  ...more,
});
const rowsOf = (source: Source) => [...source.validation()];

describe('windows of a table', () => {
  it('start at random rows of the training part, from zero state; the target of each step is `horizon` rows later', () => {
    const source = opened({ data: plain({ horizon: 3 }), batch: 8 }, counting(40));
    const seen = new Set<number>();
    for (let count = 0; count < 80; count++) {
      const window = source.next();
      assert.ok(window.reset.every((reset) => reset === 1));
      for (let sequence = 0; sequence < 8; sequence++) {
        const rows = inputsOf(window, sequence).map(([row]) => row);
        assert.deepEqual(
          rows,
          rows.map((_, t) => rows[0] + t),
        );
        assert.deepEqual(
          targetsOf(window, sequence),
          rows.map((row) => row + 3),
        );
        seen.add(rows[0]);
      }
    }
    // 30 training rows: the last window starts at row 21 and has row 29 as its last target.
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      Array.from({ length: 22 }, (_, row) => row),
    );
  });

  it('take inputs and targets from the named columns', () => {
    const text = `a,b,c\n${Array.from({ length: 20 }, (_, row) => `${row},${100 + row},${200 + row}`).join('\n')}`;
    const source = opened({ data: plain({ inputs: ['c', 'a'], targets: ['b'], length: 4 }), batch: 1 }, text);
    assert.deepEqual([source.inputs, source.outputs], [2, 1]);
    assert.deepEqual([source.inputNames, source.outputNames], [['c', 'a'], ['b']]);
    const window = source.next();
    const [[c, a]] = inputsOf(window, 0);
    assert.equal(c, a + 200);
    assert.equal(targetsOf(window, 0)[0], a + 101);
  });

  it('have every held-out row as a target exactly once, after at least half a window of rows', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 30, max: 200 }),
      length: fc.integer({ min: 1, max: 12 }),
      horizon: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(sizes, ({ rows, length, horizon }) => {
        const source = opened({ data: plain({ length, horizon }), batch: 4 }, counting(rows));
        const held = Math.floor(rows * 0.25);
        const asked: number[] = [];
        for (const window of rowsOf(source)) {
          for (let sequence = 0; sequence < window.batch; sequence++) {
            const targets = targetsOf(window, sequence);
            const first = targets.findIndex((target) => target !== undefined);
            assert.ok(first >= Math.floor(length / 2), 'too little context');
            assert.ok(targets.slice(first).every((target) => target !== undefined));
            for (let t = first; t < length; t++) {
              assert.equal(targets[t], inputsOf(window, sequence)[t][0] + horizon);
              asked.push(targets[t] ?? NaN);
            }
          }
        }
        assert.deepEqual(
          asked.sort((a, b) => a - b),
          Array.from({ length: held }, (_, row) => rows - held + row),
        );
      }),
    );
  });

  it('hold nothing out with a validation of 0', () => {
    assert.deepEqual(rowsOf(opened({ data: plain({ validation: 0 }), batch: 1 }, counting(12))), []);
  });
});

describe('normalisation', () => {
  const values = [1, 5, 3, 7, 100, 200];
  const text = `n\n${values.join('\n')}`;
  const first = (normalize: string) => {
    const source = opened({ data: plain({ normalize, length: 3, validation: 0.34 }), batch: 1 }, text);
    return inputsOf(source.next(), 0).flat();
  };

  it('uses the statistics of the training part only', () => {
    // Training rows 1, 5, 3, 7: mean 4, variance 5.
    assert.deepEqual(first('none'), [1, 5, 3]);
    assert.deepEqual(
      first('standard'),
      [-3, 1, -1].map((n) => Math.fround(n / Math.sqrt(5))),
    );
    assert.deepEqual(first('minmax'), [0, 4 / 6, 2 / 6].map(Math.fround));
  });

  it('maps a constant column to 0', () => {
    // Sums of most decimal fractions are rounded, so that the mean differs from the value.
    const constants = ['4', '0.1', '0.3', '1.1', '14.62', '123456.789', '-3.3e30', '0'];
    for (const [value, normalize] of constants.flatMap((one) => [
      [one, 'standard'] as const,
      [one, 'minmax'] as const,
    ])) {
      const source = opened({ data: plain({ normalize }), batch: 1 }, `n\n${`${value}\n`.repeat(12)}`);
      assert.ok(
        inputsOf(source.next(), 0)
          .flat()
          .every((value) => value === 0),
      );
    }
  });
});

describe('normalisation of a column that is constant in the training part', () => {
  it('only shifts it, so that a change in the held-out part is not scaled', () => {
    for (const normalize of ['standard', 'minmax']) {
      const text = `n\n${'0.1\n'.repeat(30)}${'0.2\n'.repeat(10)}`;
      const source = opened({ data: plain({ normalize }), batch: 1 }, text);
      const targets = rowsOf(source).flatMap((window) => targetsOf(window, 0).filter((target) => target !== undefined));
      assert.deepEqual([...new Set(targets)], [Math.fround(0.2 - 0.1)]);
    }
  });

  it('treats rounding noise as constant, but not a real variation, however small', () => {
    const scaleOf = (values: number[]) => rescalingOf(Float64Array.from(values), 'standard').scale;
    // sqrt((n² − 1) / 12) is the standard deviation of 1 to n; the squares of these numbers are 0 in double precision.
    const tiny = scaleOf(Array.from({ length: 16 }, (_, i) => (i + 1) * 1e-200));
    assert.ok(Math.abs(tiny / (Math.sqrt(255 / 12) * 1e-200) - 1) < 1e-12, String(tiny));
    assert.equal(scaleOf([0.3, 0.1 + 0.2, 0.3]), 1);
    // numpy.std([101325.00001, 101325.00002]) and numpy.std([1e-20, 3e-20])
    assert.ok(Math.abs(scaleOf([101325.00001, 101325.00002]) - 5.0e-6) < 1e-10);
    assert.ok(Math.abs(scaleOf([1e-20, 3e-20]) - 1e-20) < 1e-34);
  });
});

describe('the baselines of a table', () => {
  it('are the variance of the training part and persistence on both parts, in the unit of the loss', () => {
    const text = 'n,m\n0,0\n1,0\n4,0\n9,0\n16,2\n25,2\n';
    const data = plain({ inputs: ['n', 'm'], length: 2, validation: 0.34 });
    const values = (more: object = {}) =>
      opened({ data, batch: 1, ...more }, text).baselines.map(({ name, value }) => [name, value]);
    // Training rows n = 0, 1, 4, 9 (mean 3.5, variance 12.25), m = 0; steps 1, 3, 5; held out 7, 9 and 2, 0. The held-out
    // n = 16, 25 are 12.5 and 21.5 from the mean, m = 2, 2 is 2 from it.
    assert.deepEqual(values(), [
      ['mean', 12.25 / 2],
      ['mean, held out', (309.25 + 4) / 2],
      ['persistence', 35 / 3 / 2],
      ['persistence, held out', (130 / 2 + 4 / 2) / 2],
    ]);
    assert.deepEqual(
      values({ loss: { reduction: 'sum' } }).map(([, value]) => value),
      [2 * 12.25, 2 * 313.25, (2 * 35) / 3, 2 * 67],
    );
  });

  it('has a loss of 1 for the mean after standardising', () => {
    const source = opened({ data: plain({ normalize: 'standard' }), batch: 1 }, counting(40));
    assert.ok(Math.abs((source.baselines[0]?.value ?? NaN) - 1) < 1e-12);
  });
});

describe('the file of a table', () => {
  const numbers = (text: string, data: object = {}) => {
    const source = opened({ data: plain({ length: 2, validation: 0, ...data }), batch: 1 }, text);
    const window = source.next();
    return [...inputsOf(window, 0).flat(), targetsOf(window, 0).at(-1)];
  };

  it('may have quotes, Windows line ends, a byte-order mark, other delimiters and blank lines at its end', () => {
    const rows = [1, -2.5, 3e2];
    assert.deepEqual(numbers('n\n1\n-2.5\n3e2'), rows);
    assert.deepEqual(numbers('\uFEFFn\r\n1\r\n-2.5\r\n3e2\r\n\r\n'), rows);
    assert.deepEqual(numbers('name,"n"\n"a, ""b""\nc",1\nx,"-2.5"\ny, 3e2 \n'), rows);
    assert.deepEqual(numbers('n;name\n1;a,b,c\n-2.5;a,b,c\n3e2;a,b,c\n'), rows);
    assert.deepEqual(numbers('n\tname\n1\ta b\n-2.5\ta\n3e2\tx\n'), rows);
  });

  it('needs the requested columns: a missing one is reported once, with the nearest name and all columns', () => {
    const problem = problemOf({ data: plain({ inputs: ['sunspot'] }), batch: 1 }, 'year,sunspots\n1700,5\n');
    assert.deepEqual(problem.keyPath, ['data', 'inputs', 0]);
    assert.match(
      problem.message,
      /no column "sunspot": did you mean "sunspots"\? The columns are "year", "sunspots"\./,
    );
    const target = problemOf(
      { data: plain({ inputs: ['year'], targets: ['x'] }), batch: 1 },
      'year,sunspots\n1700,5\n',
    );
    assert.deepEqual(target.keyPath, ['data', 'targets', 0]);
    assert.match(problemOf({ data: plain(), batch: 1 }, 'n,n\n1,2\n').message, /2 columns named "n"/);
  });

  it('reports the line in the file of a gap, a word or a row of another width', () => {
    const withRow = (line: number, row: string) =>
      ['name,n', ...Array.from({ length: 2000 }, (_, index) => (index + 2 === line ? row : 'x,1'))].join('\n');
    const refusal = (text: string) => problemOf({ data: plain(), batch: 1 }, text);
    assert.match(
      refusal(withRow(1234, 'x,')).message,
      /1 missing value in the columns that are used: row 1,234 \(an empty cell in column "n"\)/,
    );
    assert.match(refusal(withRow(1234, 'x,rain')).message, /row 1,234 has "rain" in column "n", which is not a number/);
    assert.match(refusal(withRow(2, 'x,1,2')).message, /row 2 has 3 cells, but the first row has 2/);
    assert.match(refusal(withRow(2001, 'x')).message, /row 2,001 has 1 cell, but/);
    assert.match(refusal(withRow(7, '')).message, /row 7 is blank/);
    assert.deepEqual(refusal(withRow(7, 'x,')).keyPath, ['data', 'csv']);
  });

  it('counts the lines of empty rows, however they end', () => {
    const rows = ['1,1', ',', '2,2', ',', ',', '3,3', ',', '4,4'];
    for (const ends of [['\r\r\n'], ['\n'], ['\r\r\n', '\n', '\r', '\r\n']]) {
      const text = ['name,n', ...rows].map((row, index) => row + (ends[index % ends.length] ?? '')).join('');
      const lines = text.split(/\r\n|\r|\n/);
      const empty = lines.flatMap((line, index) => (line === ',' ? [index + 1] : []));
      assert.match(
        problemOf({ data: plain(), batch: 1 }, text).message,
        new RegExp(
          `4 missing values.*: ${empty
            .slice(0, 3)
            .map((line) => `row ${line} \\(an empty cell in column "n"\\)`)
            .join(', ')}, 1 more`,
        ),
      );
    }
  });

  it('counts lines, not records, where a quoted cell has several', () => {
    const text = 'name,n\r\n"two\r\nlines",1\r\nx,\r\n';
    assert.match(problemOf({ data: plain(), batch: 1 }, text).message, /row 4 \(an empty cell/);
  });

  it('accepts only numbers as numbers', () => {
    for (const word of ['Infinity', '0x10', '1 2', '1_000', '-', '.']) {
      const { message } = problemOf({ data: plain(), batch: 1 }, `a,n\nx,${word}\n`);
      assert.ok(message.includes(`"${word}"`), message);
    }
    assert.match(problemOf({ data: plain(), batch: 1 }, 'a;n\nx;3,14\n').message, /"3,14".*Set "decimal" to ","/);
  });

  it('rejects numbers beyond single precision', () => {
    for (const word of ['1.7e308', '-9.97e38', '1e999', '3.4028236e38']) {
      const { message } = problemOf({ data: plain(), batch: 1 }, `a,n\nx,1\nx,${word}\n`);
      assert.ok(message.includes(`row 3 has "${word}" in column "n", which is beyond single precision`), message);
    }
    assert.deepEqual(
      numbers('n\n3.4028234e38\n-3.4028234e38\n0'),
      [3.4028234e38, -3.4028234e38].map(Math.fround).concat(0),
    );
  });

  it('is rejected if its quotes are broken', () => {
    assert.match(
      problemOf({ data: plain(), batch: 1 }, 'a,n\nx,1\n"y,2\nz,3\n').message,
      /row 3 cannot be parsed.*Fix its quotes/,
    );
  });

  it('is rejected if it is empty, binary or too short', () => {
    assert.match(problemOf({ data: plain(), batch: 1 }, '').message, /is empty/);
    assert.match(problemOf({ data: plain(), batch: 1 }, new Uint8Array([1, 0])).message, /binary/);
    const { message } = problemOf({ data: plain({ validation: 0 }), batch: 1 }, counting(6));
    assert.match(message, /6 rows, 6 of them for training; a window of 6 and its target 1 later need 7/);
    opened({ data: plain({ validation: 0 }), batch: 1 }, counting(7));
    const held = problemOf({ data: plain({ validation: 0.01 }), batch: 1 }, counting(20));
    assert.deepEqual(held.keyPath, ['data', 'validation']);
    assert.match(problemOf({ data: plain(), batch: 1 }, 'n\n').message, /0 rows/);
  });
});
