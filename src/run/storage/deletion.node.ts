import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { firstForeignEntry } from './foreignEntry';

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
  const other = await firstForeignEntry(async (part) => {
    const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
    return entries.map((one) => ({ name: one.name, isFolder: one.isDirectory(), isFile: one.isFile() }));
  });
  return other === undefined ? undefined : `it contains "${other}", which is not a file of a run`;
}
