import { FileSystemError, FileType, Uri, workspace, type FileStat } from 'vscode';
import type { RunFile, RunStorage } from '../../run/storage/storage';
import { fileInMemory } from '../../run/storage/fileInMemory';
import { formatExact } from '../../text/numbers';
import { english } from '../../text/translate';

/** The largest file that is opened in parts, in bytes: it is held in memory as a whole. */
const maxOpenedBytes = 1024 ** 3;

/** The share of the time that is spent on writing a file that grows, at most. */
const maxWritingShare = 0.1;

/** A file that this window appends to, as it is in memory. */
interface GrowingFile {
  bytes: Uint8Array;
  /** Of `bytes`, those that are content. */
  length: number;
  /** Bytes of the file as it was written last. */
  written: number;
  /** Milliseconds of `performance.now()` from which it is written again. */
  writeFrom: number;
  /** Of the next writing. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The storage of each folder, so that all readers in this window see what is appended. */
const opened = new Map<string, WorkspaceStorage>();

/** The storage of a run's folder in one of VS Code's file systems. */
export function workspaceStorage(folder: Uri): WorkspaceStorage {
  const key = folder.toString();
  const storage = opened.get(key) ?? new WorkspaceStorage(folder);
  opened.set(key, storage);
  return storage;
}

/**
 * A run's folder in one of VS Code's file systems, which write whole files only. What is appended is kept in memory; the
 * file is written again at most as often as takes a tenth of the time, and at once where `sync` asks for it.
 */
export class WorkspaceStorage implements RunStorage {
  readonly #growing = new Map<string, GrowingFile>();
  /** Changes are made one after the other. */
  #previous: Promise<unknown> = Promise.resolve();

