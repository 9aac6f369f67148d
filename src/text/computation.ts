import { formatExact } from './numbers';
import { translate } from './translate';

/** The kernel sets, shards and threads that compute a run. */
export interface Computation {
  readonly kernels: string;
  /** Updates from which another kernel set computes it. */
  readonly kernelChanges: readonly { readonly update: number; readonly kernels: string }[];
  /** Number of shards that every batch is split into. */
  readonly shards: number;
  /** Number of threads that share the shards. */
  readonly workers: number;
}

/** The kernel sets of a run, how its batches are split, and how many threads share them. */
export function formatComputation({ kernels, kernelChanges, shards, workers }: Computation): string {
  const cut = shards === 1 ? '' : translate`, batches split into ${shards}`;
  const later = kernelChanges.map(
    (change) => translate`, from update ${formatExact(change.update)} on ${change.kernels} kernels`,
  );
  return translate`${kernels} kernels${later.join('')}${cut}, ${workers === 1 ? translate`one worker` : translate`${workers} workers`}`;
}
