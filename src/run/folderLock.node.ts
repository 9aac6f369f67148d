import { lstat, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from './layout';

const longestLock = 64;

/** The locks that this process holds; a file that names it and is none of them was left behind. */
const held = new Set<string>();

/** The folder of a run, held by this process alone. */
export interface FolderLock {
  /** Lets others have the folder; one that is empty goes. */
  release(): Promise<void>;
}

/**
 * Takes a run's folder for this process, creating it; two processes that write the same records would spoil them. A lock
 * whose process is gone, as after a kill, is taken over.
 *
 * @throws naming the process that holds the folder, or with the carrier's own error
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, runFiles.lock);
  if (held.has(path)) throw new Error(trainedBy(process.pid, path));
  held.add(path);
  try {
    await mkdir(folder, { recursive: true });
    if (!(await created(path))) await takeOver(path);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return {
    release: async () => {
      held.delete(path);
      // In a folder that can no longer be written the file stays, and means nothing.
      await rm(path, { force: true }).catch(() => undefined);
      // Where nothing was begun, nothing is left behind.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

/** Whether a living process holds a run's folder. */
export async function isTrainedIn(folder: string): Promise<boolean> {
  const path = join(folder, runFiles.lock);
  const holder = await holderOf(path);
  return holder !== undefined && (holder === process.pid ? held.has(path) : isAlive(holder));
}

function trainedBy(holder: number, path: string): string {
  return (
    `process ${holder} is training there now: another window, or a run in a terminal. Wait until it has ended; if ` +
    `there is no such run, delete ${path}`
  );
}

/** Milliseconds that no taking over lasts: whoever began one so long ago was killed at it. */
const longestTakeOver = 10_000;

/** Puts this process's lock in place of one that was left behind; one process at a time may look whether it was. */
async function takeOver(path: string): Promise<void> {
  const looking = `${path}.taking`;
  const justTaken = 'another process is just beginning to train there';
  try {
    await mkdir(looking);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const { mtimeMs } = await lstat(looking);
    if (Date.now() - mtimeMs > longestTakeOver) await rmdir(looking);
    throw new Error(justTaken, { cause: error });
  }
  try {
    const holder = await holderOf(path);
    // One with this process's number was left behind by another of that number.
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) throw new Error(trainedBy(holder, path));
    await rm(path, { force: true });
    if (!(await created(path))) throw new Error(justTaken);
  } finally {
    await rmdir(looking).catch(() => undefined);
  }
}

async function created(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined where the lock names no process, or has been released meanwhile. */
async function holderOf(path: string): Promise<number | undefined> {
  // A pipe in place of the file would be waited on for ever.
  const isLock = await lstat(path).then(
    (entry) => entry.isFile() && entry.size <= longestLock,
    () => false,
  );
  const text = isLock ? await readFile(path, 'utf8').catch(() => '') : '';
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

function isAlive(holder: number): boolean {
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    // A process of somebody else's may not be signalled, but it is there.
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
