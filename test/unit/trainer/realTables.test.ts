import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../../temporaryFolder';

/** A table that many people have, and what reads it. */
interface RealTable {
  readonly file: string;
  readonly target: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Rows below the header. */
  readonly rows: number;
  /** Rows without a value of the target, as the publishers or others have counted them. */
  readonly missing: number;
  /** Texts that stand for a missing value. */
  readonly missingTexts?: readonly string[];
}

const tables: readonly RealTable[] = [
  {
    // De Vito et al. 2008, UCI repository: 9,357 hours, −200 for a missing value.
    file: 'AirQualityUCI.csv',
    target: 'CO_GT',
    data: { inputs: ['CO_GT', 'T', 'RH'], missing: [-200], gaps: 'mask' },
    rows: 9357,
    missing: 1683,
    missingTexts: ['-200'],
  },
  {
    // Liang et al. 2015, UCI repository: 43,824 hours, 2,067 of them without PM2.5.
    file: 'pollution.csv',
    target: 'pm2.5',
    data: { inputs: ['pm2.5', 'TEMP', 'PRES', 'Iws'], missing: ['NA'], gaps: 'mask' },
    rows: 43824,
    missing: 2067,
    missingTexts: ['NA'],
  },
  {
    // Zhou et al. 2021 (Informer): two years by the hour.
    file: 'ETTh1.csv',
    target: 'OT',
    data: { inputs: ['HUFL', 'OT'], time: 'date' },
    rows: 17420,
    missing: 0,
  },
  // Box & Jenkins 1976, series G: 12 years by the month.
  {
    file: 'airline-passengers.csv',
    target: 'Passengers',
    data: { inputs: ['Passengers'], time: 'Month' },
    rows: 144,
    missing: 0,
  },
  // Minimum temperatures in Melbourne, 1981 to 1990, without the two leap days.
  {
    file: 'daily-min-temperatures.csv',
    target: 'Temp',
    data: { inputs: ['Temp'], time: 'Date' },
    rows: 3650,
    missing: 0,
  },
];

/** The cells of a file without quoted delimiters: an own, plain way to read it. */
function cellsOf(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '').trim()));
}

/** A number as the trainer keeps it, in single precision. */
const single = (text: string | undefined): number => Math.fround(Number(text));

describe('Real tables', () => {
  for (const table of tables) {
    it(`give every held-out row the target of the file: ${table.file}`, function () {
      const source = join(process.env['UNROLL_DATA'] ?? '', table.file);
      if (process.env['UNROLL_DATA'] === undefined || !existsSync(source)) {
        console.log(`      skipped: set UNROLL_DATA to a folder that holds ${table.file}`);
        this.skip();
      }
      const folder = temporaryFolder('unroll-real-');
      copyFileSync(source, join(folder, table.file));
      writeFileSync(join(folder, 'x.rnn.json'), JSON.stringify(experimentOf(table)));
      const predictions = join(folder, 'predictions.csv');
      const words = ['x.rnn.json', '--out', join(folder, 'run'), '--predictions', predictions];
      const { status, stderr } = spawnSync(process.execPath, [resolve('dist', 'cli.mjs'), ...words], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      compare(table, readFileSync(source, 'utf8'), readFileSync(predictions, 'utf8'));
    });
  }
});

function experimentOf({ file, target, data }: RealTable): unknown {
  return {
    data: { csv: file, targets: [target], length: 12, ...data },
    model: { cell: 'gru', hidden: 2 },
    training: { steps: 2, batch: 2 },
  };
}

function compare({ target, rows, missing, missingTexts = [] }: RealTable, text: string, predictions: string): void {
  const [header = [], ...own] = cellsOf(text);
  const column = header.indexOf(target);
  const written = own.map((cells) => cells[column] ?? '');
  assert.equal(own.length, rows);
  assert.equal(written.filter((cell) => missingTexts.includes(cell)).length, missing);
  const [names = [], ...lines] = cellsOf(predictions);
  const row = names.indexOf('row');
  const value = names.indexOf(target);
  const persistence = names.indexOf(`${target} persistence`);
  assert.ok(row === 0 && value > 0 && persistence > 0, names.join());
  // A fifth is held out by default, and the rows are numbered as in the file, its header being row 1.
  assert.ok(Math.abs(lines.length / rows - 0.2) < 0.05, `${lines.length} of ${rows} rows`);
  assert.equal(lines.at(-1)?.[row], String(rows + 1));
  let [compared, repeated] = [0, 0];
  for (const cells of lines) {
    const at: number = Number(cells[row]) - 2;
    const expected: string = written[at] ?? '';
    if (missingTexts.includes(expected)) assert.equal(cells[value], '', `row ${at + 2}`);
    else assert.equal(single(cells[value]), single(expected), `row ${at + 2}`);
    compared += 1;
    const before = written[at - 1] ?? '';
    if (cells[persistence] === '' || missingTexts.includes(before)) continue;
    assert.equal(single(cells[persistence]), single(before), `persistence of row ${at + 2}`);
    repeated += 1;
  }
  assert.ok(compared === lines.length && repeated > 0.5 * lines.length, `${compared} and ${repeated}`);
}
