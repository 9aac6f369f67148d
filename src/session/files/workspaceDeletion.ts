import { FileType, Uri, workspace } from 'vscode';
import { firstForeignEntry } from '../../run/storage/foreignEntry';
import { english } from '../../text/translate';

/**
 * Why a folder in one of VS Code's file systems must not be deleted as a run; undefined if it may be. A `run.json` alone
 * does not make a folder a run: there may be one in the root of a workspace.
 *
 * @param protectedFolders folders that must not be deleted, such as those of the workspace
 */
export async function reasonNotToDelete(folder: Uri, protectedFolders: readonly Uri[]): Promise<string | undefined> {
  const entry = await workspace.fs.stat(folder).then(undefined, () => undefined);
  if (entry === undefined) return english`it no longer exists`;
  if ((entry.type & FileType.SymbolicLink) !== 0) return english`it is a link to another folder`;
  if ((entry.type & FileType.Directory) === 0) return english`it is not a folder`;
  for (const { scheme, authority, path } of protectedFolders) {
    if (scheme !== folder.scheme || authority !== folder.authority) continue;
    if (path === folder.path) return english`it is a folder of the workspace`;
    if (path.startsWith(`${folder.path}/`)) return english`it contains the workspace folder ${path}`;
  }
  const other = await firstForeignEntry(async (part) => {
    const entries = await workspace.fs.readDirectory(Uri.joinPath(folder, part)).then(undefined, () => []);
    return entries.map(([name, type]) => ({
      name,
      isFolder: type === FileType.Directory,
      isFile: type === FileType.File,
    }));
  });
  return other === undefined ? undefined : english`it contains "${other}", which is not a file of a run`;
}
