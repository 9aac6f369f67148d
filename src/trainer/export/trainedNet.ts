import type { NetFormat } from '../../protocol/storedRun';
import { manifestIn } from '../../run/manifest';
import { runFiles, updatesOfCheckpoint } from '../../run/storage/runFiles';
import { readTensorFile, writeTensorFile, type StoredTensor } from '../../run/storage/safetensors';
import type { RunStorage } from '../../run/storage/storage';
import { exportToOnnx } from './exportToOnnx';

/** A trained net as a file. */
export interface TrainedNetFile {
  readonly bytes: Uint8Array;
  /** The checkpoint that it is from, relative to the run's folder. */
  readonly checkpoint: string;
}

/** The largest checkpoint that is read, in bytes. */
const maxCheckpointBytes = 2 ** 31;

/**
 * The net of a stored run as a file for other programs: `safetensors` has its parameters as a `state_dict` of PyTorch,
 * `onnx` is a model that computes; see `exportToOnnx`.
 *
 * @param checkpoint relative to the run's folder; undefined for the latest
 * @throws with a readable reason where there is none, or where it is not of the run's net
 */
export async function trainedNetFile(
  storage: Pick<RunStorage, 'read' | 'list'>,
  format: NetFormat,
  checkpoint: string | undefined,
): Promise<TrainedNetFile> {
  const { facts } = await manifestIn(storage);
  if (facts.recordedBy !== undefined) {
    throw new Error(
      facts.imported === undefined
        ? `This run was recorded from ${facts.recordedBy}, which has its net.`
        : `This run was imported from ${facts.recordedBy}, which has no net.`,
    );
  }
  const { cell } = facts;
  if (cell === 'unknown') throw new Error('This run has no recurrent net.');
  const chosen = checkpoint ?? latestCheckpoint(await storage.list(runFiles.checkpoints));
  if (chosen === undefined) throw new Error('This run has no checkpoint, and so no trained net.');
  const bytes = await storage.read(chosen, maxCheckpointBytes);
  if (bytes === undefined) throw new Error(`${chosen} is missing.`);
  const all = readTensorFile(bytes).tensors;
  const parameters = new Map(facts.layout.parameters.map((name) => [name, parameterOf(all, name, chosen)]));
  return {
    checkpoint: chosen,
    bytes:
      format === 'onnx'
        ? exportToOnnx({ ...facts, cell }, parameters)
        : writeTensorFile({ tensors: parameters, metadata: { format: 'pt' } }),
  };
}

function parameterOf(tensors: ReadonlyMap<string, StoredTensor>, name: string, checkpoint: string): StoredTensor {
  const found = tensors.get(name);
  if (found === undefined) throw new Error(`${checkpoint} has no parameter “${name}”.`);
  return found;
}

function latestCheckpoint(names: readonly string[]): string | undefined {
  const updates = names.flatMap((name) => updatesOfCheckpoint(name) ?? []);
  return updates.length === 0 ? undefined : runFiles.checkpoint(Math.max(...updates));
}
