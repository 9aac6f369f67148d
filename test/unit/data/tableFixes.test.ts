import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import type { Problem } from '../../../src/experiment/problems/problem';
import { ExperimentChecker } from '../../../src/trainer/training/experimentCheck';
import { fixed } from '../experiment/fixed';

const limits = { large: new Map(), unreadable: new Map(), memoryLimit: 1e9, workers: 1, reproducible: true };

/** The problems of an experiment whose table has this content. */
function problemsOf(text: string, table: string, path = 'a.csv'): readonly Problem[] {
  const files = new Map([[path, new TextEncoder().encode(table)]]);
  return new ExperimentChecker(1, () => 0).check({ ...limits, text, files }).problems;
}

/** An experiment over the table a.csv, with more keys of its data as JSON. */
const over = (keys: string, more = ''): string =>
  `{ "data": { "csv": "a.csv", ${keys}, "length": 2 }, "model": { "cell": "rnn" }${more} }`;

/** A table with the cells of its header, and a row of each of these cells many times. */
const table = (header: string, ...rows: string[]): string =>
  `${[header, ...Array.from({ length: 40 }, (_, index) => rows[index % rows.length] ?? '')].join('\n')}\n`;

/** A table whose cell in the column `n` is this one in line 6. */
const withCell = (cell: string, rows = 40): string =>
  `n,m\n${Array.from({ length: rows }, (_, row) => `${row === 4 ? cell : row},${row % 7}`).join('\n')}\n`;

interface Case {
  readonly what: string;
  readonly text: string;
  readonly table: string;
  /** The titles of the fixes. */
  readonly titles: readonly string[];
  /** The keys that the first one writes, as they are in the file. */
  readonly writes: string;
}

