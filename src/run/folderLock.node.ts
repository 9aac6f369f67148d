import type { Stats } from 'node:fs';
import { constants, lstat, mkdir, open, readFile, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFiles } from './layout';

const longestLock = 320;

/** Milliseconds between two signs of life of a holder, by default. */
const betweenSigns = 10_000;
/** Milliseconds after which a holder on another machine, that has given no sign of life for so long, counts as gone. */
const longestSilence = 60_000;

/** This process as a lock names it: its number, which means something on one machine, or in one container, only. */
const ownName = `${process.pid} ${hostname()}`;

/** Who a lock says holds its folder. */
interface Holder {
  readonly pid: number;
  /** Of a lock without one it is this machine. */
  readonly host: string;
  /** When it last gave a sign of life, in milliseconds by the clock of the carrier. */
  readonly lastSign: number;
}

/** The locks that this process holds; a file that names it and is none of them was left behind. */
const held = new Set<string>();

/** The folder of a run, held by this process alone. */
export interface FolderLock {
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
  try {
    await makeFolder(folder);
    if (!(await created(path))) await takeOver(path);
  } catch (error) {
    held.delete(path);
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
  let sign = Promise.resolve();
  const signs = setInterval(() => {
    sign = giveSign(path);
  }, rhythm);
  signs.unref();
  return {
    release: async () => {
      clearInterval(signs);
      // One that came after the release would stand in the lock of whoever is next.
      await sign;
      held.delete(path);
      const holder = await holderOf(path);
      // In a folder that can no longer be written the file stays, and means nothing.
      if (holder !== undefined && isThisProcess(holder)) await rm(path, { force: true }).catch(() => undefined);
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
    return;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolder(dirname(folder));
      await sleep(untilWatched);
    }
  }
  await mkdir(folder, { recursive: true });
}

/** Whether a living process holds a run's folder. */
export async function isTrainedIn(folder: string): Promise<boolean> {
  const path = join(folder, runFiles.lock);
  const holder = await holderOf(path);
  return holder !== undefined && (isThisProcess(holder) ? held.has(path) : isAlive(holder, Date.now()));
}

/** Who the lock of a run's folder says holds it: this process, another one in words, or nobody. */
export async function holderInWords(
  folder: string,
  processId = process.pid,
): Promise<{ readonly isThis: boolean; readonly words: string } | undefined> {
  const holder = await holderOf(join(folder, runFiles.lock));
  if (holder === undefined) return undefined;
  return { isThis: holder.pid === processId && holder.host === hostname(), words: inWords(holder) };
}

function inWords({ pid, host }: Pick<Holder, 'pid' | 'host'>): string {
  return host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

function trainedBy(holder: Pick<Holder, 'pid' | 'host'>, path: string): string {
  return (
    `${inWords(holder)} is training there now: another window, or a run in a terminal. Wait until it has ended; if ` +
    `there is no such run, delete ${path}`
  );
}

/** Writes the lock anew, so that its time says, by the carrier's own clock, that the holder lives. */
async function giveSign(path: string): Promise<void> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      if ((await file.readFile('utf8')) === ownName) await file.write(ownName, 0);
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
async function takeOver(path: string): Promise<void> {
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
      const isOther = holder !== undefined && !isThisProcess(holder);
      if (isOther && isAlive(holder, now)) throw new Error(trainedBy(holder, path));
      await rm(path, { force: true });
    }
    if (!(await created(path))) throw new Error(justTaken);
  } finally {
    await rmdir(looking).catch(() => undefined);
  }
}

async function created(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(ownName);
    return true;
  } catch (error) {
    // A full disk has room for a file, and none for what stands in it.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** undefined where there is no lock, or none that names a process. */
async function holderOf(path: string): Promise<Holder | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  return entry === undefined ? undefined : holderIn(path, entry);
}

/** undefined where what stands there names no process. */
async function holderIn(path: string, entry: Stats): Promise<Holder | undefined> {
  // A pipe in place of the file would be waited on for ever.
  if (!entry.isFile() || entry.size > longestLock) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, pid, host] = /^([1-9]\d{0,9})(?: (\S{1,255}))?$/.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), host: host ?? hostname(), lastSign: entry.mtimeMs };
}

function isThisProcess({ pid, host }: Holder): boolean {
  return pid === process.pid && host === hostname();
}

function isAlive({ pid, host, lastSign }: Holder, now: number): boolean {
  if (host !== hostname()) return now - lastSign <= longestSilence;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else's may not be signalled, but it is there.
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
