import assert from 'node:assert/strict';
import fc from 'fast-check';
import { extremesOf, isolatedValues } from '../../../src/data/table/extremeValues';
import { randomFrom } from '../../../src/data/random';
import { opened } from './openedSource';

interface Found {
  readonly key: string;
  readonly at: string;
  readonly level: string;
  readonly message: string;
}

/** The findings about a table. */
function findingsIn(text: string, data: object = {}): readonly Found[] {
  const table = { csv: 'a.csv', inputs: ['y'], length: 5, ...data };
  return (opened({ data: table, batch: 1 }, text).findings ?? []).map(({ keyPath, at, level, message }) => ({
    key: keyPath.join('.'),
    at: at.join('.'),
    level,
    message,
  }));
}

/** A table of one column y. */
const column = (values: readonly (number | string)[]): string => `y\n${values.join('\n')}\n`;

/** A temperature with a yearly course, to one decimal. */
const temperature = (day: number): number =>
  Math.round(10 * (12 + 9 * Math.sin(day / 58) + 3 * Math.sin(7 * day))) / 10;
const temperatures = Array.from({ length: 400 }, (_, day) => temperature(day));
const replaced = (values: readonly number[], places: Readonly<Record<number, number | string>>) =>
  values.map((value, row) => places[row] ?? value);

/**
 * Columns of published tables: the isolation of their most isolated value (its distance from the nearest other value,
 * relative to the range of the others), and the distance of the farthest value from the median in units of 1.4826 times
 * the median absolute deviation. The isolation tells codes from values; the distance from the median does not.
 */
const measured = {
  codes: {
    'Air Quality, CO': { isolation: 17, fromMedian: 136 },
    'Air Quality, C6H6': { isolation: 3.15, fromMedian: 31 },
    'Air Quality, T': { isolation: 4.26, fromMedian: 22 },
    'Air Quality, RH': { isolation: 2.63, fromMedian: 12 },
    'Air Quality, AH': { isolation: 97.8, fromMedian: 449 },
    'Jena-like temperatures with -9999': { isolation: 380, fromMedian: 2250 },
  },
  values: {
    'Beijing, PM2.5': { isolation: 0.097, fromMedian: 12.7 },
    'Beijing, hours of wind': { isolation: 0.017, fromMedian: 87 },
    'Beijing, hours of snow': { isolation: 0.143, fromMedian: Infinity },
    'ETTh1, MUFL': { isolation: 0.042, fromMedian: 7.9 },
    'ETTh1, LUFL': { isolation: 0.14, fromMedian: 6.3 },
    'airline passengers': { isolation: 0.103, fromMedian: 2.7 },
    'daily minimum temperatures': { isolation: 0.044, fromMedian: 3.7 },
    'Seattle, precipitation': { isolation: 0.146, fromMedian: Infinity },
    'Seattle, wind': { isolation: 0.083, fromMedian: 4.9 },
    'yearly sunspots': { isolation: 0.162, fromMedian: 3.8 },
  },
} as const;

