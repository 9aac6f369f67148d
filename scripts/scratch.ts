import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

/**
 * The repository under a path outside of itself, to load the extension from. VS Code takes all extensions below the
 * folder that is being developed for part of it, and those of the embedded VS Code lie in `.vscode-test/`: it would
 * then show the first of its own themes instead of the one that is set.
 */
export function linkedRepository(): string {
  const link = join(scratchFolder('sources'), 'unroll');
  symlinkSync(resolve('.'), link);
  return link;
}
