import assert from 'node:assert/strict';
import { openKernels, type BuiltKernelSet } from '../../../src/engine/kernels/open';
import { parseExperiment } from '../../../src/experiment/parse';
import type { ResolvedExperiment } from '../../../src/experiment/schema/schema';
import type { StartParams } from '../../../src/protocol/trainer';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { Training } from '../../../src/trainer/training/training';

/** An experiment small enough to train in milliseconds; keys replace the example's own. */
export function exampleExperiment(keys: Readonly<Record<string, unknown>> = {}): ResolvedExperiment {
  const file = {
    data: { task: 'adding', length: [6, 9] },
    model: { cell: 'lstm', hidden: 4 },
    clip: { norm: 0.1 },
    training: { steps: 12, batch: 3, validateEvery: 5 },
    ...keys,
  };
  const parsed = parseExperiment(JSON.stringify(file));
  if (parsed.kind !== 'experiment') assert.fail(JSON.stringify(parsed));
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved');
  return resolved.experiment;
}

/** What starts a run that is not stored, without data files. */
export function exampleStart(experiment: ResolvedExperiment, workers = 0): StartParams {
  return {
    experiment,
    variant: undefined,
    files: new Map(),
    memoryLimit: 1e9,
    folder: undefined,
    source: undefined,
    resumedManifest: undefined,
    workers,
    reproducible: false,
  };
}

/** The training of an experiment, before its first update; its batches split as usual, or into `shards`. */
export function exampleTraining(
  keys: Readonly<Record<string, unknown>> = {},
  files: ReadonlyMap<string, Uint8Array> = new Map(),
  shards?: number,
  kernelSet: BuiltKernelSet = 'reference',
): Training {
  const prepared = prepareTraining({
    experiment: exampleExperiment(keys),
    files,
    kernels: openKernels(kernelSet),
    memoryLimit: 1e9,
    ...(shards === undefined ? {} : { shards }),
  });
  // What is prepared has megabytes as text: it is written out where it is not what it should be.
  if (prepared.kind !== 'prepared') assert.fail(JSON.stringify(prepared));
  return new Training(prepared.setup, () => performance.now() / 1000);
}

/** Two hundred characters of a small vocabulary. */
export const exampleText = new Map([
  ['text.txt', new TextEncoder().encode('to be or not to be, that is it. '.repeat(12))],
]);
