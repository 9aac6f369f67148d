import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFiles } from '../../src/run/storage/runFiles';
import { readManifest } from '../../src/run/manifest';

/** How many runs in this folder of runs have come to their end; 0 where there is no such folder. */
function finishedRuns(runs: string): number {
  if (!existsSync(runs)) return 0;
  return readdirSync(runs).filter((name) => {
    const manifest = join(runs, name, runFiles.manifest);
    return existsSync(manifest) && readManifest(readFileSync(manifest))?.state === 'finished';
  }).length;
}

/** How long (ms) a run that is waited for may take. */
const limit = 180_000;

/**
 * Waits until so many runs in this folder have come to their end. The lens above an experiment cannot say that of a second
 * run: for a moment it still says how the first one ended. Throws when it takes longer than `limit`.
 */
export async function untilFinished(runs: string, count: number): Promise<void> {
  const end = Date.now() + limit;
  while (finishedRuns(runs) < count) {
    if (Date.now() > end)
      throw new Error(`${finishedRuns(runs)} of ${count} runs in ${runs} finished in ${limit / 1000} s.`);
    await sleep(50);
  }
}
