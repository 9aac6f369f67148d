import { appendFileSync, writeFileSync } from 'node:fs';
import { writeHouseholds } from './households';

/** An experiment whose memory is measured, and the data file that it names. */
export interface MemoryShape {
  readonly name: string;
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly file?: { readonly name: string; readonly write: (path: string) => void };
  /** Threads that share the work; by default one. */
  readonly workers?: number;
}

/** The same numbers from 0 to 1 in every run. */
function drawer(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const letters = 'etaoinshrdlu ETAOIN,.\n';

const written =
  (content: () => string) =>
  (path: string): void => {
    writeFileSync(path, content());
  };

function longText(characters: number): (path: string) => void {
  return (path) => {
    const draw = drawer();
    writeFileSync(path, '');
    for (let left = characters; left > 0; left -= 1_000_000) {
      const length = Math.min(left, 1_000_000);
      appendFileSync(path, Array.from({ length }, () => letters[Math.floor(draw() * letters.length)]).join(''));
    }
  };
}

function table(bytes: number, columns: number, digits: number): () => string {
  return () => {
    const draw = drawer();
    const rows = [Array.from({ length: columns }, (_, column) => `c${column}`).join()];
    for (let size = 0; size < bytes; size += (rows.at(-1) ?? '').length + 1) {
      rows.push(Array.from({ length: columns }, () => draw().toFixed(digits)).join());
    }
    return rows.join('\n');
  };
}

const adding = (length: number) => ({ task: 'adding', length });
const overText = (length: number) => ({ text: 't.txt', length });
const book = { name: 't.txt', write: longText(1_000_000) };

/** Shapes of every kind: each part dominates in one of them: the program, the net, the data, the length of a run. */
export const memoryShapes: readonly MemoryShape[] = [
  {
    name: 'rnn 16, 1 update',
    experiment: { data: adding(50), model: { cell: 'rnn', hidden: 16 }, training: { steps: 1, batch: 16 } },
  },
  {
    name: 'rnn 16, 300 updates',
    experiment: { data: adding(50), model: { cell: 'rnn', hidden: 16 }, training: { steps: 300, batch: 16 } },
  },
  {
    name: 'rnn 16, 30,000 updates',
    experiment: { data: adding(50), model: { cell: 'rnn', hidden: 16 }, training: { steps: 30_000, batch: 16 } },
  },
  {
    name: 'lstm 128',
    experiment: { data: overText(64), model: { cell: 'lstm', hidden: 128 }, training: { steps: 60, batch: 32 } },
    file: book,
  },
  {
    name: 'lstm 512, T 100, B 64',
    experiment: { data: overText(100), model: { cell: 'lstm', hidden: 512 }, training: { steps: 6, batch: 64 } },
    file: book,
  },
  {
    name: 'gru 128, three layers',
    experiment: {
      data: overText(64),
      model: { cell: 'gru', hidden: 128, layers: 3 },
      training: { steps: 30, batch: 32 },
    },
    file: book,
  },
  {
    name: '30 MB of CSV, 2 of 6 columns',
    experiment: {
      data: { csv: 'd.csv', inputs: ['c0', 'c1'], length: 50 },
      model: { cell: 'rnn', hidden: 32 },
      training: { steps: 300, batch: 32 },
    },
    file: { name: 'd.csv', write: written(table(30e6, 6, 4)) },
  },
  {
    name: '30 MB of CSV, one short column',
    experiment: {
      data: { csv: 'd.csv', inputs: ['c0'], length: 50 },
      model: { cell: 'rnn', hidden: 32 },
      training: { steps: 300, batch: 32 },
    },
    file: { name: 'd.csv', write: written(table(30e6, 1, 1)) },
  },
  {
    name: '20 MB of text',
    experiment: { data: overText(64), model: { cell: 'gru', hidden: 32 }, training: { steps: 200, batch: 32 } },
    file: { name: 't.txt', write: longText(20_000_000) },
  },
  {
    name: '100 MB of text',
    experiment: { data: overText(64), model: { cell: 'gru', hidden: 32 }, training: { steps: 200, batch: 32 } },
    file: { name: 't.txt', write: longText(100_000_000) },
  },
  {
    name: 'household power, 25 MB, 2 of 9 columns',
    experiment: {
      data: { csv: 'd.csv', inputs: ['Global_active_power', 'Voltage'], length: 60, gaps: 'skip' },
      model: { cell: 'lstm', hidden: 16 },
      training: { steps: 5, batch: 8 },
    },
    file: {
      name: 'd.csv',
      write: (path) => {
        writeHouseholds(path, 400_000);
      },
    },
  },
  {
    name: 'household power, 127 MiB, 2 of 9 columns',
    experiment: {
      data: { csv: 'd.csv', inputs: ['Global_active_power', 'Voltage'], length: 60, gaps: 'skip' },
      model: { cell: 'lstm', hidden: 16 },
      training: { steps: 5, batch: 8 },
    },
    file: { name: 'd.csv', write: writeHouseholds },
  },
  {
    name: 'household power, 127 MiB, masked, by date',
    experiment: {
      data: { csv: 'd.csv', inputs: ['Global_active_power', 'Voltage'], length: 60, gaps: 'mask', time: 'Date' },
      model: { cell: 'lstm', hidden: 16 },
      training: { steps: 5, batch: 8 },
    },
    file: { name: 'd.csv', write: writeHouseholds },
  },
  {
    name: 'T 5,000',
    experiment: { data: adding(5000), model: { cell: 'rnn', hidden: 64 }, training: { steps: 6, batch: 16 } },
  },
  {
    name: 'T 5,000, 1,000 updates',
    experiment: { data: adding(5000), model: { cell: 'rnn', hidden: 4 }, training: { steps: 1000, batch: 2 } },
  },
  {
    name: 'twenty inline sequences',
    experiment: {
      data: {
        sequences: Array.from({ length: 20 }, (_, sequence) => ({
          inputs: Array.from({ length: 200 }, (_, t) => [sequence / 20, t / 200]),
          targets: Array.from({ length: 200 }, (_, t) => [(sequence * t) / 4000]),
        })),
      },
      model: { cell: 'lstm', hidden: 32 },
      training: { steps: 200 },
    },
  },
  {
    name: 'an inline sequence of 80,000 steps',
    experiment: {
      data: {
        sequences: [
          {
            inputs: Array.from({ length: 80_000 }, () => [1]),
            targets: Array.from({ length: 80_000 }, (_, t) => (t % 50 === 0 ? [1] : null)),
          },
        ],
      },
      model: { cell: 'rnn', hidden: 4 },
      bptt: { forward: 100, backward: 100 },
      training: { steps: 200 },
    },
  },
  {
    name: 'lstm 256, two workers',
    experiment: { data: overText(64), model: { cell: 'lstm', hidden: 256 }, training: { steps: 20, batch: 64 } },
    file: book,
    workers: 2,
  },
  {
    name: 'lstm 256, four workers',
    experiment: { data: overText(64), model: { cell: 'lstm', hidden: 256 }, training: { steps: 20, batch: 64 } },
    file: book,
    workers: 4,
  },
];
