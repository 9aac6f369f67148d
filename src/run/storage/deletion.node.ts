import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isRunFile, runFolders } from './runFiles';

/** Files that operating systems create in any folder that they show. */
const systemFiles = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Why a folder must not be deleted as a run; undefined if it may be. A `run.json` alone does not make a folder a run:
 * there may be one in the root of a workspace.
 *
 * @param folder absolute path
 * @param protectedFolders absolute paths of folders that must not be deleted, such as those of the workspace
 */
export async function reasonNotToDelete(
  folder: string,
  protectedFolders: readonly string[],
): Promise<string | undefined> {
  const entry = await lstat(folder).catch(() => undefined);
  if (entry === undefined) return 'it no longer exists';
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
  for (const part of ['', ...runFolders]) {
    const other = await firstForeignEntry(folder, part);
    if (other !== undefined) return `it contains "${other}", which is not a file of a run`;
  }
  return undefined;
}

/** The first entry, as a path with `/`, that is not a file of a run. */
async function firstForeignEntry(root: string, folder: string): Promise<string | undefined> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const other = entries.find((entry) => {
    if (entry.isDirectory()) return folder !== '' || !runFolders.includes(entry.name);
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return !entry.isFile() || !(isRunFile(path) || systemFiles.has(entry.name));
  });
  return other === undefined || folder === '' ? other?.name : `${folder}/${other.name}`;
}
