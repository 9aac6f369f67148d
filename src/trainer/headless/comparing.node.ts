import { basename, join, relative } from 'node:path';
import { differingKeys, formatValue, withoutImpliedKeys, type KeyValues } from '../../run/differences';
import { maxManifestBytes, readManifest, unreadableReason, type Manifest } from '../../run/manifest';
import { isLocked } from '../../run/storage/folderLock.node';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { formatDone } from '../../text/numbers';
import { comparedValues, parsedValue } from '../../tools/runComparison';
import { printerTo, type HeadlessEnd } from './closingMessages';
import type { ComparedRuns } from './commandLine/readingCommandLine.node';
import { fileErrorReason } from './fileErrorReason';
import { formatLoss, runTable } from './runTable';
import { StartError } from './startError';

/** A stored run, without its records. */
export interface FoundRun {
  readonly folder: string;
  readonly manifest: Manifest;
  /** How it ended; `running` while a process trains it. */
  readonly state: Manifest['state'];
  readonly values: KeyValues;
}

/**
 * Writes how stored runs ended, their losses and the keys in which their experiments differ to stdout: a table with a
 * row per run, or with `json` a line of JSON per run. Reads the `run.json` of each, and no records.
 *
 * @returns `refused` where a folder holds no readable run; then nothing is written to stdout
 */
export async function compareHeadless(
  { folders, json }: ComparedRuns,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): Promise<HeadlessEnd> {
  const print = printerTo(stderr);
  const { runs, problems } = await findRuns(folders);
  for (const problem of problems) print(problem);
  if (problems.length > 0) return 'refused';
  const values = runs.map((run) => run.values);
  const keys = differingKeys(values);
  stdout.write(json ? jsonLines(runs, keys) : `${table(runs, withoutImpliedKeys(keys, values))}\n`);
  if (keys.length === 0) print('The runs differ in no key of their experiments.');
  return 'finished';
}

/** The runs in folders, and why those of the others can't be read. */
export async function findRuns(
  folders: readonly string[],
): Promise<{ readonly runs: readonly FoundRun[]; readonly problems: readonly string[] }> {
  const runs: FoundRun[] = [];
  const problems: string[] = [];
  for (const folder of folders) {
    try {
      runs.push(await findRun(folder));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { runs, problems };
}

/** @throws StartError where a folder holds no run that can be read */
export async function findRun(folder: string): Promise<FoundRun> {
  const bytes = await new FolderStorage(folder).read(runFiles.manifest, maxManifestBytes).catch((error: unknown) => {
    throw new StartError(`The run in ${folder} can't be read: ${fileErrorReason(error)}.`);
  });
  if (bytes === undefined) {
    throw new StartError(`There is no run in ${folder}: it has no ${runFiles.manifest}. Name the folder of a run.`);
  }
  const manifest = readManifest(bytes);
  if (manifest === undefined) {
    throw new StartError(`The run in ${folder} can't be read. Its ${runFiles.manifest}: ${unreadableReason(bytes)}`);
  }
  const wasLeft = manifest.state === 'running' || manifest.state === 'paused';
  return {
    folder,
    manifest,
    state: wasLeft && !(await isLocked(folder)) ? 'interrupted' : manifest.state,
    values: comparedValues(manifest),
  };
}

function table(runs: readonly FoundRun[], keys: readonly string[]): string {
  const header = ['run', 'state', 'updates', 'loss', 'validation loss', ...keys];
  const rows = runs.map(({ folder, manifest, state, values }) => [
    shownPath(folder),
    state,
    formatDone(manifest.updates, manifest.facts.plannedUpdates),
    formatLoss(manifest.loss),
    formatLoss(manifest.validationLoss),
    ...keys.map((key) => formatValue(values.get(key))),
  ]);
  return runTable([header, ...rows], new Set([2, 3, 4]));
}

/** A folder as it is found from here; the whole path where that would lead up first. */
function shownPath(folder: string): string {
  const fromHere = relative(process.cwd(), folder);
  return fromHere === '' ? basename(folder) : fromHere.startsWith('..') ? folder : join(fromHere);
}

/** A line for each run; `differing` has its values of the keys that differ, null where it does not have the key. */
function jsonLines(runs: readonly FoundRun[], keys: readonly string[]): string {
  const lines = runs.map(({ folder, manifest, state, values }) => {
    const { variant, facts, reason, updates, startedAt, endedAt, seconds, loss, validationLoss, message } = manifest;
    const differing = keys.map((key) => {
      const value = values.get(key);
      return [key, value === undefined ? null : parsedValue(value)] as const;
    });
    return JSON.stringify({
      ...{ folder, name: facts.name, variant, seed: facts.seed, state, reason, updates },
      ...{ plannedUpdates: facts.plannedUpdates, startedAt, endedAt, seconds, loss, validationLoss, message },
      differing: Object.fromEntries(differing),
    });
  });
  return lines.map((line) => `${line}\n`).join('');
}
