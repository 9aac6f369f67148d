import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../temporaryFolder';

/** Trains an experiment by the terminal runner in double precision, and captures one update. Returns the run's folder. */
export function capturedRun(experiment: object, update: number): string {
  const folder = temporaryFolder('unroll-captured-');
  const file = join(folder, 'net.rnn.json');
  writeFileSync(file, JSON.stringify(experiment));
  const out = join(folder, 'run');
  const { status, stderr } = spawnSync(process.execPath, [
    ...[resolve('dist', 'cli.mjs'), file, '--out', out],
    ...['--capture', String(update), '--kernels', 'reference'],
  ]);
  assert.equal(status, 0, String(stderr));
  return out;
}
