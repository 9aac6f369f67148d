/** A file of a run that is open for reading. */
export interface RunFile {
  /** Its bytes when it was opened. */
  readonly size: number;
  /** Fills `bytes` from an offset in the file on; the number of bytes read, which is smaller at the file's end. */
  read(bytes: Uint8Array, from: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Access to the folder of one run; paths are relative to the folder and use `/`. Implementations create folders within it
 * as needed, never the folder itself, and reject with the error of the file system.
 */
export interface RunStorage {
  /** Replaces a file atomically: readers see the old or the new bytes, never a part. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Appends to a file, all or nothing; rejects if it does not exist, or does not have the expected `length`, because its
   * start would be missing.
   */
  append(path: string, bytes: Uint8Array, length?: number): Promise<void>;
  /** Flushes appended or truncated data to disk, so that it survives a power cut; `write` does so itself. */
  sync(path: string): Promise<void>;
  /** Truncates a file to its first `length` bytes; rejects if it has fewer. */
  truncate(path: string, length: number): Promise<void>;
  /** Deletes a file and its partial file, or an empty folder; it need not exist. */
  remove(path: string): Promise<void>;
  /** The bytes of a file, undefined if there is none; rejects without reading if there are more than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Opens a file for reading in parts; undefined if there is none. The caller closes it. */
  open(path: string): Promise<RunFile | undefined>;
  /** `length` bytes of a file from an offset, or fewer at its end; none if there is no file. */
  readPart(path: string, from: number, length: number): Promise<Uint8Array>;
  /** Names of the entries of a folder, none if it does not exist; '' is the run's folder. */
  list(folder: string): Promise<readonly string[]>;
}
