import type { Snapshot } from '../engine/snapshot';
import { readTensorFile, writeTensorFile } from '../run/safetensors';
import type { Training, TrainingPosition } from './training';

const format = 'unroll-checkpoint-1';

/** What a checkpoint knows besides tensors. */
export interface CheckpointFacts {
  /** Updates done. */
  readonly updates: number;
  /** Bytes of the record file that belong to these updates. */
  readonly recordBytes: number;
}

/** The bytes of a checkpoint of this moment: a safetensors file. */
export function writeCheckpoint(training: Training, recordBytes: number): Uint8Array {
  const { tensors, scalars } = training.plan.learner.snapshot();
  return writeTensorFile({
    tensors,
    metadata: {
      format,
      updates: String(training.updates),
      recordBytes: String(recordBytes),
      scalars: JSON.stringify(scalars),
      position: JSON.stringify(training.position()),
    },
  });
}

/**
 * Puts a training back to where a checkpoint was written.
 *
 * @throws when the bytes are no checkpoint of this experiment.
 */
export function restoreCheckpoint(training: Training, bytes: Uint8Array): CheckpointFacts {
  const { tensors, metadata } = readTensorFile(bytes);
  const { scalars, position, updates, recordBytes } = metadata;
  if (metadata['format'] !== format || scalars === undefined || position === undefined) {
    throw new Error('The file is no checkpoint of this version.');
  }
  training.plan.learner.restore({ tensors, scalars: JSON.parse(scalars) as Snapshot['scalars'] });
  training.moveTo(JSON.parse(position) as TrainingPosition);
  return { updates: Number(updates), recordBytes: Number(recordBytes) };
}
