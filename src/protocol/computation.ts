import type { RunInfo } from './run';

/** What computes a run: the kernel sets, how its batches are cut, and how many threads share them. */
export function formatComputation({
  kernels,
  kernelChanges,
  shards,
  workers,
}: Pick<RunInfo, 'kernels' | 'kernelChanges' | 'shards' | 'workers'>): string {
  const cut = shards === 1 ? '' : `, batches cut into ${shards}`;
  const later = kernelChanges.map(
    (change) => `, from update ${change.update.toLocaleString('en-US')} on ${change.kernels} kernels`,
  );
  return `${kernels} kernels${later.join('')}${cut}, ${workers === 1 ? 'one worker' : `${workers} workers`}`;
}

const mebibyte = 1024 * 1024;

/** An estimate of memory as a person reads it, in MiB. */
export function formatMemory(bytes: number): string {
  const mib = bytes / mebibyte;
  return `about ${mib < 10 ? mib.toPrecision(2) : Math.round(mib).toLocaleString('en-US')} MiB`;
}
