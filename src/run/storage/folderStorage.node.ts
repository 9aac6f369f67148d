import * as fileSystem from 'node:fs/promises';
import { constants, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunStorage } from './storage';
import { syncFolder } from './syncFolder.node';
import { formatExact } from '../../text/numbers';

/** What is used of Node's file system; a test may stand between, to lose what a power cut would lose. */
export type Disk = Pick<
  typeof fileSystem,
  'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'rmdir' | 'stat' | 'truncate'
>;

/**
 * A run's folder on this machine's disk. It must be there: one that was deleted in mid-run is not made anew. Links in it
 * are not followed, and pipes and devices not opened: a stranger's folder would lead out of itself, or wait for ever.
 */
export class FolderStorage implements RunStorage {
  constructor(
    readonly folder: string,
    readonly disk: Disk = fileSystem,
  ) {}

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = await this.#own(path);
    if (dirname(path) !== '.') {
      // The entry of a new folder lies in the one above it.
      const isNew = await this.disk.mkdir(dirname(target)).then(() => true, there);
      if (isNew === true) await syncFolder(this.folder, this.disk.open);
    }
    const unfinished = `${target}.partial`;
    try {
      await writeDurably(unfinished, bytes, this.disk);
      await this.disk.rename(unfinished, target);
      await syncFolder(dirname(target), this.disk.open);
    } catch (error) {
      await this.disk.rm(unfinished, { force: true });
      throw error;
    }
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.disk.open(await this.#own(path), constants.O_WRONLY | constants.O_APPEND);
    try {
      const { size } = await file.stat();
      await file.writeFile(bytes).catch(async (error: unknown) => {
        // A full disk takes as much as it has room for. Whoever goes on in the file cuts it to its whole records once more.
        await file.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await file.close();
    }
  }

  async sync(path: string): Promise<void> {
    const file = await this.disk.open(await this.#own(path), constants.O_RDWR);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async truncate(path: string, length: number): Promise<void> {
    const target = await this.#own(path);
    const { size } = await this.disk.stat(target);
    // Cutting a shorter file would fill it up with zeros, which no reader gets past.
    if (size < length) throw new Error(`${path} has ${size} bytes; the first ${length} are needed`);
    await this.disk.truncate(target, length);
  }

  async remove(path: string): Promise<void> {
    await this.#ownFolder(dirname(path));
    const target = join(this.folder, path);
    const entry = await this.disk.lstat(target).catch(absent);
    if (entry?.isDirectory() === true) await this.disk.rmdir(target);
    else for (const name of [target, `${target}.partial`]) await this.disk.rm(name, { force: true });
    // A checkpoint that comes back after a power cut may be of what the run has not become.
    if (entry !== undefined) await syncFolder(dirname(target), this.disk.open);
  }

  async read(path: string, largest: number): Promise<Uint8Array | undefined> {
    const file = await this.open(path);
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      if (size > largest) throw new Error(tooLarge(path, size, largest));
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  async readPart(path: string, from: number, length: number): Promise<Uint8Array> {
    const file = await this.open(path);
    if (file === undefined) return new Uint8Array(0);
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** A file of the run, to be read piece by piece; undefined where there is none. Whoever opens it closes it. */
  async open(path: string): Promise<FileHandle | undefined> {
    return this.disk.open(await this.#own(path), constants.O_RDONLY).catch(absent);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await this.disk.readdir(await this.#ownFolder(folder)).catch(absent)) ?? [];
  }

  /**
   * Where a file of the run is, or would be.
   *
   * @throws where something else stands there
   */
  async #own(path: string): Promise<string> {
    await this.#ownFolder(dirname(path));
    const target = join(this.folder, path);
    const entry = await this.disk.lstat(target).catch(absent);
    if (entry?.isFile() === false) throw new Error(`${path} is a link, a folder or a device, not a file of the run`);
    return target;
  }

  async #ownFolder(folder: string): Promise<string> {
    const target = join(this.folder, folder);
    // Where the run's own folder is has been chosen by a person, links and all.
    const isRoot = folder === '' || folder === '.';
    const entry = isRoot ? undefined : await this.disk.lstat(target).catch(absent);
    if (entry?.isDirectory() === false) throw new Error(`${folder} is a link or a file, not a folder of the run`);
    return target;
  }
}

function tooLarge(path: string, size: number, largest: number): string {
  return `${path} has ${formatExact(size)} bytes, and ${formatExact(largest)} at most are read: it is damaged, or not of this run`;
}

async function writeDurably(path: string, bytes: Uint8Array, disk: Disk): Promise<void> {
  // What a kill has left there may be a link by now: it is replaced, never written through.
  await disk.rm(path, { force: true });
  const file = await disk.open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function there(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
  throw error;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
