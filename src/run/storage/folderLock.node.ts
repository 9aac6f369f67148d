import { constants, lstat, mkdir, open, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFiles } from './runFiles';
import { syncFolder } from './syncFolder.node';
import {
  holderIn,
  holderOf,
  formatProcess,
  isAlive,
  isThisProcess,
  lockText,
  untilWriterEnds,
  type Holder,
} from './lockHolder.node';
import { findProcess } from './processStart.node';

/** Milliseconds between two signs of life of a holder, by default. */
const betweenSigns = 10_000;
/** The locks that this process holds; a file that names it and is none of them was left behind. */
const held = new Set<string>();

/** The folder of a run, held by this process alone. */
export interface FolderLock {
  /** Names the process that writes into the folder for this one: while it lives, nobody else may have the folder. */
  addWriter(pid: number): Promise<void>;
  /** Lets others have the folder; one that is empty goes. */
  release(): Promise<void>;
}

/**
 * Takes a run's folder for this process, creating it; two processes that write the same records would spoil them. A lock
 * whose process is gone, as after a kill, is taken over. Of a process on another machine, or in another container, nobody
 * can see whether it lives: such a lock is taken over when it has been silent for a minute.
 *
 * @param rhythm milliseconds between signs of life
 * @throws naming the process that holds the folder, or with the carrier's own error
 */
export async function lockFolder(folder: string, rhythm = betweenSigns): Promise<FolderLock> {
  const path = join(folder, runFiles.lock);
  if (held.has(path)) throw new Error(trainedBy({ pid: process.pid, host: hostname() }, path));
  held.add(path);
  let text = await lockText();
  try {
    await makeFolder(folder);
    if (!(await created(path, text))) await takeOver(path, text);
  } catch (error) {
    held.delete(path);
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
  let sign = Promise.resolve();
  const signNow = (): void => {
    sign = sign.then(() => giveSign(path, text));
  };
  const signs = setInterval(signNow, rhythm);
  signs.unref();
  return {
    addWriter: async (pid) => {
      const found = await findProcess(pid);
      text = await lockText({ pid, start: found.kind === 'running' ? found.start : undefined });
      signNow();
      await sign;
    },
    release: async () => {
      clearInterval(signs);
      // One that came after the release would stand in the lock of whoever is next.
      await sign;
      held.delete(path);
      const holder = await holderOf(path);
      // In a folder that can no longer be written the file stays, and means nothing.
      if (holder !== undefined && (await isThisProcess(holder))) await rm(path, { force: true }).catch(() => undefined);
      // Where nothing was begun, nothing is left behind.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

/**
 * Milliseconds after which a new folder is watched. VS Code's watcher on Linux begins to watch one when it hears of it,
 * and never learns of what came to stand there before: of runs whose folder was made at once with the one around it, it
 * missed everything in 5 of 40.
 */
const untilWatched = 50;

/** Makes a folder, and those around it that are not there yet, so that a watcher sees what happens in each. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    await syncFolder(dirname(folder));
    return;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolder(dirname(folder));
      await sleep(untilWatched);
    }
  }
  await mkdir(folder, { recursive: true });
  await syncFolder(dirname(folder));
}

/** Whether a living process holds a run's folder. */
export async function isLocked(folder: string): Promise<boolean> {
  const path = join(folder, runFiles.lock);
  const holder = await holderOf(path);
  if (holder === undefined) return false;
  return (await isThisProcess(holder)) ? held.has(path) : isAlive(holder, Date.now());
}

/** Who the lock of a run's folder says holds it: this process, another one in words, or nobody. */
export async function describeHolder(
  folder: string,
  processId = process.pid,
): Promise<{ readonly isThis: boolean; readonly words: string } | undefined> {
  const holder = await holderOf(join(folder, runFiles.lock));
  if (holder === undefined) return undefined;
  return { isThis: holder.pid === processId && holder.host === hostname(), words: formatProcess(holder) };
}

function trainedBy(holder: Pick<Holder, 'pid' | 'host'>, path: string): string {
  return (
    `${formatProcess(holder)} is training there now: another window, or a run in a terminal. Wait until it has ended; if ` +
    `there is no such run, delete ${path}`
  );
}

/** Writes the lock again, so that its time says, by the carrier's own clock, that the holder lives. */
async function giveSign(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      const found = await file.readFile('utf8');
      if (found.split('\n')[0] !== text.split('\n')[0]) return;
      await file.write(text, 0);
      await file.truncate(Buffer.byteLength(text));
    } finally {
      await file.close();
    }
  } catch {
    // What cannot be written now is written at the next sign.
  }
}

/** Milliseconds that no taking over lasts: whoever began one so long ago was killed at it. */
const longestTakeOver = 10_000;

/** Puts this process's lock in place of one that was left behind; one process at a time may look whether it was. */
async function takeOver(path: string, text: string): Promise<void> {
  const looking = `${path}.taking`;
  const justTaken = 'another process is just beginning to train there';
  try {
    await mkdir(looking);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const { mtimeMs } = await lstat(looking);
    // Nor does one last that is yet to begin: the clock was set back.
    if (Math.abs(Date.now() - mtimeMs) > longestTakeOver) await rmdir(looking);
    throw new Error(justTaken, { cause: error });
  }
  try {
    const { mtimeMs: now } = await lstat(looking);
    const entry = await lstat(path).catch(() => undefined);
    // Where it has been released meanwhile, whatever stands there in a moment is somebody else's.
    if (entry !== undefined) {
      // Its process has made it, and is about to write its name there.
      const isBegun = entry.isFile() && entry.size === 0 && Math.abs(now - entry.mtimeMs) <= longestTakeOver;
      if (isBegun) throw new Error(justTaken);
      const holder = await holderIn(path, entry);
      // One with this process's number was left behind by another of that number.
      if (holder !== undefined && !(await isThisProcess(holder))) {
        await untilWriterEnds(holder);
        if (await isAlive(holder, now)) throw new Error(trainedBy(holder, path));
      }
      await rm(path, { force: true });
    }
    if (!(await created(path, text))) throw new Error(justTaken);
  } finally {
    await rmdir(looking).catch(() => undefined);
  }
}

async function created(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(text);
    return true;
  } catch (error) {
    // A full disk has room for a file, and none for what stands in it.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
