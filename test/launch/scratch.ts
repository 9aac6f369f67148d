import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAtEnd } from './closing';

/** A fresh folder outside the repository that is gone when the command ends. */
export function scratchFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `unroll-${purpose}-`));
  // A server that was just stopped may still be writing its last file.
  closeAtEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return folder;
}

/** A scratch workspace that holds a copy of `source`, so that nobody trains or edits in the repository itself. */
export function scratchWorkspace(source: string): string {
  const folder = join(scratchFolder('workspace'), 'samples');
  cpSync(source, folder, { recursive: true });
  return folder;
}
