import { type FileHandle } from 'node:fs/promises';
import * as real from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSystem } from '../../../src/run/storage/disk.node';

/** A file apart from its name: a rename moves it, and a sync makes its present bytes durable. */
interface File {
  durable: Uint8Array;
}

/**
 * A folder's files on the real disk, and a model of the state after a power cut: the bytes of a file once
 * they are synced, the names in a folder once the folder is. After a given number of operations the power is cut, and
 * all later operations fail.
 */
export class PowerCutDisk implements FileSystem {
  /** Operations so far. */
  operations = 0;
  readonly #files = new Map<string, File>();
  #durableNames = new Map<string, File>();
  readonly #folders = new Set<string>();
  readonly #durableFolders = new Set<string>();

  private constructor(
    readonly folder: string,
    readonly cutAfter: number,
    readonly atCut: () => void,
  ) {}

  /** @param cutAfter number of operations that succeed */
  static async over(folder: string, cutAfter: number, atCut: () => void): Promise<PowerCutDisk> {
    const disk = new PowerCutDisk(folder, cutAfter, atCut);
    for (const entry of await real.readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) for (const folders of [disk.#folders, disk.#durableFolders]) folders.add(path);
      else disk.#files.set(path, { durable: await real.readFile(path) });
    }
    disk.#durableNames = new Map(disk.#files);
    return disk;
  }

  /**
   * Creates a folder in the state after the power cut: of unsynced data, any part may exist.
   *
   * @param random in [0, 1)
   */
  async leave(target: string, random: () => number): Promise<void> {
    await real.mkdir(target);
    const isChosen = (): boolean => random() < 0.5;
    for (const folder of this.#folders) {
      if (this.#durableFolders.has(folder) || isChosen()) await real.mkdir(this.#moved(folder, target));
    }
    for (const path of new Set([...this.#files.keys(), ...this.#durableNames.keys()])) {
      const [now, durable] = [this.#files.get(path), this.#durableNames.get(path)];
      const file = now === durable || isChosen() ? now : durable;
      if (file === undefined) continue;
      const moved = this.#moved(path, target);
      if (!(await exists(dirname(moved)))) continue;
      const bytes = file === now ? partly(file.durable, await real.readFile(path), random) : file.durable;
      await real.writeFile(moved, bytes);
    }
  }

  readonly lstat = this.#passing(real.lstat);
  readonly readdir = this.#passing(real.readdir);
  readonly stat = this.#passing(real.stat);
  readonly truncate = this.#passing(real.truncate);

  readonly mkdir = this.#passing(real.mkdir, ([path]) => this.#folders.add(String(path)));
  readonly rmdir = this.#passing(real.rmdir, ([path]) => this.#folders.delete(String(path)));
  readonly rm = this.#passing(real.rm, ([path]) => this.#files.delete(String(path)));
  readonly rename = this.#passing(real.rename, ([from, to]) => {
    const file = this.#files.get(String(from));
    this.#files.delete(String(from));
    if (file !== undefined) this.#files.set(String(to), file);
  });

  readonly open = this.#passing(real.open, ([path], handle) => {
    this.#watch(String(path), handle);
  });

  #watch(path: string, handle: FileHandle): void {
    const isFolder = path === this.folder || this.#folders.has(path);
    if (!isFolder && !this.#files.has(path)) this.#files.set(path, { durable: new Uint8Array(0) });
    const file = this.#files.get(path);
    const [writeFile, truncate] = [handle.writeFile.bind(handle), handle.truncate.bind(handle)];
    handle.writeFile = this.#passing(writeFile);
    handle.truncate = this.#passing(truncate);
    for (const name of ['sync', 'datasync'] as const) {
      const sync = handle[name].bind(handle);
      handle[name] = this.#passing(async () => {
        await sync();
        if (isFolder) this.#syncNames(path);
        else if (file !== undefined) file.durable = await real.readFile(path);
      });
    }
  }

  #syncNames(folder: string): void {
    for (const path of this.#durableNames.keys()) if (dirname(path) === folder) this.#durableNames.delete(path);
    for (const [path, file] of this.#files) if (dirname(path) === folder) this.#durableNames.set(path, file);
    for (const path of this.#folders) if (dirname(path) === folder) this.#durableFolders.add(path);
  }

  /** Runs the real operation; fails after the power cut. */
  #passing<Operation extends (...of: never[]) => Promise<unknown>>(
    operation: Operation,
    note?: (of: Parameters<Operation>, result: Awaited<ReturnType<Operation>>) => void,
  ): Operation {
    const passed = async (...of: Parameters<Operation>): Promise<unknown> => {
      if (this.operations >= this.cutAfter) {
        this.atCut();
        throw new Error('The power was cut.');
      }
      this.operations++;
      const result = (await operation(...of)) as Awaited<ReturnType<Operation>>;
      note?.(of, result);
      return result;
    };
    return passed as unknown as Operation;
  }

  #moved(path: string, target: string): string {
    return join(target, path.slice(this.folder.length));
  }
}

/** Bytes of a partly synced file: the unsynced ones may exist, be zeros, or be missing. */
function partly(durable: Uint8Array, now: Uint8Array, random: () => number): Uint8Array {
  if (Buffer.from(durable).equals(now)) return now;
  const kind = Math.floor(4 * random());
  if (kind === 0) return durable;
  if (kind === 1 || now.length <= durable.length) return now;
  const whole = durable.length + Math.floor(random() * (now.length - durable.length));
  return kind === 2 ? now.subarray(0, whole) : now.slice().fill(0, whole);
}

async function exists(path: string): Promise<boolean> {
  return real.stat(path).then(
    () => true,
    () => false,
  );
}
