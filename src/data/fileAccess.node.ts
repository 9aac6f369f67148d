import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { FileAccess, Located } from './fileReading';

/** Files on this machine's disk, relative to `folder` and, symbolic links resolved, inside `boundary`. */
export function diskAccess(folder: string, boundary: string): FileAccess {
  return {
    async locate(path): Promise<Located> {
      // A Windows path with a drive or a share is not relative, on any system.
      if (/^[a-zA-Z]:|^[\\/]{2}/.test(path) || path.includes('\0')) return { kind: 'outside', boundary };
      const inside = await realpath(boundary).catch(() => resolve(boundary));
      const wanted = resolve(folder, path);
      const found = await realpath(wanted).catch(() => undefined);
      if (found === undefined)
        return isWithin(resolve(boundary), wanted) ? { kind: 'missing' } : { kind: 'outside', boundary };
      if (!isWithin(inside, found)) return { kind: 'outside', boundary };
      const { size, isFile } = await stat(found).then((entry) => ({ size: entry.size, isFile: entry.isFile() }));
      return isFile ? { kind: 'file', location: found, size } : { kind: 'notAFile' };
    },
    read: (location) => readFile(location),
  };
}

function isWithin(boundary: string, path: string): boolean {
  const way = relative(boundary, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
