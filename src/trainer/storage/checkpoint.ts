import * as z from 'zod';
import { readObservationState, type ObservationState } from '../../diagnosis/observations';
import { headerLengthOf, readTensorFile, writeTensorFile } from '../../run/storage/safetensors';
import { runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import type { Snapshot } from '../../engine/snapshot';
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
    validation: z
      .object({ best: z.object({ updates: count, validationLoss: z.number() }).nullable(), withoutImprovement: count })
      .optional(),
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

/** The state of a training at one time, from which its checkpoint can be written later. */
export interface CheckpointState {
  readonly updates: number;
  readonly learner: Snapshot;
  /** As JSON, because the training goes on. */
  readonly position: string;
  /** The state of the diagnosis as JSON; undefined where it isn't saved. */
  readonly diagnosis: string | undefined;
}

/** The present state of a training. */
export function checkpointState(training: Training, outline?: ObservationState): CheckpointState {
  return {
    updates: training.updates,
    learner: training.setup.learner.snapshot(),
    position: JSON.stringify(training.position()),
    diagnosis: outline && JSON.stringify(outline),
  };
}

/** The bytes of a checkpoint of a state: a safetensors file. */
export function encodeCheckpoint(state: CheckpointState, recordBytes: number): Uint8Array {
  const { updates, learner, position, diagnosis } = state;
  return writeTensorFile({
    tensors: learner.tensors,
    metadata: {
      format,
      updates: String(updates),
      recordBytes: String(recordBytes),
      scalars: JSON.stringify(learner.scalars),
      position,
      ...(diagnosis === undefined ? {} : { diagnosis }),
    },
  });
}

/** The bytes of a checkpoint of the current state. */
export function writeCheckpoint(training: Training, recordBytes: number, outline?: ObservationState): Uint8Array {
  return encodeCheckpoint(checkpointState(training, outline), recordBytes);
}

/**
 * The number of updates of the checkpoint of the lowest validation loss, from the beginning of its file; undefined where
 * there is none that can be read.
 */
export async function updatesOfBest(storage: Pick<RunStorage, 'readPart'>): Promise<number | undefined> {
  const head = await storage.readPart(runFiles.bestCheckpoint, 0, 8).catch(() => new Uint8Array(0));
  const length = headerLengthOf(head);
  if (length === undefined) return undefined;
  const header = await storage.readPart(runFiles.bestCheckpoint, 8, length).catch(() => new Uint8Array(0));
  const parsed = bestHeaderSchema.safeParse(valueOf(new TextDecoder().decode(header)));
  return parsed.success ? parsed.data.__metadata__.updates : undefined;
}

const bestHeaderSchema = z.object({
  __metadata__: z.object({ format: z.literal(format), updates: z.coerce.number().int().nonnegative() }),
});

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
