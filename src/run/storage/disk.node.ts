import * as nodeFileSystem from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The part of `node:fs/promises` with which runs are written; a test can replace it to simulate faults. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'rmdir' | 'stat' | 'truncate'
>;

/** Milliseconds for which an operation is tried again. */
const limit = 2000;

/** Milliseconds before the second try; each further pause is twice as long, up to the longest. */
const firstPause = 10;
const longestPause = 250;

/**
 * What Windows answers while another program has a file open: a scanner or an indexer that reads it, or one that has
 * deleted it and not closed it yet. Elsewhere EPERM and EACCES are permissions, which waiting doesn't change; EBUSY is
 * also the answer of a network drive.
 */
const passingCodes: Partial<Record<NodeJS.Platform, readonly string[]>> = { win32: ['EPERM', 'EACCES', 'EBUSY'] };

/**
 * A file system whose operations are tried again for two seconds while another program has the file open.
 *
 * @param platform decides which errors may pass
 */
export function withRetries(fileSystem: FileSystem, platform: NodeJS.Platform = process.platform): FileSystem {
  const codes = passingCodes[platform] ?? ['EBUSY'];
  const mayPass = (error: unknown): boolean => codes.includes(String(codeOf(error)));
  const retrying =
    <Parameters extends readonly unknown[], Result>(operation: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      const end = performance.now() + limit;
      for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
        try {
          return await operation(...parameters);
        } catch (error) {
          if (!mayPass(error) || performance.now() + pause > end) throw error;
          await sleep(pause);
        }
      }
    };
  return {
    lstat: fileSystem.lstat,
    readdir: fileSystem.readdir,
    stat: fileSystem.stat,
    mkdir: retrying(fileSystem.mkdir) as FileSystem['mkdir'],
    open: retrying(fileSystem.open),
    rename: retrying(fileSystem.rename),
    rm: retrying(fileSystem.rm),
    rmdir: retrying(fileSystem.rmdir),
    truncate: retrying(fileSystem.truncate),
  };
}

/** This machine's disk. */
export const disk = withRetries(nodeFileSystem);

/** The code of an error of the file system, such as 'ENOENT'; undefined for another error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
