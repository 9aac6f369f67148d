import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * A scratch workspace, so that nobody trains or edits in the repository itself: a copy of a folder, or files by their
 * names.
 */
export function scratchWorkspace(content: string | Readonly<Record<string, string>>): string {
  const folder = join(scratchFolder('workspace'), 'samples');
  if (typeof content === 'string') {
    cpSync(content, folder, { recursive: true });
    return folder;
  }
  mkdirSync(folder);
  for (const [name, text] of Object.entries(content)) writeFileSync(join(folder, name), text);
  return folder;
}
