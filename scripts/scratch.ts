import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerCleanup } from './cleanup';

/** Creates a folder outside the repository that is deleted when the command ends. */
export function scratchFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `unroll-${purpose}-`));
  // A server that was just stopped may still be writing its last file.
  registerCleanup(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return folder;
}

/**
 * Creates a scratch workspace, so that tests don't change the repository: a copy of a folder, or files by name.
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
 * A link to the repository from outside, to load the extension from. VS Code treats all extensions below the development
 * folder as part of it, and those of the embedded VS Code are in `.vscode-test/`: it would then show the first of its
 * own themes instead of the configured one.
 */
export function linkedRepository(): string {
  const link = join(scratchFolder('sources'), 'unroll');
  symlinkSync(resolve('.'), link);
  return link;
}
