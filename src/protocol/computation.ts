import type { RunFacts } from './run';

/** What computes a run: the kernel set, how its batches are cut, and how many threads share them. */
export function computationInWords({
  kernels,
  shards,
  workers,
}: Pick<RunFacts, 'kernels' | 'shards' | 'workers'>): string {
  const cut = shards === 1 ? '' : `, batches cut into ${shards}`;
  return `${kernels} kernels${cut}, ${workers === 1 ? 'one worker' : `${workers} workers`}`;
}

const mebibyte = 1024 * 1024;

/** An estimate of memory as a person reads it, in MiB. */
export function memoryInWords(bytes: number): string {
  const mib = bytes / mebibyte;
  return `about ${mib < 10 ? mib.toPrecision(2) : Math.round(mib).toLocaleString('en-US')} MiB`;
}