const cases: readonly Case[] = [
  {
    what: 'decimal commas between semicolons',
    text: over('"inputs": ["n"]'),
    table: table('n;m', '1,5;2', '2,5;3'),
    titles: ['Set "delimiter" to ";" and "decimal" to ","'],
    writes: over('"inputs": ["n"]').replace('"length": 2', '"length": 2, "delimiter": ";", "decimal": ","'),
  },
  {
    what: 'decimal points between commas, where the experiment has decimal commas',
    text: over('"inputs": ["n"], "decimal": ","'),
    table: table('n,m', '1.5,2', '2.5,3'),
    titles: ['Set "decimal" to "."'],
    writes: over('"inputs": ["n"], "decimal": "."'),
  },
  {
    what: 'a delimiter that can be two',
    text: over('"inputs": ["n"]'),
    table: table('n;x,k', 'a;1,b', 'a;1,b'),
    titles: ['Set "delimiter" to ","', 'Set "delimiter" to ";"'],
    writes: over('"inputs": ["n"]').replace('"length": 2', '"length": 2, "delimiter": ","'),
  },
  {
    what: 'a delimiter that is not that of the file',
    text: over('"inputs": ["n"], "delimiter": ","'),
    table: table('n;m', '1;2', '2;3'),
    titles: ['Set "delimiter" to ";"'],
    writes: over('"inputs": ["n"], "delimiter": ";"'),
  },
  {
    what: 'a text for a missing value',
    text: over('"inputs": ["n"], "gaps": "skip"'),
    table: withCell('-'),
    titles: ['Add "-" to "missing"'],
    writes: over('"inputs": ["n"], "gaps": "skip"').replace('"length": 2', '"length": 2, "missing": ["-"]'),
  },
  {
    what: 'a number beyond single precision, beside others that are missing',
    text: over('"inputs": ["n"], "missing": [-200], "gaps": "skip"'),
    table: withCell('1e300'),
    titles: ['Add 1e+300 to "missing"'],
    writes: over('"inputs": ["n"], "missing": [-200, 1e+300], "gaps": "skip"'),
  },
  {
    what: 'gaps',
    text: over('"inputs": ["n"]'),
    table: withCell(''),
    titles: [
      'Set "gaps" to "skip": leave out every window with a missing value',
      'Set "gaps" to "mask": no loss for a missing target; a missing input keeps its last value, and a further input says where',
      'Set "gaps" to "interpolate": fill inputs on a straight line between the values around them; no loss where a target is missing',
    ],
    writes: over('"inputs": ["n"]').replace('"length": 2', '"length": 2, "gaps": "skip"'),
  },
  {
    what: 'a table without a header, whose columns are named by number',
    text: over('"inputs": ["2"]'),
    table: table('1,7', '1,5', '3,4'),
    titles: ['Set "header" to false'],
    writes: over('"inputs": ["2"]').replace('"length": 2', '"length": 2, "header": false'),
  },
  {
    what: 'a table without a header, whose columns are named by words',
    text: over('"inputs": ["wind"]'),
    table: table('1,7', '1,5', '3,4'),
    titles: ['Set "header" to false and use the columns "1" to "2"'],
    writes: over('"inputs": ["1", "2"]').replace('"length": 2', '"length": 2, "header": false'),
  },
  {
    what: 'a header that is said to be missing',
    text: over('"inputs": ["n"], "header": false'),
    table: table('n,m', '1,5', '3,4'),
    titles: ['Set "header" to true'],
    writes: over('"inputs": ["n"], "header": true'),
  },
  {
    what: 'a column of words among the inputs',
    text: over('"inputs": ["n", "wind"]'),
    table: table('n,wind', '1,NW', '2,SE'),
    titles: ['Leave "wind" out of "inputs"', 'Predict "wind" as classes', 'Add "NW" to "missing"'],
    writes: over('"inputs": ["n"]'),
  },
  {
    what: 'a column of words among several targets',
    text: over('"inputs": ["n"], "targets": ["wind", "m"]'),
    table: table('n,m,wind', '1,2,NW', '2,1,SE'),
    titles: ['Leave "wind" out of "targets"', 'Predict "wind" as classes', 'Add "NW" to "missing"'],
    writes: over('"inputs": ["n"], "targets": ["m"]'),
  },
  {
    what: 'a column of dates among the inputs',
    text: over('"inputs": ["day", "n"]'),
    table: `day,n\n${Array.from({ length: 30 }, (_, day) => `2004-03-${String(day + 1).padStart(2, '0')},${day}`).join('\n')}`,
    titles: ['Use "day" as "time"', 'Leave "day" out of "inputs"'],
    writes: over('"inputs": ["n"]').replace('"length": 2', '"length": 2, "time": "day"'),
  },
  {
    what: 'classes of which some are numbers',
    text: over('"inputs": ["n"], "targets": ["k"]'),
    table: table('n,k', '1,low', '2,3'),
    titles: ['Set "classes" to true', 'Add "low" to "missing"'],
    writes: over('"inputs": ["n"], "targets": ["k"]').replace('"length": 2', '"length": 2, "classes": true'),
  },
  {
    what: 'a column that is misspelled',
    text: over('"inputs": ["n", "temprature"]'),
    table: table('n,temperature', '1,2', '2,3'),
    titles: ['Use the column "temperature"'],
    writes: over('"inputs": ["n", "temperature"]'),
  },
  {
    what: 'a time column that is misspelled',
    text: over('"inputs": ["n"], "time": "dat"'),
    table: `date,n\n${Array.from({ length: 30 }, (_, day) => `2004-03-${String(day + 1).padStart(2, '0')},${day}`).join('\n')}`,
    titles: ['Use the column "date"'],
    writes: over('"inputs": ["n"], "time": "date"'),
  },
  {
    what: 'windows that are longer than the table',
    text: over('"inputs": ["n"]').replace('"length": 2', '"length": 50'),
    table: withCell('4', 20),
    titles: ['Set "length" to 15'],
    writes: over('"inputs": ["n"]').replace('"length": 2', '"length": 15'),
  },
  {
    what: 'a column without values',
    text: over('"inputs": ["n", "m"], "gaps": "mask"'),
    table: table('n,m', '1,', '2,'),
    titles: ['Leave "m" out of "inputs"'],
    writes: over('"inputs": ["n"], "gaps": "mask"'),
  },
  {
    what: 'gaps in a variant only',
    text: over('"inputs": ["m"]', ', "variants": { "both": { "data": { "inputs": ["n", "m"] } } }'),
    table: withCell(''),
    titles: [
      'Set "gaps" to "skip": leave out every window with a missing value',
      'Set "gaps" to "mask": no loss for a missing target; a missing input keeps its last value, and a further input says where',
      'Set "gaps" to "interpolate": fill inputs on a straight line between the values around them; no loss where a target is missing',
    ],
    writes: over('"inputs": ["m"]', ', "variants": { "both": { "data": { "inputs": ["n", "m"], "gaps": "skip" } } }'),
  },
  {
    what: 'a column that a variant misspells',
    text: over('"inputs": ["m"]', ', "variants": { "both": { "data": { "inputs": ["n", "mm"] } } }'),
    table: withCell('4'),
    titles: ['Use the column "m"'],
    writes: over('"inputs": ["m"]', ', "variants": { "both": { "data": { "inputs": ["n", "m"] } } }'),
  },
];

