import * as z from 'zod';

/** Another kernel set from an update on: the run was gone on with where the one before could not run. */
export const kernelChangeSchema = z.object({
  /** First update that it computed. */
  update: z.number().int().nonnegative(),
  kernels: z.string(),
});

/** Which kernel sets computed a run: the one it began with, and those that it was gone on with, in their order. */
export interface KernelHistory {
  readonly kernels: string;
  readonly kernelChanges: readonly Readonly<z.infer<typeof kernelChangeSchema>>[];
}

/** The kernel set that computed an update; of one that is yet to come, the one that computed the last. */
export function kernelsAt({ kernels, kernelChanges }: KernelHistory, update: number): string {
  return kernelChanges.findLast((change) => change.update <= update)?.kernels ?? kernels;
}

/** The history of a run that is gone on with at an update, which this kernel set is the next to compute. */
export function withKernelChange(
  { kernels: first, kernelChanges }: KernelHistory,
  update: number,
  kernels: string,
): KernelHistory {
  if (update === 0) return { kernels, kernelChanges: [] };
  const before = { kernels: first, kernelChanges: kernelChanges.filter((change) => change.update < update) };
  if (kernelsAt(before, update) === kernels) return before;
  return { kernels: first, kernelChanges: [...before.kernelChanges, { update, kernels }] };
}
