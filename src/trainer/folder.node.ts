import { constants, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunStorage } from '../run/storage';

/** A run's folder on this machine's disk. It must be there: one that was deleted in mid-run is not made anew. */
export class FolderStorage implements RunStorage {
  constructor(readonly folder: string) {}

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.folder, path);
    if (dirname(path) !== '.') await mkdir(dirname(target)).catch(there);
    const unfinished = `${target}.partial`;
    try {
      await writeDurably(unfinished, bytes);
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(join(this.folder, path), constants.O_WRONLY | constants.O_APPEND);
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

  async truncate(path: string, length: number): Promise<void> {
    const target = join(this.folder, path);
    const { size } = await stat(target);
    // Cutting a shorter file would fill it up with zeros, which no reader gets past.
    if (size < length) throw new Error(`${path} has ${size} bytes; the first ${length} are needed`);
    await truncate(target, length);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { force: true });
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.folder, path)).catch(absent);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await readdir(join(this.folder, folder)).catch(absent)) ?? [];
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
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