describe('Findings about a table', () => {
  it('separate codes from values by a threshold between those of published columns', () => {
    const isolations = (columns: Readonly<Record<string, { readonly isolation: number }>>) =>
      Object.values(columns).map(({ isolation }) => isolation);
    assert.ok(Math.min(...isolations(measured.codes)) > 1);
    assert.ok(Math.max(...isolations(measured.values)) < 1 / 5);
    const distances = (columns: Readonly<Record<string, { readonly fromMedian: number }>>) =>
      Object.values(columns).map(({ fromMedian }) => fromMedian);
    const [codes, values] = [distances(measured.codes), distances(measured.values)];
    assert.ok(Math.min(...codes) < Math.max(...values), 'the distance from the median would do');
  });

  it('name a code for missing values, with column, rows, count and key', () => {
    const [found, ...others] = findingsIn(
      column(replaced(temperatures, { 10: -9999, 11: -9999, 200: -9999, 201: -9999 })),
    );
    assert.deepEqual(others, []);
    assert.equal(found.level, 'warning');
    assert.deepEqual([found.key, found.at], ['data.missing', 'data.inputs.0']);
    assert.match(
      found.message,
      /^Column "y" of "a.csv" is -9999 in 4 rows \(12, 13, 202 and 1 more\), and from 0\.1 to 24 in/,
    );
    assert.match(
      found.message,
      /list it in "missing", as \[-9999\], and set "gaps" to "skip", "mask" or "interpolate"\.$/,
    );
    const gaps = { gaps: 'mask', missing: ['-'] };
    assert.match(
      findingsIn(column(replaced(temperatures, { 10: -9999, 11: '-' })), gaps)[0].message,
      /add it to "missing"\.$/,
    );
    assert.deepEqual(findingsIn(column(replaced(temperatures, { 10: -9999 })), { gaps: 'mask', missing: [-9999] }), []);
  });

  it('name one code once, however many columns have it, and each of several codes', () => {
    const rows = temperatures.map((value, row) => [value, value + 20, row % 50 === 7 ? -999 : 1000 + value].join());
    const both = rows.map((row, index) => (index % 90 === 3 ? '-200,-200,-999' : row));
    const found = findingsIn(`a,b,c\n${both.join('\n')}\n`, { inputs: ['a', 'b', 'c'] });
    assert.equal(found.length, 2);
    assert.match(
      found[0].message,
      /has -200 in 2 columns, far from all other values: 5 times in "a", 5 times in "b"; in "a" in row 5, 95, 185 and 2 more/,
    );
    assert.match(found[1].message, /^Column "c" of "a.csv" is -999 in 13 rows/);
    const two = findingsIn(column(replaced(temperatures, { 3: -9999, 4: -9999, 9: -999, 90: -999 })));
    assert.deepEqual(
      two.map(({ message }) => /is (-\d+) in/.exec(message)?.[1]),
      ['-9999', '-999'],
    );
  });

  it('find a code that is less far away than the values are from each other, if nothing else is negative', () => {
    const concentrations = temperatures.map((value) => Math.round(60 * Math.abs(value)));
    const [found] = findingsIn(column(replaced(concentrations, { 5: -200, 6: -200, 70: -200 })));
    assert.match(found.message, /is -200 in 3 rows/);
    // A balance may be negative.
    assert.deepEqual(findingsIn(column(replaced(concentrations, { 5: -200, 6: -200, 70: -150 }))), []);
  });

  it('name an isolated value, which may be a mistake, with its row', () => {
    const [found, ...others] = findingsIn(column(replaced(temperatures, { 300: 2015, 20: 1.7e38 })));
    assert.deepEqual(others, []);
    assert.deepEqual([found.key, found.at, found.level], ['data.missing', 'data.inputs.0', 'warning']);
    assert.match(found.message, /has 2015 in row 302, 1\.7e\+38 in row 22, and from 0\.1 to 24 in all others/);
  });

  it('name the line of a row in the file, whatever lies before it', () => {
    const cells = replaced(temperatures, { 100: -9999, 101: -9999 });
    const text = `sep=;\r\nnote;y\r\n"two\nlines";5\r\n${cells.map((value) => `x;${value}`).join('\r\n')}\r\n\r\n`;
    assert.match(findingsIn(text)[0].message, /is -9999 in 2 rows \(105, 106\)/);
    const sorted = temperatures.map((value, day) => `${400 - day};${day < 2 ? -9999 : value}`);
    assert.match(findingsIn(`t;y\n${sorted.join('\n')}\n`, { time: 't' })[0].message, /\(3, 2\)/);
  });

  it('are silent about heavy tails, counts, flags and steps', () => {
    const random = randomFrom(1, 'training');
    const shapes: Readonly<Record<string, () => number>> = {
      // Rain: three of four days are dry, the others exponential.
      rain: () => (random.chance(0.75) ? 0 : Math.round(-100 * Math.log(1 - random.uniform())) / 10),
      lognormal: () => Math.exp(random.normal()),
      counts: () => Math.floor(-2 * Math.log(1 - random.uniform())),
      flag: () => (random.chance(0.98) ? 0 : 1),
    };
    for (const [name, shape] of Object.entries(shapes)) {
      let alarms = 0;
      for (let table = 0; table < 200; table++) {
        const values = Float64Array.from({ length: 500 }, shape);
        if (isolatedValues(extremesOf(values)) !== undefined) alarms += 1;
      }
      assert.ok(alarms <= 2, `${name}: ${alarms} of 200`);
    }
  });

  it('collect the extremes of any column in one pass, as sorting does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.double()), { maxLength: 300 }), (values) => {
        const { values: found, isComplete } = extremesOf(Float64Array.from(values));
        const different = [...new Set(values.filter((value) => !Number.isNaN(value)).map((value) => value + 0))];
        const sorted = different.toSorted((one, other) => one - other);
        const expected = sorted.length <= 96 ? sorted : [...sorted.slice(0, 48), ...sorted.slice(-48)];
        assert.deepEqual(
          // −0 is 0.
          found.map(({ value }) => value + 0),
          expected,
        );
        assert.equal(isComplete, sorted.length < 48);
        for (const { value, count, rows } of found) {
          const places = [...values.keys()].filter((row) => values[row] === value);
          assert.deepEqual([count, rows], [places.length, places.slice(0, 3)]);
        }
      }),
    );
  });

  it('name a constant column, also one whose spread is rounding noise', () => {
    const rows = temperatures.map(
      (value, row) => `${value},${row < 350 ? 0.1 : 0.2},${0.1 + 0.2},${row % 2 === 0 ? 0.3 : 0.1 + 0.2}`,
    );
    const text = `y,flag,same,noise\n${rows.join('\n')}\n`;
    const [flag] = findingsIn(text, { inputs: ['y', 'flag'] });
    assert.deepEqual([flag.key, flag.at, flag.level], ['data.inputs', 'data.inputs.1', 'hint']);
    assert.match(
      flag.message,
      /"flag" of "a.csv" is 0\.1 in all 320 rows for training.*Leave it out of "inputs"\. It changes to 0\.2 in row 352, which is held out\.$/,
    );
    assert.match(
      findingsIn(text, { inputs: ['y'], targets: ['noise'] })[0].message,
      /"noise" of "a.csv" varies by rounding only, from 0\.3 to 0\.30000000000000004, in all.*Use another target\.$/,
    );
    const [all, ...others] = findingsIn(text, { inputs: ['y', 'flag', 'same', 'noise'] });
    assert.deepEqual(others, []);
    assert.match(all.message, /So are "same", "noise"\.$/);
  });

  it('name values that are far from 1 and not rescaled', () => {
    const rows = temperatures.map((value) => `${value},${1000 + value},${value / 1e5}`);
    const text = `y,pressure,small\n${rows.join('\n')}\n`;
    const data = { inputs: ['y', 'pressure', 'small'], normalize: 'none' };
    const [found] = findingsIn(text, data);
    assert.deepEqual([found.key, found.at, found.level], ['data.normalize', 'data.normalize', 'warning']);
    assert.match(
      found.message,
      /"y" \(1\d\.\d\), "pressure" \(1,01\d\), "small" \(1\.\d+e-4\), as root mean square\. Set "normalize" to "standard"\.$/,
    );
    assert.deepEqual(findingsIn(text, { ...data, normalize: 'standard' }), []);
    assert.deepEqual(findingsIn(column(temperatures.map((value) => value / 20)), { normalize: 'none' }), []);
  });

  it('are at most eight for a table, however many columns it has', () => {
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const rows = temperatures.map((value, row) =>
      names.map((_, index) => (row === index ? 1e6 + index : value)).join(),
    );
    const found = findingsIn(`${names.join()}\n${rows.join('\n')}\n`, { inputs: names });
    assert.equal(found.length, 8);
    assert.match(found[7].message, /^23 more columns of "a.csv"/);
  });
});

