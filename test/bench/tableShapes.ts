import { closeSync, openSync, writeSync } from 'node:fs';
import { writeHouseholds } from './households';
import type { MemoryShape } from './memoryShapes';

/** How a measured table is written. */
interface MeasuredDialect {
  readonly name: string;
  /** A row, without its line end; `x` are numbers from 0 to 1. */
  readonly row: (x: readonly number[], index: number) => string;
  readonly header: string;
  readonly lineEnd: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const columns = 6;
const names = Array.from({ length: columns }, (_, column) => `c${column}`);
const inputs = ['c0', 'c1'];

const dialects: readonly MeasuredDialect[] = [
  {
    name: 'commas',
    row: (x) => x.map((value) => value.toFixed(4)).join(','),
    header: names.join(','),
    lineEnd: '\n',
    data: { inputs },
  },
  {
    name: 'decimal commas, gaps interpolated',
    row: (x, index) => x.map((value) => (index % 50 === 7 ? '' : value.toFixed(4).replace('.', ','))).join(';'),
    header: names.join(';'),
    lineEnd: '\r\n',
    data: { inputs, decimal: ',', gaps: 'interpolate' },
  },
  {
    name: 'quotes, words and dates, sorted by time',
    row: (x, index) =>
      [
        new Date(Date.UTC(2000, 0, 1) + 60_000 * index).toISOString().slice(0, 16),
        ...x.slice(0, 3).map((value) => `"${value.toFixed(4)}"`),
        `"a ""word"""`,
      ].join('\t'),
    header: ['when', 'c0', 'c1', 'c2', 'word'].join('\t'),
    lineEnd: '\n',
    data: { inputs, time: 'when' },
  },
  {
    name: 'sequences of classes',
    row: (x, index) =>
      [
        `s${Math.floor(index / 40)}`,
        ...x.slice(0, 3).map((value) => value.toFixed(3)),
        index % 80 < 40 ? 'up' : 'down',
      ].join(),
    header: ['id', 'c0', 'c1', 'c2', 'class'].join(),
    lineEnd: '\n',
    data: { inputs, targets: ['class'], sequence: 'id', targetAt: 'last' },
  },
];

/** Writes rows until the file has a size in bytes. */
function writeTable(path: string, { row, header, lineEnd }: MeasuredDialect, bytes: number): void {
  const file = openSync(path, 'w');
  try {
    let state = 1;
    const draw = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let text = header + lineEnd;
    for (let [written, index] = [0, 0]; written + text.length < bytes; index++) {
      text += row(
        Array.from({ length: columns }, () => draw()),
        index,
      );
      text += lineEnd;
      if (text.length < 1 << 20) continue;
      written += writeSync(file, text);
      text = '';
    }
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

const trained = { model: { cell: 'lstm', hidden: 16 }, training: { steps: 20, batch: 16 } };
const householdRow = 64;

/** Tables of 1 to 100 MB in several dialects, and of the shape of UCI household power. */
export const tableShapes: readonly MemoryShape[] = [1, 10, 30, 100].flatMap((megabytes) => [
  ...dialects.map((dialect) => ({
    name: `table of ${megabytes} MB, ${dialect.name}`,
    experiment: {
      data: { csv: 'd.csv', ...('targetAt' in dialect.data ? {} : { length: 50 }), ...dialect.data },
      ...trained,
    },
    file: {
      name: 'd.csv',
      write: (path: string) => {
        writeTable(path, dialect, megabytes * 1e6);
      },
    },
  })),
  {
    name: `table of ${megabytes} MB, household power`,
    experiment: {
      data: { csv: 'd.csv', inputs: ['Global_active_power', 'Voltage'], length: 60, gaps: 'skip' },
      ...trained,
    },
    file: {
      name: 'd.csv',
      write: (path: string) => {
        writeHouseholds(path, Math.round((megabytes * 1e6) / householdRow));
      },
    },
  },
]);
