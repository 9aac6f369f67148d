import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { computeDataDigest, hasDataChanged } from '../../data/files/dataDigest';
import { filesOf } from '../../data/source';
import { diskAccess, isWithin } from '../../data/files/fileAccess.node';
import { readFiles } from '../../data/files/fileReading';
import { streamedFile } from '../../data/files/streamedFile.node';
import type { RequestReplay } from '../../protocol/replayRequests';
import { storedExperiment } from '../../run/storedExperiment';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { ReplayService } from '../replay/replayService';
import type { FoundRun } from './comparing.node';
import { StartError } from './startError';

/** Where the data of a run may be, and how much memory its replay may use. */
export interface ReplayLimits {
  /** The folder that must contain the data files; undefined for the default place of the run's experiment. */
  readonly workspace: string | undefined;
  /** In bytes. */
  readonly memoryLimit: number;
}

/**
 * Opens the replay of a stored run in this process; of a run that another program recorded, what that captured.
 *
 * @throws StartError where the run has no experiment or no data that can be read
 */
export async function openStoredReplay(run: FoundRun, limits: ReplayLimits): Promise<RequestReplay> {
  const { folder, manifest } = run;
  const { facts } = manifest;
  const { memoryLimit } = limits;
  const service = new ReplayService(
    (path) => new FolderStorage(path),
    streamedFile,
    () => performance.now() / 1000,
    () => new Promise((done) => setImmediate(done)),
  );
  if (facts.recordedBy === undefined) await openReplay(service, run, limits);
  else service.openRecorded({ info: facts, folder, memoryLimit });
  return (name, params) => service.answer(name, params);
}

async function openReplay(
  service: ReplayService,
  { folder, manifest }: FoundRun,
  { workspace, memoryLimit }: ReplayLimits,
): Promise<void> {
  const { facts, source } = manifest;
  const resolved = storedExperiment(manifest);
  if (resolved.kind === 'refused') {
    throw new StartError(`The run in ${folder} holds no experiment of this version, so its updates can't be replayed.`);
  }
  const { experiment } = resolved;
  // Of an experiment that names no files it does not matter where it is.
  const base = filesOf(experiment).length === 0 ? folder : baseOf(folder, source, workspace);
  const read = await readFiles(experiment, diskAccess(base, workspace ?? base));
  if (read.kind === 'refused') {
    const problem = read.problems[0]?.message ?? "The data can't be read.";
    throw new StartError(`The run in ${folder} can't be replayed: ${problem}`);
  }
  if (hasDataChanged(facts.dataDigest, await computeDataDigest(experiment, read.files))) {
    throw new StartError(
      `The data of the run in ${folder} have changed since it started. With other data its numbers would differ. Restore the earlier file.`,
    );
  }
  const reply = await service.open({
    experiment,
    files: read.files,
    memoryLimit,
    kernels: { kernels: facts.kernels, kernelChanges: facts.kernelChanges },
    shards: facts.shards,
    folder,
  });
  if (reply.kind === 'refused') {
    throw new StartError(`The run in ${folder} can't be replayed: ${reply.problems[0]?.message ?? 'it was refused.'}`);
  }
}

/**
 * The folder that the experiment's paths are relative to. A manifest may name any path: an experiment elsewhere than in the
 * default place is accepted within the folder that `--workspace` names, or the current one.
 */
function baseOf(folder: string, source: string | null, workspace: string | undefined): string {
  const beside = dirname(dirname(folder));
  if (source === null) return workspace ?? beside;
  const named = dirname(resolve(folder, source));
  if ([beside, workspace ?? process.cwd()].some((allowed) => isWithin(allowed, named))) return named;
  throw new StartError(
    `The run in ${folder} names an experiment in ${named}. Allow its data to be read there with --workspace ${named}, or move the run's folder back.`,
  );
}
