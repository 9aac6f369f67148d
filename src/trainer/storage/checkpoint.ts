import * as z from 'zod';
import { readObservationState, type ObservationState } from '../../diagnosis/observations';
import { readTensorFile, writeTensorFile } from '../../run/storage/safetensors';
import type { Training } from '../training/training';

const format = 'unroll-checkpoint-1';

/** Maximum number of characters of a text among the scalars: they are names of optimizers, which messages repeat. */
const maxScalarLength = 100;
const count = z.number().int().nonnegative();

/** The metadata beside the tensors, each value as JSON. Validated, because a checkpoint may be from an untrusted source. */
const metadataSchema = z.object({
  format: z.literal(format),
  updates: count,
  recordBytes: count,
  scalars: z.record(z.string(), z.union([z.number(), z.string().max(maxScalarLength)])),
  position: z.object({
    source: z.unknown(),
    windowsDone: count,
    learningRate: z.number().positive(),
    seconds: z.number().nonnegative(),
    plateau: z.object({ best: z.number().nullable(), withoutImprovement: count, cooldown: count }).optional(),
  }),
});

/** Maximum number of bytes of a checkpoint of a training: all its tensors are also in the trainer's memory. */
export function maxCheckpointBytes({ setup }: Training): number {
  return setup.memoryBytes + 64 * 1024 * 1024;
}

/** The content of a checkpoint besides its tensors. */
export interface CheckpointInfo {
  /** Updates done. */
  readonly updates: number;
  /** Bytes of the record file that belong to these updates. */
  readonly recordBytes: number;
  /** The state of the diagnosis; undefined where it wasn't saved. */
  readonly outline: ObservationState | undefined;
}

/** The bytes of a checkpoint of the current state: a safetensors file. */
export function writeCheckpoint(training: Training, recordBytes: number, outline?: ObservationState): Uint8Array {
  const { tensors, scalars } = training.setup.learner.snapshot();
  return writeTensorFile({
    tensors,
    metadata: {
      format,
      updates: String(training.updates),
      recordBytes: String(recordBytes),
      scalars: JSON.stringify(scalars),
      position: JSON.stringify(training.position()),
      ...(outline === undefined ? {} : { diagnosis: JSON.stringify(outline) }),
    },
  });
}

/**
 * Restores a training from a checkpoint.
 *
 * @param updates number of updates done at the checkpoint
 * @throws when the bytes aren't a checkpoint of this experiment after that number of updates
 */
export function restoreCheckpoint(training: Training, bytes: Uint8Array, updates: number): CheckpointInfo {
  const { tensors, metadata } = readTensorFile(bytes);
  const read = metadataSchema.safeParse({ ...metadata, ...parsed(metadata) });
  if (!read.success) throw new Error('The file is not a checkpoint of this version.');
  const { scalars, position, recordBytes } = read.data;
  if (read.data.updates !== updates || scalars['updates'] !== updates) {
    throw new Error(`The file is the checkpoint of update ${read.data.updates}, not of ${updates}.`);
  }
  training.setup.learner.restore({ tensors, scalars });
  training.seek(position);
  return { updates, recordBytes, outline: readObservationState(metadata['diagnosis']) };
}

function parsed(metadata: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    ['updates', 'recordBytes', 'scalars', 'position'].map((key) => [key, valueOf(metadata[key])]),
  );
}

function valueOf(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
