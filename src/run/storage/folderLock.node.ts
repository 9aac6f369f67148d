import { constants, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, disk } from './disk.node';
import { Heartbeats, isRecent } from './heartbeats';
import { heartbeatInterval } from './lockFile';
import { runFiles } from './runFiles';
import { syncFolder } from './syncFolder.node';
import {
  parseHolder,
  readHolder,
  formatProcess,
  isAlive,
  isThisProcess,
  lockText,
  waitForWriterExit,
  type LockHolder,
} from './lockHolder.node';
import { findProcess } from './processStart.node';

/** The locks that this process holds; another lock file with its process id is stale. */
const heldLocks = new Set<string>();

const heartbeats = new Heartbeats();

/** An exclusive lock of a run's folder, held by this process. */
export interface FolderLock {
  /** Adds the process that writes into the folder for this one: the lock is valid while either of them lives. */
  addWriter(pid: number): Promise<void>;
  /** Releases the lock, and deletes the folder, and the parents created for it, if they are empty. */
  release(): Promise<void>;
}

/**
 * Locks a run's folder for this process, and creates it if necessary: two processes that write the same records would
 * corrupt them. A lock whose process has ended, as after a kill, is taken over. A process on another machine, or in
 * another container, cannot be checked: its lock is taken over after a minute without a heartbeat.
 *
 * @param interval milliseconds between heartbeats
 * @throws an error that names the process that holds the lock, or the error of the file system
 */
export async function lockFolder(folder: string, interval = heartbeatInterval): Promise<FolderLock> {
  const path = join(folder, runFiles.lock);
  if (heldLocks.has(path)) throw new Error(heldByMessage({ pid: process.pid, host: hostname() }, path));
  heldLocks.add(path);
  let text = await lockText();
  const created: string[] = [];
  try {
    await createFolder(folder, created);
    if (!(await createLockFile(path, text))) await takeOver(path, text);
  } catch (error) {
    heldLocks.delete(path);
    await removeEmptyFolders(folder, created);
    throw error;
  }
  heartbeats.forget(path);
  let lastHeartbeat = Promise.resolve();
  const queueHeartbeat = (): void => {
    lastHeartbeat = lastHeartbeat.then(() => writeHeartbeat(path, text));
  };
  const timer = setInterval(queueHeartbeat, interval);
  timer.unref();
  return {
    addWriter: async (pid) => {
      const found = await findProcess(pid);
      text = await lockText({ pid, start: found.kind === 'running' ? found.start : undefined });
      queueHeartbeat();
      await lastHeartbeat;
    },
    release: async () => {
      clearInterval(timer);
      // A heartbeat after the release could be written into the lock of the next holder.
      await lastHeartbeat;
      heldLocks.delete(path);
      const holder = await readHolder(path);
      // In a folder that is no longer writable the file stays; it is stale then.
      if (holder !== undefined && (await isThisProcess(holder)))
        await disk.rm(path, { force: true }).catch(() => undefined);
      await removeEmptyFolders(folder, created);
    },
  };
}

/**
 * Milliseconds until a new folder is watched. VS Code's watcher on Linux starts to watch a folder when it is notified of
 * it, and never reports what was created there before: of 40 runs whose folder was created at once with its parent, it
 * missed everything in 5.
 */
const watchDelay = 50;

/**
 * Creates a folder and its missing parents, so that a watcher sees the changes in each.
 *
 * @param created receives the created parents, the innermost last
 */
async function createFolder(folder: string, created: string[]): Promise<void> {
  try {
    await disk.mkdir(folder);
    await syncFolder(dirname(folder));
    return;
  } catch (error) {
    // Not by `recursive`: where a folder can't be created, Node says that it doesn't exist (ENOENT), not why.
    if (await isFolder(folder)) return syncFolder(dirname(folder));
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
  }
  const parent = dirname(folder);
  await createFolder(parent, created);
  created.push(parent);
  await sleep(watchDelay);
  // Not by `recursive`, which never ends where the system has a parent but refuses folders in it, such as /proc.
  await disk.mkdir(folder).catch(async (error: unknown) => {
    if (await isFolder(folder)) return;
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new Error(`${parent} takes no new folder; choose another one`, { cause: error });
  });
  await syncFolder(dirname(folder));
}

