import assert from 'node:assert/strict';
import { openKernels } from '../../../src/engine/kernels/open';
import { parseExperiment } from '../../../src/experiment/parse';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import { Training } from '../../../src/trainer/training/training';
import { prepareTraining, type TrainingSetup } from '../../../src/trainer/training/trainingSetup';

/** The text that the experiments read as t.txt. */
export const text = 'the quick brown fox — jumps over\r\nthe lazy dog 😀. '.repeat(30);
const table = [
  'i;a;b;k',
  ...Array.from({ length: 120 }, (_, row) => {
    const a = row % 17 === 3 ? '' : Math.sin(row / 3).toFixed(3);
    return `${Math.floor(row / 8)};${a};${row % 7};${'xyz'[Math.floor(row / 8) % 3]}`;
  }),
].join('\n');
const files = new Map([
  ['t.txt', new TextEncoder().encode(text)],
  ['t.csv', new TextEncoder().encode(table)],
]);

/** The setup of an experiment before its first update, in double precision. */
export function setupOf(experiment: object): TrainingSetup {
  const parsed = parseExperiment(JSON.stringify(experiment));
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  const prepared = prepareTraining({
    experiment: resolved.experiment,
    files,
    kernels: openKernels('reference'),
    memoryLimit: 1e9,
  });
  assert.ok(prepared.kind === 'prepared', JSON.stringify(prepared));
  return prepared.setup;
}

/** How a program names what is beside it. */
export const names = { kind: 'script', experiment: 'x', tensors: 'x.safetensors', text: 't.txt' } as const;

/** What an update reports, as --json does. */
export interface Line {
  readonly loss: number;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  readonly learningRate: number;
  readonly validationLoss?: number | undefined;
}

/** The records of the updates of the engine. */
export function trainedRecords(setup: TrainingSetup): readonly UpdateRecord[] {
  const training = new Training(setup, () => 0);
  const records: UpdateRecord[] = [];
  while (!training.isFinished) {
    const advance = training.advance();
    assert.ok(advance.kind === 'updated');
    records.push(advance.record);
    training.reduceRate(advance.record);
    if (advance.finished !== undefined) break;
  }
  return records;
}

/** The updates of the engine. */
export function trained(setup: TrainingSetup): readonly Line[] {
  return trainedRecords(setup).map(({ loss, gradNorm, clippedNorm, learningRate, validationLoss }) => ({
    ...{ loss, gradNorm, clippedNorm, learningRate, validationLoss },
  }));
}
