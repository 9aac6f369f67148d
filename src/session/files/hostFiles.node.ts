import type { Uri } from 'vscode';
import { diskAccess } from '../../data/files/fileAccess.node';
import type { FileAccess } from '../../data/files/fileReading';
import { reasonNotToDelete } from '../../run/storage/deletion.node';
import { isLocked, lockFolder, type FolderLock } from '../../run/storage/folderLock.node';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { readGitCommit } from '../../run/storage/gitCommit.node';
import type { RunStorage } from '../../run/storage/storage';

// The files of runs and data where the extension host is a process of Node.js: on this machine's disk. The browser has
// the same functions in hostFiles.web.ts.

/**
 * Whether runs in this folder can be written and read: on disk only. The path of a virtual folder may be that of another
 * one on disk.
 */
export function canStoreRuns({ scheme }: Uri): boolean {
  return scheme === 'file';
}

/** The storage of a run by its location. */
export function runStorage(location: string): RunStorage {
  return new FolderStorage(location);
}

/** Locks the folder of a run and creates it; see `lockFolder`. */
export function lockRun(location: string): Promise<FolderLock> {
  return lockFolder(location);
}

/** Whether the folder of a run is locked by this or another window, or by a terminal. */
export function isRunLocked(location: string): Promise<boolean> {
  return isLocked(location);
}

/** Why a folder must not be deleted as a run; see `reasonNotToDelete` of the disk. */
export function reasonNotToDeleteRun(location: string, protectedFolders: readonly Uri[]): Promise<string | undefined> {
  return reasonNotToDelete(
    location,
    protectedFolders.map(({ fsPath }) => fsPath),
  );
}

/** Access to the data in a folder that is on disk; undefined for other folders. */
export function localAccess(folder: Uri, boundary: Uri): FileAccess | undefined {
  return folder.scheme === 'file' ? diskAccess(folder.fsPath, boundary.fsPath) : undefined;
}

/** The commit that is checked out around a file; undefined outside a repository. */
export function commitAround(file: Uri): Promise<string | undefined> {
  return readGitCommit(file.fsPath);
}
