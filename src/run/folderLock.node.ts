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
  await mkdir(folder, { recursive: true });
  const path = join(folder, runFiles.lock);
  if (!(await created(path))) {
    const holder = await holderOf(path);
    if (holder !== undefined && isHeld(path, holder)) {
      throw new Error(
        `process ${holder} is training there now: another window, or a run in a terminal. Wait until it has ended; if ` +
          `there is no such run, delete ${path}`,
      );
    }
    await rm(path, { force: true });
    if (!(await created(path))) throw new Error('another process has just begun to train there');
  }
  held.add(path);
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
  return holder !== undefined && isHeld(path, holder);
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

function isHeld(path: string, holder: number): boolean {
  if (holder === process.pid) return held.has(path);
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
