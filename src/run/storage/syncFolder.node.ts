import { constants, open as openFile } from 'node:fs/promises';

/** Systems and disks that cannot do it say so by one of these. */
const unsupported = new Set(['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF']);

/**
 * Makes what was created, renamed and removed in a folder survive a power cut. Windows and some network disks have no
 * way to ask for that: there it does nothing.
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