/** Removes a folder without a run, and then the parents that were created for it; a folder with entries stays. */
async function removeEmptyFolders(folder: string, createdParents: readonly string[]): Promise<void> {
  for (const path of [folder, ...createdParents.toReversed()]) {
    try {
      await disk.rmdir(path);
    } catch {
      return;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return disk.stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** Whether a living process holds the lock of a run's folder, as far as that can be known; see `Heartbeats`. */
export async function isLocked(folder: string): Promise<boolean> {
  const path = join(folder, runFiles.lock);
  const holder = await readHolder(path);
  if (holder === undefined) return false;
  if (await isThisProcess(holder)) return heldLocks.has(path);
  return isAlive(holder, () => heartbeats.isAlive(path, holder.lastHeartbeat, Date.now()));
}

/** The holder of the lock of a run's folder: whether it is this process, and its name for messages; undefined for none. */
export async function describeHolder(
  folder: string,
  processId = process.pid,
): Promise<{ readonly isThis: boolean; readonly words: string } | undefined> {
  const holder = await readHolder(join(folder, runFiles.lock));
  if (holder === undefined) return undefined;
  return { isThis: holder.pid === processId && holder.host === hostname(), words: formatProcess(holder) };
}

function heldByMessage(holder: Pick<LockHolder, 'pid' | 'host'>, path: string): string {
  return (
    `${formatProcess(holder)} is training in this folder: another window, or a headless run. Wait until it ends; if ` +
    `there is no such run, delete ${path}`
  );
}

/** Writes the lock again: its time of modification, by the clock of the file system, shows that the holder lives. */
async function writeHeartbeat(path: string, text: string): Promise<void> {
  try {
    const file = await disk.open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      const found = await file.readFile('utf8');
      if (found.split('\n')[0] !== text.split('\n')[0]) return;
      await file.write(text, 0);
      await file.truncate(Buffer.byteLength(text));
    } finally {
      await file.close();
    }
  } catch {
    // The next heartbeat tries again.
  }
}

/** Milliseconds after which a takeover that has not ended counts as killed. */
const takeOverTimeout = 10_000;

/** Replaces a stale lock by the lock of this process; a folder serves as a mutex, so that one process at a time checks. */
async function takeOver(path: string, text: string): Promise<void> {
  const mutex = join(dirname(path), runFiles.lockTakeover);
  const busyMessage = 'another process is just starting to train in this folder';
  try {
    await disk.mkdir(mutex);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const { mtimeMs } = await disk.lstat(mutex);
    const now = await fileSystemTime(dirname(path)).catch(() => mtimeMs);
    // A time in the future is stale too: the clock was set back.
    if (Math.abs(now - mtimeMs) > takeOverTimeout) await disk.rmdir(mutex).catch(notALock(mutex));
    throw new Error(busyMessage, { cause: error });
  }
  try {
    const { mtimeMs: now } = await disk.lstat(mutex);
    const entry = await disk.lstat(path).catch(() => undefined);
    // If it was released meanwhile, a lock that appears now belongs to another process.
    if (entry !== undefined) {
      // Its process has created it, and is about to write its id.
      const isBeingWritten = entry.isFile() && entry.size === 0 && Math.abs(now - entry.mtimeMs) <= takeOverTimeout;
      if (isBeingWritten) throw new Error(busyMessage);
      const holder = await parseHolder(path, entry);
      // A lock with the id of this process was left by an earlier process with the same id.
      if (holder !== undefined && !(await isThisProcess(holder))) {
        await waitForWriterExit(holder);
        if (await isAlive(holder, () => isRecent(holder.lastHeartbeat, now)))
          throw new Error(heldByMessage(holder, path));
      }
      await disk.rm(path, { force: true }).catch(notALock(path));
    }
    if (!(await createLockFile(path, text))) throw new Error(busyMessage);
  } finally {
    await disk.rmdir(mutex).catch(() => undefined);
  }
}

/** The time by the clock of a folder's file system, in milliseconds: that of a network drive may differ from ours. */
async function fileSystemTime(folder: string): Promise<number> {
  const probe = join(folder, `${runFiles.lock}.partial`);
  await disk.rm(probe, { force: true });
  const file = await disk.open(probe, 'wx');
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
    await disk.rm(probe, { force: true });
  }
}

/** Error codes of removing a file as a folder, a folder as a file, and a folder with contents. */
const otherKindCodes: readonly unknown[] = ['ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR', 'ENOTEMPTY', 'EEXIST'];

/** Handles the error of removing what is in the place of a lock, and is not one. */
function notALock(path: string): (error: unknown) => never {
  return (error) => {
    if (!otherKindCodes.includes(codeOf(error))) throw error;
    throw new Error(`${path} is not a lock and prevents training in this folder; delete it`, { cause: error });
  };
}

async function createLockFile(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await disk.open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(text);
    return true;
  } catch (error) {
    // A full disk may have space for an empty file, but not for its content.
    await disk.rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