describe('Findings about classes', () => {
  it('name a class that most targets have, with its share', () => {
    const table = (every: number): string =>
      `y,k\n${temperatures.map((value, row) => `${value},${row % every === 0 ? 'fault' : 'ok'}`).join('\n')}\n`;
    const [found] = findingsIn(table(20), { targets: ['k'] });
    assert.deepEqual([found?.level, found?.key], ['hint', 'data.targets']);
    assert.match(
      found?.message ?? '',
      /^Class "ok" of "k" has 95\.0 % of the 320 training targets of "a\.csv": always predicting it/,
    );
    assert.deepEqual(findingsIn(table(4), { targets: ['k'] }), []);
  });

  it('name a target whose classes hardly repeat, such as the names of rows', () => {
    const table = (every: number): string =>
      `y,k\n${temperatures.map((value, row) => `${value},r${Math.floor(row / every)}`).join('\n')}\n`;
    const [found] = findingsIn(table(1), { targets: ['k'] });
    assert.deepEqual([found?.level, found?.key], ['warning', 'data.targets']);
    assert.match(found?.message ?? '', /^Target "k" of "a\.csv" has 400 classes, and most of the 320 training targets/);
    assert.deepEqual(findingsIn(table(2), { targets: ['k'] }), []);
  });

  it('suggest classes for a target of numbers that are 0 and 1 only', () => {
    const table = (of: (row: number) => number | string): string =>
      `y,k\n${temperatures.map((value, row) => `${value},${of(row)}`).join('\n')}\n`;
    const binary = table((row) => Number(row % 3 === 0));
    const data = { targets: ['k'] };
    const [found, ...others] = findingsIn(binary, data);
    assert.deepEqual(others, []);
    assert.deepEqual([found?.level, found?.key, found?.at], ['hint', 'data.classes', 'data.targets.0']);
    assert.match(found?.message ?? '', /^Target "k" of "a\.csv" has only the values 0 and 1, .* set "classes" to true/);
    const source = opened({ data: { csv: 'a.csv', inputs: ['y'], length: 5, ...data }, batch: 1 }, binary);
    assert.deepEqual(
      source.findings?.[0]?.fixes?.map(({ title }) => title),
      ['Set "classes" to true', 'Set "classes" to false'],
    );
    // An input that is predicted can't be of classes.
    assert.deepEqual(findingsIn(column(temperatures.map((_, row) => row % 2))), []);
    // It is said already, or is no sign of classes.
    for (const classes of [true, false]) assert.deepEqual(findingsIn(binary, { ...data, classes }), []);
    assert.deepEqual(
      findingsIn(
        table((row) => row % 3),
        data,
      ),
      [],
    );
    assert.deepEqual(
      findingsIn(
        table((row) => (row % 3 === 0 ? 0 : 0.5)),
        data,
      ),
      [],
    );
    assert.deepEqual(findingsIn(binary, { targets: ['y', 'k'] }), []);
    const withGap = findingsIn(
      table((row) => (row === 7 ? '' : row % 2)),
      { ...data, gaps: 'mask' },
    );
    assert.equal(withGap.filter(({ key }) => key === 'data.classes').length, 1);
  });

  it('count the last row of each sequence that is used whole', () => {
    const rows = Array.from({ length: 12 }, (_, id) =>
      Array.from({ length: 4 }, (_row, t) => `${id},${(id * 7 + t * 3) % 5},${t < 3 || id === 5 ? 'no' : 'yes'}`),
    ).flat();
    const data = {
      inputs: ['x'],
      targets: ['k'],
      sequence: 'id',
      targetAt: 'last',
      length: undefined,
      validation: 0.25,
    };
    const [found] = findingsIn(`id,x,k\n${rows.join('\n')}\n`, data);
    // Of the nine sequences for training eight end with "yes".
    assert.match(found?.message ?? '', /^Class "yes" of "k" has 88\.9 % of the 9 training targets/);
  });
});

