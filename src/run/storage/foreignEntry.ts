import { isRunFile, runFolders } from './runFiles';

/** Files that operating systems create in any folder that they show. */
const systemFiles = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** An entry of a folder; a link is neither a folder nor a file. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

/**
 * The first entry of a folder, as a path with `/`, that is not a file of a run; undefined if there is none.
 *
 * @param read the entries of a part of the folder; '' is the folder itself
 */
export async function firstForeignEntry(
  read: (part: string) => Promise<readonly FolderEntry[]>,
): Promise<string | undefined> {
  for (const part of ['', ...runFolders]) {
    const other = (await read(part)).find(({ name, isFolder, isFile }) => {
      if (isFolder) return part !== '' || !runFolders.includes(name);
      const path = part === '' ? name : `${part}/${name}`;
      return !isFile || !(isRunFile(path) || systemFiles.has(name));
    });
    if (other !== undefined) return part === '' ? other.name : `${part}/${other.name}`;
  }
  return undefined;
}
