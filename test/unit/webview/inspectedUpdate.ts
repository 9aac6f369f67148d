import assert from 'node:assert/strict';
import { defaultKernelSet, openKernels } from '../../../src/engine/kernels/open';
import type { Inspection } from '../../../src/protocol/inspection';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { Training } from '../../../src/trainer/training/training';
import { exampleExperiment } from '../trainer/exampleTraining';

/** Keys of an experiment. */
export type Keys = Readonly<Record<string, unknown>>;

/** An update of an experiment, inspected for one sequence. */
export function inspected(
  keys: Keys,
  kernels: 'reference' | 'single precision' = 'reference',
  updates = 1,
  sequence = 1,
): Inspection {
  const experiment = exampleExperiment(keys);
  const opened = openKernels(kernels === 'reference' ? 'reference' : defaultKernelSet());
  const prepared = prepareTraining({ experiment, files: new Map(), kernels: opened, memoryLimit: 1e9 });
  assert.ok(prepared.kind === 'prepared', JSON.stringify(prepared));
  const training = new Training(prepared.setup, () => 0);
  for (let n = 1; n < updates; n++) training.advance();
  const advance = training.advance(() => true);
  assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
  return inspectionOf(advance.capture, prepared.setup, sequence);
}

/** A formula as text. */
export function written(pieces: readonly { readonly text: string }[]): string {
  return pieces.map(({ text }) => text).join('');
}