describe('Findings about gaps', () => {
  it('say that interpolation reads later values, with their number', () => {
    const [found, ...others] = findingsIn(column(replaced(temperatures, { 10: 'NA', 200: 'NA' })), {
      gaps: 'interpolate',
    });
    assert.deepEqual(others, []);
    assert.equal(found.level, 'hint');
    assert.match(
      found.message,
      /^In the inputs of "a\.csv" 2 missing values are filled in on a line to the next known value/,
    );
    assert.deepEqual(findingsIn(column(temperatures), { gaps: 'interpolate' }), []);
  });

  it('say how few rows count in a loss of several targets', () => {
    const rows = temperatures.map((value, row) => `${value},${row < 40 ? value + 1 : ''}`);
    const table = (targets: readonly string[]) =>
      findingsIn(['y,z', ...rows, ''].join('\n'), { targets, gaps: 'mask' }).map(({ level, message }) => [
        level,
        message,
      ]);
    const [[level, message] = []] = table(['y', 'z']).filter(([, text]) => text?.includes('every target'));
    assert.equal(level, 'warning');
    assert.match(message ?? '', /: 40 of the 320 training rows of "a\.csv" do\. Leave out the target "z"/);
    assert.deepEqual(
      table(['y']).filter(([, text]) => text?.includes('every target')),
      [],
    );
  });
});

