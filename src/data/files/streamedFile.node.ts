import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { StreamedFile } from './fileContent';

const partBytes = 64 * 1024;
/** Parts that are read before other work gets its turn. */
const partsPerTurn = 32;

/**
 * A file on this machine's disk that is read in parts.
 *
 * @param onRead called after each part, with its number of bytes
 */
export function streamedFile(
  location: string,
  size: number,
  onRead: (bytes: number) => void = () => undefined,
): StreamedFile {
  let version: string | undefined;
  function* parts(): Generator<Uint8Array, void, undefined> {
    // Opening a pipe doesn't wait for a writer. Windows has no such flag.
    const file = openSync(location, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    try {
      const entry = fstatSync(file);
      if (!entry.isFile()) throw new Error(`${location} is not a file`);
      const found = `${entry.size} ${entry.mtimeMs}`;
      version ??= found;
      if (entry.size !== size || found !== version) throw new Error(`${location} has changed while it was read`);
      const buffer = new Uint8Array(partBytes);
      for (let at = 0; at < size;) {
        const count = readSync(file, buffer, 0, Math.min(partBytes, size - at), at);
        if (count === 0) throw new Error(`${location} has changed while it was read`);
        at += count;
        onRead(count);
        yield buffer.subarray(0, count);
      }
    } finally {
      closeSync(file);
    }
  }
  const digest = async (): Promise<string> => {
    const hash = createHash('sha256');
    let read = 0;
    for (const part of parts()) {
      hash.update(part);
      read += 1;
      if (read % partsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return hash.digest('hex');
  };
  return { location, size, parts, digest };
}
