import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const created: string[] = [];

/** Creates a folder for files of a test that other processes may use to its end; deleted after all tests. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  created.push(folder);
  return folder;
}

after(() => {
  for (const folder of created) rmSync(folder, { recursive: true, force: true });
});
