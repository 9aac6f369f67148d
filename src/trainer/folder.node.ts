import { appendFile, mkdir, open, readdir, readFile, rename, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunStorage } from '../run/storage';

/** A run's folder on this machine's disk. */
export class FolderStorage implements RunStorage {
  constructor(readonly folder: string) {}

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = await this.#prepared(path);
    const unfinished = `${target}.partial`;
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, target);
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    await appendFile(await this.#prepared(path), bytes);
  }

  async truncate(path: string, length: number): Promise<void> {
    await truncate(join(this.folder, path), length);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.folder, path)).catch(absent);
  }

  async list(folder: string): Promise<readonly string[]> {
    return (await readdir(join(this.folder, folder)).catch(absent)) ?? [];
  }

  async #prepared(path: string): Promise<string> {
    const target = join(this.folder, path);
    await mkdir(dirname(target), { recursive: true });
    return target;
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
