/** A file that is read in parts, each time from its start: its bytes are never in memory all at once. */
export interface StreamedFile {
  /** Where it is: an absolute path. */
  readonly location: string;
  /** Its size in bytes. */
  readonly size: number;
  /**
   * The bytes from the start; a part is valid until the next one is read.
   *
   * @throws when the file cannot be read, or has changed since it was first read
   */
  parts(): Iterable<Uint8Array>;
  /** Its SHA-256 in hexadecimal. */
  digest(): Promise<string>;
}

/** The content of a file: its bytes, or where they are read from when they are needed. */
export type FileContent = Uint8Array | StreamedFile;

/** Bytes of a part of a file that is in memory. */
const partBytes = 64 * 1024;

/** The bytes of a file in parts. */
export function partsOf(content: FileContent): Iterable<Uint8Array> {
  return content instanceof Uint8Array ? partsOfBytes(content) : content.parts();
}

function* partsOfBytes(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/** The bytes of a file that are in memory: none for one that is streamed. */
export function bytesInMemory(files: ReadonlyMap<string, FileContent>): number {
  return [...files.values()].reduce((sum, file) => sum + (file instanceof Uint8Array ? file.length : 0), 0);
}

/** The bytes of the files that are read in parts. */
export function bytesInParts(files: ReadonlyMap<string, FileContent>): number {
  return [...files.values()].reduce((sum, file) => sum + (file instanceof Uint8Array ? 0 : file.size), 0);
}

/** Copies of the first bytes of a file. */
export function firstBytes(content: FileContent, count: number): Uint8Array {
  for (const part of partsOf(content)) return part.slice(0, count);
  return new Uint8Array();
}
