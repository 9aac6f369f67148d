import { Uri, workspace } from 'vscode';
import type { FolderLock } from '../../run/storage/folderLock.node';
import { Heartbeats, isRecent } from '../../run/storage/heartbeats';
import { heartbeatInterval, maxLockBytes, parseLockText } from '../../run/storage/lockFile';
import { runFiles } from '../../run/storage/runFiles';
import { english } from '../../text/translate';

const heartbeats = new Heartbeats();

/**
 * Locks a run's folder for this window, and creates it if necessary. Windows of this browser exclude each other by the
 * Web Locks API, which releases the locks of a closed or crashed window. A lock file tells processes of computers that
 * share the folder; it has the form of theirs, with this origin as the machine.
 *
 * @throws an error that says who trains in the folder, or the error of the file system
 */
export async function lockWorkspaceFolder(folder: Uri): Promise<FolderLock> {
  const release = await requestLock(lockName(folder));
  if (release === undefined) throw new Error(heldMessage(english`another window of this browser`));
  const file = Uri.joinPath(folder, runFiles.lock);
  const write = async (): Promise<void> => {
    await workspace.fs.writeFile(file, new TextEncoder().encode(`1 ${ownOrigin()}`));
  };
  try {
    // Two machines that write the same records would corrupt them: only one clock is asked.
    const other = await otherHolder(file, async (beat) => isRecent(beat, await fileSystemTime(folder)));
    if (other !== undefined) throw new Error(heldMessage(other));
    await workspace.fs.createDirectory(folder);
    await write();
    heartbeats.forget(file.toString());
  } catch (error) {
    release();
    throw error;
  }
  let last = Promise.resolve();
  const timer = setInterval(() => {
    // One that fails is followed by others.
    last = last.then(write).catch(() => undefined);
  }, heartbeatInterval);
  return {
    // A worker of the browser ends with its window.
    addWriter: () => Promise.resolve(),
    release: async () => {
      clearInterval(timer);
      // A heartbeat after the release could be written into the lock of the next holder.
      await last;
      await remove(file);
      await removeIfEmpty(folder);
      release();
    },
  };
}

/** Whether a window of this browser, or a living process of a computer, trains in the folder; see `Heartbeats`. */
export async function isWorkspaceFolderLocked(folder: Uri): Promise<boolean> {
  const name = lockName(folder);
  const { held = [] } = await navigator.locks.query();
  if (held.some((lock) => lock.name === name)) return true;
  const file = Uri.joinPath(folder, runFiles.lock);
  const isAlive = (beat: number): boolean => heartbeats.isAlive(file.toString(), beat, Date.now());
  return (await otherHolder(file, isAlive)) !== undefined;
}

function lockName(folder: Uri): string {
  return `unroll ${folder.toString()}`;
}

/** The origin of this extension host; VS Code gives each browser and workspace one of its own. */
function ownOrigin(): string {
  return self.location.origin;
}

function heldMessage(holder: string): string {
  return english`${holder} is training in this folder. Wait until it ends`;
}

/** Takes a lock of this browser; undefined if another window, or this one, has it. */
function requestLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve(release);
        });
      })
      .catch(reject);
  });
}

/**
 * The name of the living process of another origin that holds the lock file; undefined if there is none.
 *
 * @param isAlive judges it by its last heartbeat, in milliseconds by the clock of the file system
 */
async function otherHolder(
  file: Uri,
  isAlive: (beat: number) => boolean | Promise<boolean>,
): Promise<string | undefined> {
  const entry = await workspace.fs.stat(file).then(undefined, () => undefined);
  if (entry === undefined || entry.size > maxLockBytes) return undefined;
  const text = new TextDecoder().decode(await workspace.fs.readFile(file).then(undefined, () => new Uint8Array()));
  const holder = parseLockText(text);
  // Of this origin the locks of the browser say whether it lives.
  if (holder === undefined || holder.host === ownOrigin()) return undefined;
  const { pid, host } = holder;
  return (await isAlive(entry.mtime))
    ? english`process ${pid}${host === undefined ? '' : english` on ${host}`}`
    : undefined;
}

/** The time by the clock of a folder's file system, in milliseconds. */
async function fileSystemTime(folder: Uri): Promise<number> {
  const probe = Uri.joinPath(folder, `${runFiles.lock}.partial`);
  await workspace.fs.writeFile(probe, new Uint8Array());
  try {
    return (await workspace.fs.stat(probe)).mtime;
  } finally {
    await remove(probe);
  }
}

async function remove(uri: Uri): Promise<void> {
  await workspace.fs.delete(uri, { useTrash: false }).then(undefined, () => undefined);
}

/** Removes a folder without a run; one with entries stays. */
async function removeIfEmpty(folder: Uri): Promise<void> {
  const entries = await workspace.fs.readDirectory(folder).then(undefined, () => undefined);
  if (entries?.length === 0) await remove(folder);
}