  constructor(readonly folder: Uri) {}

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      await this.#checkFolder();
      this.#growing.delete(path);
      await this.#replace(path, bytes);
    });
  }

  append(path: string, bytes: Uint8Array, length?: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#checkFolder();
      const file = await this.#grow(path);
      if (length !== undefined && file.length !== length) {
        throw new Error(
          english`${path} has ${formatExact(file.length)} bytes, not the ${formatExact(length)} that were written: another program has changed it`,
        );
      }
      const before = file.length;
      add(file, bytes);
      if (performance.now() < file.writeFrom) {
        this.#flushLater(path, file);
        return;
      }
      try {
        await this.#flush(path, file);
      } catch (error) {
        file.length = before;
        throw error;
      }
    });
  }

  sync(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const file = this.#growing.get(path);
      if (file !== undefined) await this.#flush(path, file);
    });
  }

  truncate(path: string, length: number): Promise<void> {
    return this.#inTurn(async () => {
      const file = await this.#grow(path);
      if (file.length < length) {
        throw new Error(
          english`${path} has ${formatExact(file.length)} bytes, but at least ${formatExact(length)} are needed`,
        );
      }
      file.length = length;
      await this.#flush(path, file);
    });
  }

  remove(path: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#growing.delete(path);
      const entry = await statOf(this.#at(path));
      // An error where it has entries: folders are deleted empty only.
      if (entry !== undefined && isFolder(entry) && (await this.#entriesOf(path)).length > 0) {
        throw new Error(english`${path} is not empty`);
      }
      if (entry !== undefined) await workspace.fs.delete(this.#at(path), { useTrash: false });
      await removeFile(this.#at(`${path}.partial`));
    });
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const file = this.#growing.get(path);
    const size = file?.length ?? (await this.#sizeOf(path));
    if (size === undefined) return undefined;
    if (size > maxBytes) {
      throw new Error(
        english`${path} has ${formatExact(size)} bytes; at most ${formatExact(maxBytes)} are allowed. It is damaged, or not of this run`,
      );
    }
    if (file !== undefined) return file.bytes.slice(0, size);
    return workspace.fs.readFile(this.#at(path)).then(undefined, ignoreMissing);
  }

  async readPart(path: string, from: number, length: number): Promise<Uint8Array> {
    const whole = await this.read(path, maxOpenedBytes);
    return whole?.slice(from, from + length) ?? new Uint8Array(0);
  }

  async open(path: string): Promise<RunFile | undefined> {
    const whole = await this.read(path, maxOpenedBytes);
    return whole && fileInMemory(whole);
  }

  list(folder: string): Promise<readonly string[]> {
    return this.#entriesOf(folder);
  }

  /** Writes what is appended and forgets the content of files: nothing more is appended. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      for (const [path, file] of this.#growing) await this.#flush(path, file);
      this.#growing.clear();
      if (opened.get(this.folder.toString()) === this) opened.delete(this.folder.toString());
    });
  }

  #at(path: string): Uri {
    return path === '' ? this.folder : Uri.joinPath(this.folder, path);
  }

  async #entriesOf(folder: string): Promise<readonly string[]> {
    const entries = await workspace.fs.readDirectory(this.#at(folder)).then(undefined, ignoreMissing);
    return (entries ?? []).map(([name]) => name);
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#previous.then(change);
    this.#previous = done.catch(() => undefined);
    return done;
  }

  /** The folder is not created again: VS Code would create it with the file. */
  async #checkFolder(): Promise<void> {
    if ((await statOf(this.folder)) === undefined) throw FileSystemError.FileNotFound(this.folder);
  }

  async #sizeOf(path: string): Promise<number | undefined> {
    const entry = await statOf(this.#at(path));
    if (entry === undefined) return undefined;
    // The target of a link is unknown: an untrusted folder could point outside itself.
    if (entry.type !== FileType.File)
      throw new Error(english`${path} is a link, a folder or a device, not a file of the run`);
    return entry.size;
  }

  async #grow(path: string): Promise<GrowingFile> {
    const known = this.#growing.get(path);
    if (known !== undefined) return known;
    const bytes = await this.read(path, maxOpenedBytes);
    if (bytes === undefined) throw FileSystemError.FileNotFound(this.#at(path));
    const file = { bytes, length: bytes.length, written: bytes.length, writeFrom: -Infinity, timer: undefined };
    this.#growing.set(path, file);
    return file;
  }

  /** What is appended last is written also if nothing follows it. A failure is repeated, and reported, by what follows. */
  #flushLater(path: string, file: GrowingFile): void {
    if (file.timer !== undefined) return;
    const flush = (): Promise<void> => (this.#growing.get(path) === file ? this.#flush(path, file) : Promise.resolve());
    file.timer = setTimeout(() => {
      this.#inTurn(flush).catch(() => undefined);
    }, file.writeFrom - performance.now());
  }

  async #flush(path: string, file: GrowingFile): Promise<void> {
    const { length } = file;
    clearTimeout(file.timer);
    file.timer = undefined;
    if (length === file.written) return;
    const start = performance.now();
    const found = await this.#sizeOf(path);
    if (found !== file.written) {
      throw new Error(
        found === undefined
          ? english`${path} was deleted`
          : english`${path} has ${formatExact(found)} bytes, not the ${formatExact(file.written)} that were written: another program has changed it`,
      );
    }
    await this.#replace(path, file.bytes.subarray(0, length));
    file.written = length;
    const end = performance.now();
    file.writeFrom = end + (end - start) * (1 / maxWritingShare - 1);
  }

  /** Readers see the old or the new bytes, if the file system renames atomically. */
  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    const partial = this.#at(`${path}.partial`);
    try {
      await workspace.fs.writeFile(partial, bytes);
      await workspace.fs.rename(partial, this.#at(path), { overwrite: true });
    } catch (error) {
      await removeFile(partial);
      throw error;
    }
  }
}

function add(file: GrowingFile, bytes: Uint8Array): void {
  const length = file.length + bytes.length;
  if (length > file.bytes.length) {
    const larger = new Uint8Array(Math.max(length, 2 * file.bytes.length));
    larger.set(file.bytes.subarray(0, file.length));
    file.bytes = larger;
  }
  file.bytes.set(bytes, file.length);
  file.length = length;
}

async function statOf(uri: Uri): Promise<FileStat | undefined> {
  return workspace.fs.stat(uri).then(undefined, ignoreMissing);
}

async function removeFile(uri: Uri): Promise<void> {
  await workspace.fs.delete(uri, { useTrash: false }).then(undefined, ignoreMissing);
}

function isFolder({ type }: FileStat): boolean {
  return (type & FileType.Directory) !== 0;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
  throw error;
}
