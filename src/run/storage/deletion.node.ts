import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isRunFile, runFiles } from './runFiles';

/** Left in folders by systems that show them, whoever they belong to. */
const leftBySystems = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Why a folder may not be deleted as a run; undefined where it may. A `run.json` makes no folder a run's: anybody can
 * put one into the root of a workspace.
 *
 * @param folder absolute path
 * @param protectedFolders absolute paths of folders that must stay, such as the workspace's
 */
export async function reasonNotToDelete(
  folder: string,
  protectedFolders: readonly string[],
): Promise<string | undefined> {
  const entry = await lstat(folder).catch(() => undefined);
  if (entry === undefined) return 'it is not there any more';
  if (entry.isSymbolicLink()) return 'it is a link to another folder';
  if (!entry.isDirectory()) return 'it is not a folder';
  const real = await realpath(folder);
  for (const path of protectedFolders) {
    const way = relative(real, await realpath(path).catch(() => path));
    if (way === '') return 'it is a folder of the workspace';
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
      return `it contains the workspace folder ${path}`;
    }
  }
  const other = (await firstOther(folder, '')) ?? (await firstOther(folder, runFiles.checkpoints));
  return other === undefined ? undefined : `it contains "${other}", which no run writes`;
}

/** The first entry, by its path with `/`, that is not a file of a run. */
async function firstOther(root: string, folder: string): Promise<string | undefined> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const other = entries.find((entry) => {
    if (entry.isDirectory()) return folder !== '' || entry.name !== runFiles.checkpoints;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return !entry.isFile() || !(isRunFile(path) || leftBySystems.has(entry.name));
  });
  return other === undefined || folder === '' ? other?.name : `${folder}/${other.name}`;
}