describe('A fix of a table', () => {
  for (const { what, text, table: content, titles, writes } of cases) {
    it(`clears ${what}`, () => {
      const [problem, ...others] = problemsOf(text, content);
      assert.deepEqual(others, []);
      const fixes = problem?.fixes ?? [];
      assert.deepEqual(
        fixes.map(({ title }) => title),
        titles,
        problem?.message,
      );
      if (fixes[0] !== undefined) assert.equal(fixed(text, fixes[0]), writes);
      for (const fix of fixes) {
        const after = fixed(text, fix);
        assert.ok(after !== undefined, fix.title);
        const left = problemsOf(after, content).map(({ message }) => message);
        assert.ok(!left.includes(problem?.message ?? ''), `${fix.title}: ${left.join()}`);
      }
    });
  }

  const findingsOf = (text: string, content: string) =>
    new ExperimentChecker(1, () => 0).check({
      ...limits,
      text,
      files: new Map([['a.csv', new TextEncoder().encode(content)]]),
    }).findings;
  const values = Array.from({ length: 300 }, (_, row) => (row % 60 === 7 ? -200 : Math.sin(row) * 10));
  const found: readonly (readonly [what: string, text: string, content: string, titles: readonly string[]])[] = [
    [
      'a code for missing values',
      over('"inputs": ["n"]'),
      `n\n${values.join('\n')}\n`,
      [
        'Set "missing" to [-200] and "gaps" to "skip": leave out every window with a missing value',
        'Set "missing" to [-200] and "gaps" to "mask": no loss for a missing target; a missing input keeps its last value, and a further input says where',
        'Set "missing" to [-200] and "gaps" to "interpolate": fill inputs on a straight line between the values around them; no loss where a target is missing',
      ],
    ],
    [
      'a code beside known ones',
      over('"inputs": ["n"], "missing": ["-"], "gaps": "skip"'),
      `n\n${values.join('\n')}\n`,
      ['Set "missing" to ["-", -200]'],
    ],
    [
      'values that are not rescaled',
      over('"inputs": ["n"], "normalize": "none"'),
      table('n', '1000', '2000', '1500'),
      ['Set "normalize" to "standard"'],
    ],
    [
      'a constant column',
      over('"inputs": ["n", "m"], "targets": ["n"]'),
      table('n,m', '1,5', '2,5', '4,5'),
      ['Leave "m" out of "inputs"'],
    ],
    [
      'rows that run backwards in time',
      over('"inputs": ["n"]'),
      `day,n\n${Array.from({ length: 28 }, (_, day) => `2004-03-${String(28 - day).padStart(2, '0')},${day % 5}`).join('\n')}\n`,
      ['Set "time" to "day"'],
    ],
  ];
  for (const [what, text, content, titles] of found) {
    it(`clears the finding of ${what}`, () => {
      const [finding, ...others] = findingsOf(text, content);
      assert.deepEqual(others, []);
      const fixes = finding?.fixes ?? [];
      assert.deepEqual(
        fixes.map(({ title }) => title),
        titles,
        finding?.message,
      );
      for (const fix of fixes) {
        const after = fixed(text, fix) ?? '';
        // What interpolation leads to is said of every table that it fills.
        const left = findingsOf(after, content).filter(({ message }) => !message.includes('filled in on a line'));
        assert.deepEqual([problemsOf(after, content), left], [[], []], fix.title);
      }
    });
  }

  it('names the file that was probably meant', () => {
    const text = over('"inputs": ["n"]');
    const unreadable = new Map([['a.csv', { code: 'file.missing', message: 'File not found.', meant: 'data/a.csv' }]]);
    const { problems } = new ExperimentChecker(1, () => 0).check({ ...limits, text, files: new Map(), unreadable });
    const [fix] = problems[0]?.fixes ?? [];
    assert.equal(fix && fixed(text, fix), text.replace('a.csv', 'data/a.csv'));
  });

  it('does not write a cell of any length', () => {
    const [problem] = problemsOf(over('"inputs": ["n"]'), withCell('x'.repeat(100_000)));
    assert.deepEqual(problem?.fixes, []);
  });

  it('says where in the file the fault is', () => {
    const placesIn = (content: string) =>
      problemsOf(over('"inputs": ["n", "m"]'), content)[0]?.dataPlaces?.map(({ line, column, length }) => [
        line,
        column,
        length,
      ]);
    assert.deepEqual(placesIn('m,n\n1,2\n3, x7 \n'), [[3, 3, 4]]);
    assert.deepEqual(placesIn('m,n\r\n1,2\r\n"3","x"\r\n'), [[3, 6, 1]]);
    assert.deepEqual(placesIn('"m",n,note\n1,2,"a\nb"\n3,x,\n'), [[4, 3, 1]]);
    assert.deepEqual(placesIn('note,m,n\n"a\nb",3,x\n'), [[3, 6, 1]]);
    // The first missing value of each of the first three rows.
    assert.deepEqual(placesIn('m,n\n,\n1,NA\n1,1\n?,2\n,2\n1,1\n'), [
      [2, 1, 0],
      [3, 3, 2],
      [5, 1, 1],
    ]);
    assert.deepEqual(placesIn('m,n\n1,2\n1,2,3\n'), [[3, 1, 0]]);
  });

  it('keeps a fix of a variant out of the experiment itself', () => {
    const parsed = parseExperiment(over('"inputs": ["n"]', ', "variants": { "v": { "seed": 2 } }'));
    assert.ok(parsed.kind === 'experiment');
    const fix = { title: '', changes: [{ kind: 'set', keyPath: ['data', 'gaps'], value: 'skip' }] } as const;
    const placed = parsed.file.placed({ code: '', message: '', keyPath: ['data', 'csv'], fixes: [fix] }, 'v');
    assert.deepEqual(placed.fixes?.[0]?.changes[0], { ...fix.changes[0], keyPath: ['variants', 'v', 'data', 'gaps'] });
  });
});
