import * as z from 'zod/mini';

/** A change of the kernel set: the run was resumed on a machine that cannot run the previous one. */
export const kernelChangeSchema = z.object({
  /** First update that the kernel set computed. */
  update: z.int().check(z.nonnegative()),
  kernels: z.string(),
});

/** The kernel sets that computed a run: the first one, and its changes, in order. */
export interface KernelHistory {
  readonly kernels: string;
  readonly kernelChanges: readonly Readonly<z.infer<typeof kernelChangeSchema>>[];
}

/** The kernel set that computed an update; for a future update, the one that computed the last. */
export function kernelsAt({ kernels, kernelChanges }: KernelHistory, update: number): string {
  return kernelChanges.findLast((change) => change.update <= update)?.kernels ?? kernels;
}

/** The history of a run that is resumed at an update with this kernel set. */
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
