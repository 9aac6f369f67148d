import { constants, open as openFile } from 'node:fs/promises';

/** Error codes of systems and disks that do not support it. */
const unsupported = new Set(['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF']);

/**
 * Flushes the entries of a folder to disk, so that created, renamed and deleted files survive a power cut. Windows and some
 * network disks do not support it: there it does nothing.
 */
export async function syncFolder(folder: string, open = openFile): Promise<void> {
  try {
    const entries = await open(folder, constants.O_RDONLY);
    try {
      await entries.sync();
    } finally {
      await entries.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!unsupported.has(code)) throw error;
  }
}
