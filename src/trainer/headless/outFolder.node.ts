import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../../run/storage/runFiles';
import { formatCount } from '../../text/numbers';
import { quoteAll } from '../../text/quoting';
import { codeOf, fileErrorReason } from './fileErrorReason';

/** What a start that was killed before its run.json may leave, and what a desktop writes into folders that it shows. */
const ignored: ReadonlySet<string> = new Set([
  runFiles.lock,
  runFiles.lockTakeover,
  `${runFiles.manifest}.partial`,
  '.DS_Store',
  'Thumbs.db',
  'desktop.ini',
]);

/** Files of a run that has trained. */
const trained: readonly string[] = [runFiles.records, runFiles.rateChanges, runFiles.checkpoints];

/** Maximum numbers of names in a message, and of folders that are searched for runs. */
const [maxNamed, maxSearched] = [3, 100];

/**
 * Why a folder without a run.json can't be that of a new run: it has other files, which a run would be mixed with.
 * Undefined for a folder that is empty or doesn't exist.
 */
export async function outFolderProblem(folder: string): Promise<string | undefined> {
  const entries = await entriesOf(folder);
  if (typeof entries === 'string') return entries;
  const remains = trained.find((name) => entries.includes(name));
  if (remains !== undefined) {
    return `${folder} has ${remains} of a run, but not its ${runFiles.manifest}: it can't be resumed, and nothing is overwritten. Choose another --out, or restore ${runFiles.manifest}.`;
  }
  if (entries.length === 0) return undefined;
  const runs = await runsIn(folder, entries);
  const found =
    runs.length > 0
      ? `${folder} holds runs (${listed(runs)}), and --out is the folder of one run`
      : `${folder} isn't empty and holds no run (${listed(entries)} ${entries.length === 1 ? 'is' : 'are'} there)`;
  return `${found}. Choose a new or empty folder, such as --out ${newFolderIn(folder, entries)}.`;
}

/**
 * Why a folder can't be that of the runs of several seeds; undefined where it can.
 *
 * @param names the folders of the runs in it
 * @param resume whether those that are there are resumed; otherwise it must be empty, or not exist
 */
export async function groupFolderProblem(
  folder: string,
  names: readonly string[],
  resume: boolean,
): Promise<string | undefined> {
  const entries = await entriesOf(folder);
  if (typeof entries === 'string') return entries;
  if (entries.includes(runFiles.manifest)) {
    return `${folder} holds a run, and with several seeds --out is the folder of their runs. Choose another --out, or add --seed N to train one of them.`;
  }
  const runs = (await runsIn(folder, entries)).filter((name) => names.includes(name));
  if (resume) {
    return runs.length > 0
      ? undefined
      : `There are no runs of these seeds to resume in ${folder}. Remove --resume to start them.`;
  }
  if (runs.length > 0) {
    return `${folder} already holds runs of these seeds (${listed(runs)}). Choose another --out, or add --resume to continue them.`;
  }
  if (entries.length === 0) return undefined;
  return `${folder} isn't empty (${listed(entries)} ${entries.length === 1 ? 'is' : 'are'} there). Choose a new or empty folder for the runs of all seeds, such as --out ${newFolderIn(folder, entries)}.`;
}

/** Where a run that is to be resumed may be instead: the runs in a folder that is none itself; '' without any. */
export async function runsNearby(folder: string): Promise<string> {
  const entries = await entriesOf(folder);
  const runs = typeof entries === 'string' ? [] : await runsIn(folder, entries);
  const [first] = runs;
  if (first === undefined) return '';
  return ` It holds runs (${listed(runs)}): name one of them, such as --out ${join(folder, first)}.`;
}

/** The names in a folder that count, in alphabetical order; or why it can't be read. */
async function entriesOf(folder: string): Promise<readonly string[] | string> {
  try {
    return (await readdir(folder)).filter((name) => !ignored.has(name)).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    return `The folder ${folder} of --out can't be read: ${fileErrorReason(error)}. Choose another --out.`;
  }
}

async function runsIn(folder: string, entries: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of entries.slice(0, maxSearched)) {
    const manifest = await stat(join(folder, name, runFiles.manifest)).catch(() => undefined);
    if (manifest?.isFile() === true) found.push(name);
  }
  return found;
}

function listed(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return `${quoteAll(names.slice(0, maxNamed))}${more > 0 ? ` and ${formatCount(more, 'other')}` : ''}`;
}

function newFolderIn(folder: string, entries: readonly string[]): string {
  let number = 1;
  while (entries.includes(`run-${number}`)) number += 1;
  return join(folder, `run-${number}`);
}
