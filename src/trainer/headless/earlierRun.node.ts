import { basename } from 'node:path';
import { hasDataChanged } from '../../data/files/dataDigest';
import { toJson } from '../../experiment/resolved';
import { formatValue, differingKeys, keyValues } from '../../run/differences';
import { kernelsAt } from '../../run/kernelHistory';
import { runFiles } from '../../run/storage/runFiles';
import { maxManifestBytes, readManifest, unreadableReason, type Manifest } from '../../run/manifest';
import { quote } from '../../text/quoting';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import type { FolderStorage } from '../../run/storage/folderStorage.node';
import type { TrainingSetup } from '../training/trainingSetup';
import { fileErrorReason } from './fileErrorReason';
import { StartError } from './startError';
import { runnableKernels } from '../training/runnableKernels';

/** What is to be trained, and what an earlier run is compared with. */
export interface RequestedTraining {
  readonly setup: TrainingSetup;
  /** SHA-256 of the data; null without a data file. */
  readonly dataDigest: string | null;
}

/** Maximum number of keys listed in a message. */
const maxListedKeys = 3;

/**
 * The run that a folder already holds; undefined where it holds none.
 *
 * @throws StartError when it can't be read, or doesn't match the command line, the setup or the data
 */
export async function readMatchingRun(
  storage: FolderStorage,
  requested: RequestedTraining,
  commandLine: CommandLine,
): Promise<Manifest | undefined> {
  const earlier = await readExistingRun(storage);
  const misfit = mismatchOf(earlier, requested, commandLine, storage.folder);
  if (misfit !== undefined) throw new StartError(misfit);
  return earlier;
}

/** Whether an existing run is complete: all its updates are done, its loss has reached `training.stopAtLoss`, or its patience was over. */
export function isOver({ state, updates, facts }: Manifest, { experiment }: TrainingSetup): boolean {
  const endedEarly = state === 'finished' && updates < facts.plannedUpdates;
  return endedEarly || updates >= experiment.training.steps;
}

/**
 * The run that a folder already holds, without checking that it matches; undefined where it holds none.
 *
 * @throws StartError when it can't be read
 */
export async function readExistingRun(storage: FolderStorage): Promise<Manifest | undefined> {
  const bytes = await storage.read(runFiles.manifest, maxManifestBytes).catch((error: unknown) => {
    throw new StartError(
      `${storage.folder} can't hold a run: ${fileErrorReason(error)}. Choose a folder for --out, or one that doesn't exist yet.`,
    );
  });
  if (bytes === undefined) return undefined;
  const manifest = readManifest(bytes);
  if (manifest === undefined) {
    throw new StartError(
      `The run in ${storage.folder} can't be read. Its ${runFiles.manifest}: ${unreadableReason(bytes)} Choose another --out.`,
    );
  }
  return manifest;
}

/** Why a folder does not fit the command line, whatever its run has trained: found before any data are read. */
export function existenceProblem(
  earlier: Manifest | undefined,
  { resume }: CommandLine,
  folder: string,
): string | undefined {
  if (earlier === undefined) {
    return resume ? `There is no run to resume in ${folder}. Remove --resume to start one.` : undefined;
  }
  return resume ? undefined : `${folder} already holds a run. Choose another --out, or add --resume to continue it.`;
}

function mismatchOf(
  earlier: Manifest | undefined,
  { setup, dataDigest }: RequestedTraining,
  commandLine: CommandLine,
  folder: string,
): string | undefined {
  const existence = existenceProblem(earlier, commandLine, folder);
  if (existence !== undefined || earlier === undefined) return existence;
  const { variant } = commandLine;
  const difference = formatDifference(earlier.experiment, JSON.parse(toJson(setup.experiment)));
  if (difference !== undefined) {
    if (earlier.variant !== (variant ?? null)) {
      return (
        `The run in ${basename(folder)} trains ${earlier.variant === null ? 'the experiment without a variant' : `the variant ${quote(earlier.variant)}`}. ` +
        `Choose another --out, or ${earlier.variant === null ? 'remove --variant' : `add --variant ${quote(earlier.variant)}`}.`
      );
    }
    return (
      `The run in ${basename(folder)} was trained with another experiment, with ${difference}; only name, notes and ` +
      'training.steps may differ. Choose another --out, or go back to the experiment in its run.json.'
    );
  }
  if (hasDataChanged(earlier.facts.dataDigest, dataDigest)) {
    return (
      `The run in ${basename(folder)} was trained on other data: ${earlier.facts.data} has changed since. ` +
      'Choose another --out, or restore the earlier file.'
    );
  }
  const { name, missing } = runnableKernels(kernelsAt(earlier.facts, Infinity));
  if (missing === undefined && name !== setup.kernels.name) {
    return (
      `The run in ${basename(folder)} was computed by the ${name} kernels, not by ${setup.kernels.name}. ` +
      `Choose another --out, or add --kernels ${name}.`
    );
  }
  return undefined;
}

/** The first keys in which two experiments differ and that affect results, with both values; undefined without any. */
function formatDifference(experimentOfRun: unknown, requested: unknown): string | undefined {
  const [before, now] = [keyValues(experimentOfRun), keyValues(requested)];
  const keys = differingKeys([before, now]).filter((key) => key !== 'training.steps');
  if (keys.length === 0) return undefined;
  const named = keys
    .slice(0, maxListedKeys)
    .map((key) => `${key} ${formatValue(before.get(key))} and not ${formatValue(now.get(key))}`);
  const more = keys.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
