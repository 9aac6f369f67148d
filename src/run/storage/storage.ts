/**
 * The folder of one run, as little of it as a run needs; paths are relative to the folder and use `/`. Implementations
 * create folders within it as needed, never the folder itself, and reject with the carrier's own error.
 */
export interface RunStorage {
  /** Replaces a file whole: whoever reads sees the old or the new bytes, never a part. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file, all or nothing; rejects when it is not there, for it would lack its beginning. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Waits until what was added to a file, or cut off from it, would survive a power cut; `write` does so by itself. */
  sync(path: string): Promise<void>;
  /** Cuts a file to its first `length` bytes; rejects when it has fewer. */
  truncate(path: string, length: number): Promise<void>;
  /** Deletes a file, with what was left unfinished of it,, or a folder that is empty; it need not be there. */
  remove(path: string): Promise<void>;
  /** The bytes of a file, undefined when there is none; rejects, before it reads any, when there are more than `largest`. */
  read(path: string, largest: number): Promise<Uint8Array | undefined>;
  /** The bytes of a file from a place on: `length` of them, or fewer where it ends, and none where there is no file. */
  readPart(path: string, from: number, length: number): Promise<Uint8Array>;
  /** Names of what lies directly in a folder, none when there is no such folder; '' is the run's own. */
  list(folder: string): Promise<readonly string[]>;
}
