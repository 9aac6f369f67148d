import { formatExact } from './numbers';

/** What computes a run. */
export interface Computation {
  readonly kernels: string;
  /** Updates from which another kernel set computes it. */
  readonly kernelChanges: readonly { readonly update: number; readonly kernels: string }[];
  /** Parts that every batch is split into. */
  readonly shards: number;
  /** Threads that share the parts. */
  readonly workers: number;
}

/** The kernel sets of a run, how its batches are split, and how many threads share them. */
export function formatComputation({ kernels, kernelChanges, shards, workers }: Computation): string {
  const cut = shards === 1 ? '' : `, batches split into ${shards}`;
  const later = kernelChanges.map(
    (change) => `, from update ${formatExact(change.update)} on ${change.kernels} kernels`,
  );
  return `${kernels} kernels${later.join('')}${cut}, ${workers === 1 ? 'one worker' : `${workers} workers`}`;
}
