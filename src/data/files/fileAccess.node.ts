import { constants, open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { maxSiblings } from './nearestFile';
import { streamedFile } from './streamedFile.node';
import { maxFileBytes, type FileAccess, type Located } from './fileReading';

/** Files on this machine's disk, relative to `folder` and, symbolic links resolved, inside `boundary`. `onRead` is called while a large one is read. */
export function diskAccess(folder: string, boundary: string, onRead?: (bytes: number) => void): FileAccess {
  return {
    async locate(path): Promise<Located> {
      // A Windows path with a drive or a share is not relative, on any system.
      if (/^[a-zA-Z]:|^[\\/]{2}/.test(path) || path.includes('\0')) return { kind: 'outside', boundary };
      const inside = await realpath(boundary).catch(() => resolve(boundary));
      const resolved = resolve(folder, path);
      const found = await realpath(resolved).catch(() => undefined);
      if (found === undefined) {
        if (!isWithin(resolve(boundary), resolved)) return { kind: 'outside', boundary };
        return { kind: 'missing', siblings: await filesIn(dirname(resolved), inside) };
      }
      if (!isWithin(inside, found)) return { kind: 'outside', boundary };
      const { size, isFile } = await stat(found).then((entry) => ({ size: entry.size, isFile: entry.isFile() }));
      return isFile ? { kind: 'file', location: found, size } : { kind: 'notAFile' };
    },
    read: (path) => readToSize(path, maxFileBytes),
    readStart,
    stream: (location, size) => streamedFile(location, size, onRead),
  };
}

/**
 * The bytes of a file up to its size: a file of /proc has size 0, and some of them never end or block. The file may have
 * been replaced since its size was checked: opening a pipe doesn't wait for a writer.
 *
 * @throws when it isn't a regular file, or has more than `maxBytes`
 */
export async function readToSize(path: string, maxBytes: number): Promise<Uint8Array> {
  return readBytes(path, (size) => {
    if (size > maxBytes) throw new Error('it has become too large');
    return size;
  });
}

/** The first bytes of a file, at most `maxBytes`; otherwise as `readToSize`. */
async function readStart(path: string, maxBytes: number): Promise<Uint8Array> {
  return readBytes(path, (size) => Math.min(size, maxBytes));
}

/** @param lengthOf the number of bytes to read, by the file's size; it may throw */
async function readBytes(path: string, lengthOf: (size: number) => number): Promise<Uint8Array> {
  // Windows has no such flag.
  const file = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  try {
    const entry = await file.stat();
    if (!entry.isFile()) throw new Error('it is not a file');
    const bytes = new Uint8Array(lengthOf(entry.size));
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Names of the first files in a folder; none if it is not readable or, symbolic links resolved, outside the boundary. */
async function filesIn(folder: string, boundary: string): Promise<readonly string[]> {
  try {
    if (!isWithin(boundary, await realpath(folder))) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .slice(0, maxSiblings)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Whether a path is a folder or in it; both are absolute, and symbolic links are not resolved. */
export function isWithin(boundary: string, path: string): boolean {
  const fromBoundary = relative(boundary, path);
  return fromBoundary !== '..' && !fromBoundary.startsWith(`..${sep}`) && !isAbsolute(fromBoundary);
}
