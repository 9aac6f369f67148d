import assert from 'node:assert/strict';
import { parseTime } from '../../../src/data/table/time/timestamps';
import { inputsOf, problemOf, opened } from './openedSource';

const at = (iso: string) => Date.parse(iso);

describe('a time', () => {
  it('is read as ISO 8601 and as people write it', () => {
    const times: Readonly<Record<string, string>> = {
      '2004-03-10': '2004-03-10T00:00:00Z',
      '2004-3-1': '2004-03-01T00:00:00Z',
      '2004/03/10 18:00': '2004-03-10T18:00:00Z',
      '2004-03-10 18.00.05': '2004-03-10T18:00:05Z',
      '2004-03-10T18:00:05.25Z': '2004-03-10T18:00:05.250Z',
      '2004-03-10T18:00+02:00': '2004-03-10T16:00:00Z',
      '2004-03-10T18:00:00-0530': '2004-03-10T23:30:00Z',
      '2004-03-10 6:05 PM': '2004-03-10T18:05:00Z',
      '2004-03-10 12:30:15 a.m.': '2004-03-10T00:30:15Z',
      '2004-03-10 12:30PM': '2004-03-10T12:30:00Z',
      '2004-03-10 18:00 UTC': '2004-03-10T18:00:00Z',
      '1949-01': '1949-01-01T00:00:00Z',
      '2004-02-29 24:00': '2004-03-01T00:00:00Z',
      '0099-12-31': '0099-12-31T00:00:00Z',
    };
    for (const [text, iso] of Object.entries(times)) {
      assert.deepEqual(parseTime(text), { dayFirst: at(iso), monthFirst: at(iso), fraction: 0 }, text);
    }
    assert.deepEqual(parseTime('03/04/2004'), {
      dayFirst: at('2004-04-03'),
      monthFirst: at('2004-03-04'),
      fraction: 0,
    });
    assert.deepEqual(parseTime('31.12.2004'), { dayFirst: at('2004-12-31'), monthFirst: NaN, fraction: 0 });
    const fine = parseTime('2004-03-10 18:00:05.123456789');
    assert.deepEqual([fine?.dayFirst, fine?.fraction], [at('2004-03-10T18:00:05.123Z'), 0.456789]);
  });

  it('is read with the name of its month, and as a quarter', () => {
    // By pandas 1.5 (pandas.Timestamp), but for the years of two digits: those are by strptime of Python.
    const known: readonly (readonly [text: string, milliseconds: number])[] = [
      ['Oct 28, 2023', 1_698_451_200_000],
      ['October 28 2023', 1_698_451_200_000],
      ['28 Oct 2023', 1_698_451_200_000],
      ['28-OCT-2023', 1_698_451_200_000],
      ['2023-Oct-28', 1_698_451_200_000],
      ['5th May 2020', 1_588_636_800_000],
      ['Sept 5, 2021 6:30 PM', 1_630_866_600_000],
      ['Sat, 28 Oct 2023 14:00:00 GMT', 1_698_501_600_000],
      ['Saturday, 28 October 2023 14:00:00 +0200', 1_698_494_400_000],
      ['Sat Oct 28 14:00:05 2023', 1_698_501_605_000],
      ['Oct 2023', 1_696_118_400_000],
      ['October, 2023', 1_696_118_400_000],
      ['2023Q4', 1_696_118_400_000],
      ['2023-q4', 1_696_118_400_000],
      ['Q4 2023', 1_696_118_400_000],
      ['28-Oct-23', 1_698_451_200_000],
      ['31-Dec-68', 3_124_137_600_000],
      ['01-Jan-69', -31_536_000_000],
    ];
    for (const [text, milliseconds] of known) {
      assert.deepEqual(parseTime(text), { dayFirst: milliseconds, monthFirst: milliseconds, fraction: 0 }, text);
    }
  });

  it('that is none is not read', () => {
    for (const text of [
      '',
      '2004',
      '2004-13-01',
      '2005-02-29',
      '10/32/2004',
      '2004-01-01 25:00',
      '2004-01-01 24:59',
      '2004-01-01 24:00:00.5',
      '2004-01-01 12:30:60',
      '2004-01-01 12:30+99:99',
      '2004-01-01 12:30+19:00',
      '2004-01-01T12:30:00-01:60',
      '2004-01-01 13:00 PM',
      '2004-01-01 0:30 AM',
      '10:30',
      'x2004-01-01',
      'Feb 30, 2023',
      'Octopus 28, 2023',
      'May',
      'May 12',
      'Oct-23',
      '28 Okt 2023',
      '2023Q5',
      'Q0 2023',
      'Foo, 28 Oct 2023',
    ]) {
      const time = parseTime(text);
      assert.ok(time === undefined || Number.isNaN(time.dayFirst), text);
    }
    assert.equal(parseTime('2004-01-01'.padEnd(100_000, ' ')), undefined);
  });
});

