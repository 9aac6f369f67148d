import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { computeDataDigest } from '../../data/files/dataDigest';
import { diskAccess } from '../../data/files/fileAccess.node';
import type { FileContent } from '../../data/files/fileContent';
import { checkFiles, readFiles, type FileAccess } from '../../data/files/fileReading';
import { defaultKernelSet, openKernels, type BuiltKernelSet } from '../../engine/kernels/open';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { kernelsAt } from '../../run/kernelHistory';
import type { Manifest } from '../../run/manifest';
import type { FolderStorage } from '../../run/storage/folderStorage.node';
import { runnableKernels } from '../training/runnableKernels';
import { prepareTraining, readingProblem, type TrainingSetup } from '../training/trainingSetup';
import type { Threads } from '../training/workerPool';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import { existenceProblem, readExistingRun, type RequestedTraining } from './earlierRun.node';
import { codeOf, fileErrorReason } from './fileErrorReason';
import { openExperiment, startErrorAt, type OpenedExperiment } from './openedExperiment.node';
import { outFolderProblem, runsNearby } from './outFolder.node';
import { predictionsFileProblem } from './predictionsFile.node';
import { showReading } from './reading.node';
import { StartError } from './startError';

/** A training that is ready to start. Nothing has been written. */
export interface PreparedRun extends RequestedTraining {
  /** The seeds of the group of which it is one; none where the experiment has no `seeds`. */
  readonly seeds: readonly number[];
  /** The files that the experiment names: the held-out rows are compared with the numbers in them. */
  readonly files: ReadonlyMap<string, FileContent>;
  /** The experiment file, for the places of its keys. */
  readonly file: ExperimentFile;
}

/**
 * Reads the experiment and its data, and prepares the training. What needs no data is checked before they are read.
 *
 * @param storage the run's folder
 * @param stderr shows how far the reading of large data is
 * @throws StartError when it can't start
 */
export async function prepareRun(
  commandLine: CommandLine,
  storage: FolderStorage,
  { cores }: Threads,
  stderr: NodeJS.WriteStream,
): Promise<PreparedRun> {
  const opened = await openExperiment(commandLine);
  const { experiment, file } = opened;
  const unwritable =
    commandLine.predictions === undefined
      ? undefined
      : await predictionsFileProblem(commandLine.predictions, experiment);
  if (unwritable !== undefined) throw startErrorAt(commandLine, file, [unwritable]);
  // Whatever needs no data is refused before they are read.
  const before = await readExistingRun(storage);
  await checkFolder(before, commandLine, storage.folder);
  const read = await readData(commandLine, opened);
  const request = {
    experiment,
    files: read.files,
    kernels: openKernels(commandLine.kernels ?? resumableKernels(before)),
    memoryLimit: commandLine.memoryLimit,
    workers: { requested: commandLine.workers, cores },
  };
  const progress = await showReading(request, read.access, stderr);
  if (progress !== undefined) read.onRead.add = progress.add;
  // Before the data are opened: it copies the file's bytes, and frees the copy.
  const dataDigest = await computeDataDigest(experiment, read.files);
  const outcome = prepareTraining({
    ...request,
    ...(before === undefined ? {} : { shards: before.facts.shards, recorded: before.facts.layout }),
  });
  read.onRead.add = () => undefined;
  progress?.close();
  if (outcome.kind === 'refused') throw startErrorAt(commandLine, file, outcome.problems);
  return { setup: outcome.setup, dataDigest, files: read.files, seeds: opened.seeds, file };
}

/**
 * Reads an experiment and its data, and prepares a training that writes nothing.
 *
 * @param stderr shows how far the reading of large data is
 * @throws StartError when it can't start
 */
export async function prepareSetup(commandLine: CommandLine, stderr: NodeJS.WriteStream): Promise<TrainingSetup> {
  const opened = await openExperiment(commandLine);
  const { experiment, file } = opened;
  const read = await readData(commandLine, opened);
  const { memoryLimit } = commandLine;
  const kernels = openKernels(commandLine.kernels ?? defaultKernelSet());
  const request = { experiment, files: read.files, kernels, memoryLimit };
  const progress = await showReading(request, read.access, stderr);
  if (progress !== undefined) read.onRead.add = progress.add;
  const outcome = prepareTraining(request);
  progress?.close();
  if (outcome.kind === 'refused') throw startErrorAt(commandLine, file, outcome.problems);
  return outcome.setup;
}

/** @throws StartError where a folder does not fit the command line, whatever its run has trained */
async function checkFolder(before: Manifest | undefined, commandLine: CommandLine, folder: string): Promise<void> {
  const misfit = existenceProblem(before, commandLine, folder);
  if (misfit !== undefined) throw new StartError(`${misfit}${commandLine.resume ? await runsNearby(folder) : ''}`);
  const occupied = before === undefined ? await outFolderProblem(folder) : undefined;
  if (occupied !== undefined) throw new StartError(occupied);
}

/** The files that an experiment names, and what is called for the bytes of large ones as they are read. */
interface ReadData {
  readonly files: ReadonlyMap<string, FileContent>;
  readonly access: FileAccess;
  readonly onRead: { add: (bytes: number) => void };
}

async function readData(commandLine: CommandLine, { experiment, file }: OpenedExperiment): Promise<ReadData> {
  const folder = dirname(commandLine.file);
  await checkWorkspace(commandLine.workspace);
  const onRead = { add: (_bytes: number): void => undefined };
  const access: FileAccess = diskAccess(folder, commandLine.workspace ?? folder, (bytes) => {
    onRead.add(bytes);
  });
  const checked = await checkFiles(experiment, access);
  if (checked.kind === 'refused') throw startErrorAt(commandLine, file, checked.problems);
  const large = readingProblem(experiment, commandLine.memoryLimit, checked.bytes);
  if (large !== undefined) throw startErrorAt(commandLine, file, [large]);
  const read = await readFiles(experiment, access);
  if (read.kind === 'refused') throw startErrorAt(commandLine, file, read.problems);
  return { files: read.files, access, onRead };
}

/** @throws StartError where the folder that must contain the data files is none */
async function checkWorkspace(workspace: string | undefined): Promise<void> {
  if (workspace === undefined) return;
  const reason = await stat(workspace).then(
    (entry) => (entry.isDirectory() ? undefined : 'it is not a folder'),
    (error: unknown) => (codeOf(error) === 'ENOENT' ? 'it does not exist' : fileErrorReason(error)),
  );
  if (reason === undefined) return;
  throw new StartError(
    `--workspace ${workspace} can't be used: ${reason}. Name the folder that the data files are in; by default it is that of the experiment.`,
  );
}

/** The kernels of the run to resume if they can run here, else the fastest. */
function resumableKernels(before: Manifest | undefined): BuiltKernelSet {
  return before === undefined ? defaultKernelSet() : runnableKernels(kernelsAt(before.facts, Infinity)).name;
}
