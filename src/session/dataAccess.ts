import { FileType, Uri, workspace } from 'vscode';
import type { FileAccess, Located } from '../data/files/fileReading';
import { maxSiblings } from '../data/files/nearestFile';
import { folderOf } from './experimentText';
import { localAccess } from './files/hostFiles.node';

/** The files that an experiment may read: those of its workspace folder, else those of its own folder. */
export function accessFor(experiment: Uri): FileAccess {
  return accessIn(folderOf(experiment));
}

/** As `accessFor`, for an experiment in this folder. */
export function accessIn(folder: Uri): FileAccess {
  const boundary = workspace.getWorkspaceFolder(folder)?.uri ?? folder;
  return localAccess(folder, boundary) ?? virtualAccess(folder, boundary);
}

function virtualAccess(folder: Uri, boundary: Uri): FileAccess {
  return {
    async locate(path): Promise<Located> {
      const uri = Uri.joinPath(folder, path);
      const root = boundary.path.endsWith('/') ? boundary.path : `${boundary.path}/`;
      if (!uri.path.startsWith(root)) return { kind: 'outside', boundary: boundary.path };
      try {
        const { type, size } = await workspace.fs.stat(uri);
        // The target of a symbolic link is unknown in a virtual file system, so no link is followed.
        if ((type & FileType.SymbolicLink) !== 0) return { kind: 'outside', boundary: boundary.path };
        return (type & FileType.File) === 0 ? { kind: 'notAFile' } : { kind: 'file', location: uri.toString(), size };
      } catch {
        return { kind: 'missing', siblings: await filesIn(Uri.joinPath(uri, '..')) };
      }
    },
    read: async (location) => workspace.fs.readFile(Uri.parse(location)),
    // A virtual file system reads whole files only.
    readStart: async (location, maxBytes) => (await workspace.fs.readFile(Uri.parse(location))).subarray(0, maxBytes),
  };
}

/** Names of the first files in a folder; none if it is not readable. */
async function filesIn(folder: Uri): Promise<readonly string[]> {
  try {
    const entries = await workspace.fs.readDirectory(folder);
    return entries
      .filter(([, type]) => type === FileType.File)
      .slice(0, maxSiblings)
      .map(([name]) => name);
  } catch {
    return [];
  }
}
