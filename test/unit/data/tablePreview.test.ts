import assert from 'node:assert/strict';
import { previewTable } from '../../../src/data/table/preview/tablePreview';
import type { CsvData } from '../../../src/experiment/schema/schema';
import { experimentOver } from './openedSource';

/** The preview of an experiment over a table. */
function preview(data: object, content: string, isCut = false): string {
  const experiment = experimentOver({ data: { csv: 'a.csv', ...data } });
  return previewTable({
    written: experiment.data as CsvData,
    experiment,
    problems: [],
    bytes: new TextEncoder().encode(content),
    isCut,
  });
}

/** The cells of a row of a text table, by their line in the file. */
const row = (text: string, line: number): readonly string[] =>
  (new RegExp(`^${line} .*$`, 'm').exec(text)?.[0] ?? '').split(/ {2,}/);

const dates = Array.from({ length: 40 }, (_, day) => String(day + 1).padStart(2, '0'));
const weather = `date;temp;wind;note\n${dates
  .map((day, index) => `1949-01-${day};${index},5;${index === 3 ? -200 : index % 5};x`)
  .slice(0, 30)
  .join('\n')}\n`;
const keys = { inputs: ['temp', 'wind'], targets: ['temp'], length: 3, decimal: ',', missing: [-200], time: 'date' };

describe('The preview of a table', () => {
  it('says what each key does, and shows the first rows as the net reads them', () => {
    const text = preview({ ...keys, gaps: 'mask' }, weather);
    const unwrapped = text.replaceAll(/\n {3,}/g, ' ');
    for (const line of [
      /^delimiter +semicolon, found in the first rows$/m,
      /^decimal +decimal comma$/m,
      /^missing +empty cells, NA, NaN, nan, null, \?; also -200 \("missing"\)$/m,
      /^gaps +1 missing value in 1 row; "mask": a missing target has no loss; a/m,
      /^time +"date" \("time"\), 1949-01-01 to 1949-01-30; the rows are in its order; 0 repeated, 0 missing$/m,
      /^rows +30 rows: 24 for training, 6 held out \("validation" 0\.2\)$/m,
      /^windows +21 windows for training, each of 3 rows; the target of each step is 1 row later$/m,
      /^Not used: "note"$/m,
    ])
      assert.match(unwrapped, line);
    // Mean and deviation of 0.5 to 23.5: 12 and √((24² − 1) / 12).
    assert.match(text, /^temp +input, target +0\.5 +29\.5 +0 +12 +6\.92$/m);
    assert.deepEqual(row(text, 2), ['2', 'training', '1949-01-01', '0,5 → -1.66', '0 → -1.34']);
    assert.match(row(text, 5).join('|'), /^5\|training\|1949-01-04\|3,5 → -1\.23\|-200 → .* \(kept\)$/);
  });

  it('says what becomes of missing values, also far down', () => {
    const content = `n,m\n${dates.map((_, index) => `${index === 2 || index === 30 ? 'NA' : index},${index}`).join('\n')}\n`;
    const of = (gaps: string) => preview({ inputs: ['n'], length: 2, normalize: 'none', gaps }, content);
    assert.deepEqual(row(of('skip'), 4), ['4', 'training', 'NA → skipped']);
    assert.deepEqual(row(of('mask'), 4), ['4', 'training', 'NA → 1 (kept), no loss']);
    assert.deepEqual(row(of('interpolate'), 4), ['4', 'training', 'NA → 2 (filled in), no loss']);
    assert.deepEqual(row(of('interpolate'), 32), ['32', 'training', 'NA → 30 (filled in), no loss']);
    const refused = of('refuse');
    assert.deepEqual(row(refused, 4), ['4', 'training', 'NA → refused']);
    assert.match(refused, /^✗ "a\.csv" has 2 missing values/m);
  });

  it('shows the order in which rows are used, sequences and classes', () => {
    const content = `id,t,x,kind\n${dates.map((_, index) => `${index % 2 === 0 ? 'a' : 'b'},${100 - index},${index},${index % 3 === 0 ? 'low' : 'high'}`).join('\n')}\n`;
    const data = { inputs: ['x'], targets: ['kind'], sequence: 'id', time: 't', validation: 0.5, normalize: 'minmax' };
    const text = preview(data, content);
    assert.match(text, /^sequences +2 sequences of "id" \("sequence"\); 1 for training, 1 held out$/m);
    assert.match(text, /^classes +2 classes of "kind": "high", "low"$/m);
    assert.match(text, /the rows are sorted by it/);
    const rows = text.split('\n').filter((line) => /^\d+ +(training|held out)/.test(line));
    assert.match(rows[0] ?? '', /^40 +training +62 +a +38 → 1 +high$/);
  });

  it('shows the rows as they are in the file where they cannot be read', () => {
    const text = preview({ inputs: ['n'], length: 2 }, 'n,m\n1,2\nx,3\n\u202e4,[a](command:b)\n');
    assert.match(text, /^✗ "a\.csv", row 3 has "x" in column "n"/m);
    assert.match(text, /^"n": text, .* 1 number/m);
    const commas = preview({ inputs: ['n'], length: 2 }, 'n;m\n1,5;2\n2;NA\n;3\n');
    assert.match(commas, /^"n": numbers with decimal commas, 1 missing$/m);
    assert.match(commas, /^"m": number, 2 to 3, 1 missing$/m);
    assert.deepEqual(row(text, 3), ['3', 'x', '3']);
    assert.ok(!text.includes('\u202e'));
  });

  it('is made in the time that it takes to read the file, whatever the file contains', function () {
    // Seconds on any machine; a time that grows with the square of the length would be hours.
    this.timeout(180_000);
    const contents = [
      ','.repeat(1_000_000),
      `n\n${'1\n'.repeat(500_000)}`,
      `n${',x'.repeat(250_000)}\n${'1,'.repeat(250_000)}2\n`,
      `${'a'.repeat(1_000_000)}\n"`,
      'n\n"'.repeat(1_000_000),
      `n\n${'[('.repeat(1_000_000)}`,
    ];
    for (const content of contents) assert.ok(preview({ inputs: ['n'], length: 2 }, content).length < 30_000);
  });

  it('is bounded for wide and long cells, and says that only a part is read', () => {
    const wide = Array.from({ length: 300 }, (_, column) => `c${column}${'x'.repeat(50)}`);
    const content = `${wide.join()}\n${Array.from({ length: 30 }, () => wide.map(() => '1').join()).join('\n')}\n1,2`;
    const text = preview({ inputs: wide, length: 2 }, content, true);
    assert.ok(text.length < 30_000, `${text.length}`);
    assert.match(text, /and 288 more columns/);
    assert.match(text, /Only the beginning of the file is read here/);
  });
});