describe('a table with a column of times', () => {
  const data = { csv: 'a.csv', inputs: ['x'], time: 'when', normalize: 'none', length: 4, validation: 0 };
  const facts = (times: readonly string[]) =>
    opened(
      { data: { ...data, length: 1 }, batch: 1 },
      `when,x\n${times.map((time, row) => `${time},${row}`).join('\n')}`,
    ).table?.times;

  it('tells times below a millisecond apart, to the nanosecond', () => {
    const steps = [0, 1, 2, 3, 5];
    const seconds = steps.map((step) => `2024-05-01T12:00:00.00000000${step}Z`);
    const unix = steps.map((step) => `171456480000000000${step}`);
    const micro = steps.map((step) => `2024-05-01 12:00:00.00000${step}`);
    for (const times of [seconds, unix, micro]) {
      // The step from 3 to 5 leaves out 4.
      assert.deepEqual(
        [facts(times)?.repeated, facts(times)?.missing, facts(times)?.isSorted],
        [0, 1, false],
        times[0],
      );
      assert.equal(facts(times.toReversed())?.isSorted, true);
    }
  });

  const places = (rows: number, firstRepeated?: number, firstMissing?: number) => ({
    rows,
    firstRepeated,
    firstMissing,
  });

  it('is sorted by it; equal times keep their order', () => {
    const text = 'when,x\n2020-01-03,3\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n2020-01-04,5\n';
    const source = opened({ data, batch: 1 }, text);
    assert.deepEqual(inputsOf(source.next(), 0).flat(), [1, 2, 3, 4]);
    assert.deepEqual(source.table?.times, { isSorted: true, repeated: 1, missing: 0, ...places(5, 3) });
  });

  it('counts repeated and missing times', () => {
    assert.deepEqual(facts(['1', '2', '3', '6', '7', '7', '8', '10']), {
      isSorted: false,
      repeated: 1,
      missing: 3,
      ...places(8, 5, 3),
    });
    // Months are regular though their lengths differ; nothing is missing in irregular times.
    assert.deepEqual(facts(['2001-01', '2001-02', '2001-03', '2001-05', '2001-06']), {
      isSorted: false,
      repeated: 0,
      missing: 1,
      ...places(5, undefined, 3),
    });
    assert.deepEqual(facts(['1', '2', '4', '8', '16', '32']), {
      isSorted: false,
      repeated: 0,
      missing: 0,
      ...places(6),
    });
  });

  it('reads compact dates, whose steps are not those of their numbers', () => {
    const regular = { isSorted: false, repeated: 0, missing: 0 };
    assert.deepEqual(facts(['20040130', '20040131', '20040201', '20040202', '20040203']), { ...regular, ...places(5) });
    assert.deepEqual(facts(['200311', '200312', '200401', '200402']), { ...regular, ...places(4) });
    assert.deepEqual(facts(['2004013122', '2004013123', '2004020100']), { ...regular, ...places(3) });
    assert.deepEqual(facts(['20040228', '20040229', '20040302', '20040303']), {
      ...regular,
      missing: 1,
      ...places(4, undefined, 2),
    });
    // Excel's serial days and seconds since 1970 are numbers, and so is a column with one number that is no date.
    assert.deepEqual(facts(['38056', '38057', '38059', '38060']), {
      ...regular,
      missing: 1,
      ...places(4, undefined, 2),
    });
    assert.deepEqual(facts(['20040130', '20040131', '20040132', '20040133']), { ...regular, ...places(4) });
  });

  it('finds the order of day and month in the whole column', () => {
    const days = (texts: readonly string[]) => `when,x\n${texts.map((text, row) => `${text},${row}`).join('\n')}\n`;
    const order = (texts: readonly string[]) => inputsOf(opened({ data, batch: 1 }, days(texts)).next(), 0).flat();
    assert.deepEqual(order(['02/01/2004', '13/01/2004', '01/02/2004', '03/02/2004', '04/02/2004']), [0, 1, 2, 3]);
    assert.deepEqual(order(['01/02/2004', '01/13/2004', '02/01/2004', '02/03/2004', '02/04/2004']), [0, 1, 2, 3]);
    // Only with the month first are these in order.
    assert.deepEqual(order(['01/12/2004', '02/11/2004', '03/10/2004', '04/09/2004', '05/08/2004']), [0, 1, 2, 3]);
    assert.match(
      problemOf({ data }, days(['01/02/2004', '03/01/2004', '02/03/2004', '01/01/2004', '05/04/2004'])).message,
      /day and month cannot be told apart \("01\/02\/2004" in row 2\)\. Write the year first/,
    );
    assert.match(
      problemOf({ data }, days(['13/02/2004', '01/13/2004', '02/03/2004', '04/04/2004', '05/04/2004'])).message,
      /some with the day and some with the month first/,
    );
  });

  it('is refused at the cells that show it, where the order of day and month is not one', () => {
    const table = (...days: string[]) => `x,when\n${days.map((day, row) => `${row},${day}`).join('\n')}\n`;
    const unclear = problemOf({ data }, table('05/05/2004', '01/02/2004', '03/01/2004', '02/03/2004', '01/01/2004'));
    assert.match(unclear.message, /cannot be told apart \("01\/02\/2004" in row 3\)\. Write the year first/);
    const place = { path: 'a.csv', column: 3, length: 10 };
    assert.deepEqual(unclear.dataPlaces, [{ ...place, line: 3, label: '"01/02/2004" in column "when"' }]);
    const mixed = problemOf({ data }, table('13/02/2004', '02/03/2004', '01/14/2004', '04/04/2004', '05/04/2004'));
    assert.match(mixed.message, /with the month first \("13\/02\/2004" in row 2, "01\/14\/2004" in row 4\)\./);
    assert.deepEqual(
      mixed.dataPlaces?.map(({ line, column }) => [line, column]),
      [
        [2, 3],
        [4, 3],
      ],
    );
  });

  it('is refused with times of day without dates, as the table of the UCI repository has them beside its dates', () => {
    for (const time of ['18.00.00', '18:00', '6:30:15 pm']) {
      const { message, dataPlaces } = problemOf({ data }, `date,when,x\n10/03/2004,${time},1\n`);
      assert.match(
        message,
        /row 2 has ".*" in the time column "when", which is a time of day without its date\. "time" names one column: add one with the date and the time of day, such as 2004-03-10 18:00, or leave "time" out if the rows are in order\.$/,
      );
      assert.deepEqual(
        dataPlaces?.map(({ line, column }) => [line, column]),
        [[2, 12]],
      );
    }
  });

  it('is refused with a row that has no time', () => {
    assert.match(problemOf({ data }, 'when,x\n1,1\n,2\n').message, /row 3 has an empty cell in the time column "when"/);
    assert.match(
      problemOf({ data }, 'when,x\n1,1\nsoon,2\n').message,
      /"soon" in the time column "when", which is neither/,
    );
    assert.match(
      problemOf({ data }, 'when,x\n1,1\n2020-01-01,2\n').message,
      /the date "2020-01-01" .* first value is a number/,
    );
  });
});
