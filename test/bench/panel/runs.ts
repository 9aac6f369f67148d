import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratchWorkspace } from '../../../scripts/scratch';

/** Updates of the runs that the panel is opened on: its memory must be the same for all. */
export const lengths = [1_000, 10_000, 100_000, 1_000_000] as const;

/** The smallest net with all kinds of records, so that a million updates are trained quickly. */
function smallest(name: string, steps: number): object {
  return {
    name,
    data: { task: 'adding', length: 12 },
    model: { cell: 'rnn', hidden: 4 },
    clip: { norm: 1 },
    optimizer: { kind: 'sgd', learningRate: 0.01 },
    training: { steps, batch: 2, checkpointEvery: 50_000 },
    record: { every: 10 },
  };
}

/** The name of a run with this number of updates. */
export function nameOf(updates: number): string {
  return `${updates.toLocaleString('en-US')} updates`;
}

/** Experiments that are trained in the workbench itself, by the names of their files. */
export const experiments = {
  'endless.rnn.json': smallest('Endless', 100_000_000),
  'teaching.rnn.json': {
    name: 'LSTM-16, T 50',
    data: { task: 'adding', length: 50 },
    model: { cell: 'lstm', hidden: 16 },
    clip: { norm: 1 },
    training: { steps: 100, batch: 16 },
  },
  'large.rnn.json': {
    name: 'LSTM-128, T 64',
    data: { text: 'sonnets.txt', length: 64 },
    model: { cell: 'lstm', hidden: 128 },
    clip: { norm: 1 },
    training: { steps: 100, batch: 32 },
  },
} as const;

/** A workspace with the samples, the experiments, and a finished run of each length, trained by the headless runner. */
export function benchWorkspace(wanted: readonly number[]): string {
  const folder = scratchWorkspace(resolve('media', 'samples'));
  for (const [name, experiment] of Object.entries(experiments)) {
    writeFileSync(join(folder, name), JSON.stringify(experiment));
  }
  mkdirSync(join(folder, 'unroll-runs'));
  for (const updates of wanted) {
    console.error(`Training ${nameOf(updates)}…`);
    const file = join(folder, `${updates}.rnn.json`);
    writeFileSync(file, JSON.stringify(smallest(nameOf(updates), updates)));
    const words = ['dist/cli.mjs', file, '--out', join(folder, 'unroll-runs', String(updates))];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The run of ${nameOf(updates)} could not be trained:\n${stderr}`);
  }
  return folder;
}
