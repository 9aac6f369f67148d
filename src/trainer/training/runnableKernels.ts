import { defaultKernelSet, runnableKernelSets, type BuiltKernelSet } from '../../engine/kernels/open';

/** The kernels that compute a part of a run on this machine. */
export interface RunnableKernels {
  readonly name: BuiltKernelSet;
  /** The recorded kernel set if it can't run here and `name` replaces it. */
  readonly missing: string | undefined;
}

/** The recorded kernel set if it can run here, else the fastest that can. */
export function runnableKernels(recorded: string): RunnableKernels {
  const same = runnableKernelSets().find((name) => name === recorded);
  return same === undefined ? { name: defaultKernelSet(), missing: recorded } : { name: same, missing: undefined };
}

/** The notice that other kernels continue a run; undefined if its own do. */
export function resumedKernelsNotice({ name, missing }: RunnableKernels): string | undefined {
  return missing === undefined
    ? undefined
    : `This run was computed by the ${missing} kernels, which can't run here. It continues with the ${name} kernels: ` +
        'results may differ in the last digits from here on.';
}

/** The notice that other kernels replay an update; undefined if those that computed it do. */
export function replayedKernelsNotice({ name, missing }: RunnableKernels): string | undefined {
  return missing === undefined
    ? undefined
    : `This update was computed by the ${missing} kernels, which can't run here. The ${name} kernels replay it: its ` +
        'numbers may differ in the last digits from those of the run.';
}
