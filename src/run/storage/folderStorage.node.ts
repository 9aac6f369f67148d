import { constants, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { disk, type FileSystem } from './disk.node';
import type { RunFile, RunStorage } from './storage';
import { syncFolder } from './syncFolder.node';
import { formatExact } from '../../text/numbers';

/**
 * A run's folder on disk. It must exist: a folder that is deleted during the run is not recreated. Symbolic links in it
 * are not followed, and pipes and devices not opened: an untrusted folder could point outside itself, or block for ever.
 */
export class FolderStorage implements RunStorage {
  constructor(
    readonly folder: string,
    readonly fileSystem: FileSystem = disk,
  ) {}

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = await this.#filePath(path);
    if (dirname(path) !== '.') {
      // The entry of a new folder is in its parent.
      const isNew = await this.fileSystem.mkdir(dirname(target)).then(() => true, ignoreExisting);
      if (isNew === true) await syncFolder(this.folder, this.fileSystem.open);
    }
    const partial = `${target}.partial`;
    try {
      await writeDurably(partial, bytes, this.fileSystem);
      await this.fileSystem.rename(partial, target);
      await syncFolder(dirname(target), this.fileSystem.open);
    } catch (error) {
      await this.fileSystem.rm(partial, { force: true });
      throw error;
    }
  }

  async append(path: string, bytes: Uint8Array, length?: number): Promise<void> {
    const file = await this.fileSystem.open(await this.#filePath(path), constants.O_WRONLY | constants.O_APPEND);
    try {
      const { size } = await file.stat();
      if (length !== undefined && size !== length) throw new Error(otherLength(path, size, length));
      await file.writeFile(bytes).catch(async (error: unknown) => {
        // A full disk may store a part. If truncating fails as well, resuming truncates the file to its intact records.
        await file.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await file.close();
    }
  }

  async sync(path: string): Promise<void> {
    const file = await this.fileSystem.open(await this.#filePath(path), constants.O_RDWR);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async truncate(path: string, length: number): Promise<void> {
    const target = await this.#filePath(path);
    const { size } = await this.fileSystem.stat(target);
    // Truncating a shorter file would extend it with zeros, which no reader accepts.
    if (size < length) throw new Error(`${path} has ${size} bytes, but at least ${length} are needed`);
    await this.fileSystem.truncate(target, length);
  }

  async remove(path: string): Promise<void> {
    await this.#folderPath(dirname(path));
    const target = join(this.folder, path);
    const entry = await this.fileSystem.lstat(target).catch(ignoreMissing);
    if (entry?.isDirectory() === true) await this.fileSystem.rmdir(target);
    else for (const name of [target, `${target}.partial`]) await this.fileSystem.rm(name, { force: true });
    // A deleted checkpoint that reappears after a power cut could belong to discarded updates.
    if (entry !== undefined) await syncFolder(dirname(target), this.fileSystem.open);
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const file = await this.#openHandle(path);
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      if (size > maxBytes) throw new Error(tooLarge(path, size, maxBytes));
      return await readToSize(file, size);
    } finally {
      await file.close();
    }
  }

  async readPart(path: string, from: number, length: number): Promise<Uint8Array> {
    const file = await this.#openHandle(path);
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

  async open(path: string): Promise<RunFile | undefined> {
    const file = await this.#openHandle(path);
    if (file === undefined) return undefined;
    const { size } = await file.stat();
    return {
      size,
      read: async (bytes, from) => (await file.read(bytes, 0, bytes.length, from)).bytesRead,
      close: () => file.close(),
    };
  }

  /** Opens a file of the run for reading; undefined if there is none. The caller closes it. */
  async #openHandle(path: string): Promise<FileHandle | undefined> {
    // A pipe that has replaced the file since it was checked is not waited for. Windows has no such flag.
    const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
    return this.fileSystem.open(await this.#filePath(path), flags).catch(ignoreMissing);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await this.fileSystem.readdir(await this.#folderPath(folder)).catch(ignoreMissing)) ?? [];
  }

  /**
   * The path of a file of the run, which need not exist.
   *
   * @throws if something else than a file is there
   */
  async #filePath(path: string): Promise<string> {
    await this.#folderPath(dirname(path));
    const target = join(this.folder, path);
    const entry = await this.fileSystem.lstat(target).catch(ignoreMissing);
    if (entry?.isFile() === false) throw new Error(`${path} is a link, a folder or a device, not a file of the run`);
    return target;
  }

  async #folderPath(folder: string): Promise<string> {
    const target = join(this.folder, folder);
    // The run's folder itself is chosen by the user and may be a link.
    const isRoot = folder === '' || folder === '.';
    const entry = isRoot ? undefined : await this.fileSystem.lstat(target).catch(ignoreMissing);
    if (entry?.isDirectory() === false) throw new Error(`${folder} is a link or a file, not a folder of the run`);
    return target;
  }
}

function tooLarge(path: string, size: number, maxBytes: number): string {
  return `${path} has ${formatExact(size)} bytes; at most ${formatExact(maxBytes)} are allowed. It is damaged, or not of this run`;
}

function otherLength(path: string, size: number, length: number): string {
  return `${path} has ${formatExact(size)} bytes, not the ${formatExact(length)} that were written: another program has changed it`;
}

/** The first `size` bytes of a file, or fewer at its end: a file that grows meanwhile could have no end. */
export async function readToSize(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

async function writeDurably(path: string, bytes: Uint8Array, fileSystem: FileSystem): Promise<void> {
  // A file left by a kill may have been replaced by a link: it is deleted, not written through.
  await fileSystem.rm(path, { force: true });
  const file = await fileSystem.open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function ignoreExisting(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
  throw error;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
