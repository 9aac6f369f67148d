import { spawnSync } from 'node:child_process';

/** The Python that tests look for PyTorch in. */
export const python = '/usr/bin/python3';

/** Skips a test or a hook, and says so, where PyTorch is not installed. */
export function skipWithoutTorch(context: Mocha.Context): void {
  if (spawnSync(python, ['-c', 'import torch']).status === 0) return;
  console.log(`      skipped: PyTorch is not installed for ${python}`);
  context.skip();
}
