import type { Uri } from 'vscode';
import type { FileAccess } from '../../data/files/fileReading';
import type { FolderLock } from '../../run/storage/folderLock.node';
import type { RunStorage } from '../../run/storage/storage';
import { uriOfLocation } from './location';
import { reasonNotToDelete } from './workspaceDeletion';
import { isWorkspaceFolderLocked, lockWorkspaceFolder } from './workspaceLock';
import { workspaceStorage } from './workspaceStorage';

// The files of runs and data in a browser: through VS Code's file systems. Node.js has the same functions in
// hostFiles.node.ts, where they are described.

export function canStoreRuns(_: Uri): boolean {
  return true;
}

export function runStorage(location: string): RunStorage {
  return workspaceStorage(uriOfLocation(location));
}

export async function lockRun(location: string): Promise<FolderLock> {
  const folder = uriOfLocation(location);
  const lock = await lockWorkspaceFolder(folder);
  return {
    addWriter: (pid) => lock.addWriter(pid),
    release: async () => {
      // Its trainer learned of a failure when it synced what it had written.
      await workspaceStorage(folder)
        .close()
        .catch(() => undefined);
      await lock.release();
    },
  };
}

export function isRunLocked(location: string): Promise<boolean> {
  return isWorkspaceFolderLocked(uriOfLocation(location));
}

export function reasonNotToDeleteRun(location: string, protectedFolders: readonly Uri[]): Promise<string | undefined> {
  return reasonNotToDelete(uriOfLocation(location), protectedFolders);
}

/** A browser has no disk. */
export function localAccess(_folder: Uri, _boundary: Uri): FileAccess | undefined {
  return undefined;
}

/** The repository of a file in a browser is not known. */
export function commitAround(_file: Uri): Promise<string | undefined> {
  return Promise.resolve(undefined);
}