describe('Isolated values', () => {
  const isolatedOf = (values: readonly number[]) => isolatedValues(extremesOf(Float64Array.from(values)));

  it('are not most of a column, unless a usual code is', () => {
    const few = [300, 301, 302, 303];
    assert.equal(isolatedOf([...few, ...Array.from({ length: 9 }, (_, i) => 500 + (i % 3))]), undefined);
    assert.equal(isolatedOf([...few, ...few, 500])?.isolated.length, 1);
    assert.equal(isolatedOf([...few, ...Array.from({ length: 20 }, () => -999)])?.isolated[0]?.count, 20);
  });
});

describe('Findings about the order of a table', () => {
  const dated = (dates: readonly string[], data: object = {}) =>
    findingsIn(`when,y\n${dates.map((date, row) => `${date},${temperature(row)}`).join('\n')}\n`, data);
  const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2004, 0, 20 + day)).toISOString().slice(0, 10));
  const european = days.map((day) => day.split('-').reverse().join('/'));

  it('name a target column of dates, which would be predicted as classes', () => {
    const table = `y,when\n${days.map((day, row) => `${row % 7},${day}`).join('\n')}\n`;
    const [found] = findingsIn(table, { targets: ['when'], horizon: 1 });
    assert.deepEqual([found?.key, found?.at, found?.level], ['data.targets', 'data.targets', 'warning']);
    assert.match(
      found?.message ?? '',
      /^The target "when" of "a\.csv" has dates, which are predicted as 40 classes\. Set "time" to "when", which sorts the rows, and use another target\. If the dates are meant as classes, set "classes" to true\.$/,
    );
    // As classes they are used as they are; that each has a row of its own is another finding.
    const asClasses = findingsIn(table, { targets: ['when'], classes: true });
    assert.deepEqual(
      asClasses.map(({ message }) => /has 40 classes, and most of the 32 training targets/.test(message)),
      [true],
    );
  });

  it('name a column of dates that runs backwards, in any notation', () => {
    for (const dates of [days, european]) {
      assert.deepEqual(dated(dates), []);
      const [found, ...others] = dated(dates.toReversed());
      assert.deepEqual(others, []);
      assert.deepEqual([found.key, found.at, found.level], ['data.time', 'data.csv', 'warning']);
      assert.match(
        found.message,
        /from row 3 on, column "when" goes back in 39 rows.*Set "time" to "when", which sorts them\.$/,
      );
    }
    assert.deepEqual(dated(days.toReversed(), { time: 'when' }), []);
  });

  it('name numbers that run backwards where the name of their column says that they are times', () => {
    const years = Array.from({ length: 40 }, (_, index) => `${2000 - index},${temperature(index)}`).join('\n');
    assert.match(findingsIn(`Year,y\n${years}\n`)[0].message, /column "Year" goes back in 39 rows/);
    assert.deepEqual(findingsIn(`Depth,y\n${years}\n`), []);
  });

  it('name the places where dates go back, as in a table of several sequences', () => {
    const [found] = dated([...days.slice(0, 20), ...days.slice(0, 20)]);
    assert.equal(found.level, 'hint');
    assert.match(
      found.message,
      /"when" of "a.csv" goes back in 1 row, first in row 22.*in "sequence"; otherwise set "time"/,
    );
    // At the end of daylight saving time, clocks go back.
    const hours = Array.from(
      { length: 40 },
      (_, hour) => `2004-10-31 ${String(hour < 3 ? hour : (hour - 1) % 24).padStart(2, '0')}:30`,
    );
    assert.deepEqual(dated(hours.slice(0, 20)), []);
  });

  it('count repeated and missing times and name the first row of each', () => {
    const gaps = days.filter((_, day) => day !== 12 && day !== 30);
    const found = dated([...gaps.slice(0, 5), ...gaps.slice(4)], { time: 'when' });
    assert.deepEqual(
      found.map(({ key, at, level }) => [key, at, level]),
      [
        ['data.time', 'data.time', 'hint'],
        ['data.time', 'data.time', 'hint'],
      ],
    );
    assert.match(found[0].message, /repeats the time of the row before in 1 row, first in row 7/);
    assert.match(found[1].message, /leaves out 2 times, the first before row 15/);
  });
});
