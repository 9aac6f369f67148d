import type { KernelSet, KernelSetName, SharedKernels } from './kernelSet';
import { referenceKernels } from './reference';
import { runs } from './simd/machine';
import { joinSimdKernels, openSimdKernels } from './simd/simd';

/** The kernel sets of this build. Which of them can run depends on the machine and the JavaScript engine. */
export const builtKernelSets = ['reference', 'simd', 'simd-fma'] as const satisfies readonly KernelSetName[];

/** The name of a kernel set that this build has. */
export type BuiltKernelSet = (typeof builtKernelSets)[number];

/** The kernel sets that can run here; `reference` always can. */
export function runnableKernelSets(): readonly BuiltKernelSet[] {
  return builtKernelSets.filter((name) => name === 'reference' || runs(name));
}

/** The fastest kernel set that can run here; `reproducible`: the fastest with the same bits on all machines. */
export function defaultKernelSet(reproducible = false): BuiltKernelSet {
  const runnable = runnableKernelSets();
  return (reproducible ? runnable.filter((name) => name !== 'simd-fma') : runnable).at(-1) ?? 'reference';
}

/** The notice that none of the fast kernel sets can run; undefined if one can. */
export function missingSpeed(): string | undefined {
  return defaultKernelSet() === 'reference'
    ? 'WebAssembly SIMD is missing here, so training runs on the reference kernels, about ten times slower.'
    : undefined;
}

/**
 * Opens a kernel set for one learner: the tensors of a set belong to it alone. Throws RangeError, listing those
 * that can run, if the set cannot run here.
 */
export function openKernels(name: BuiltKernelSet): KernelSet {
  if (name === 'reference') return referenceKernels;
  if (!runs(name)) {
    throw new RangeError(
      `The kernel set "${name}" needs WebAssembly ${name === 'simd-fma' ? 'relaxed SIMD' : 'SIMD'}, which is missing here. Choose one of ${runnableKernelSets().join(', ')}.`,
    );
  }
  return openSimdKernels(name);
}

/**
 * Opens the kernels of another thread's set over its memory, its tensors from byte `tensorsAt` on. Throws RangeError for
 * a set that shares no memory.
 */
export function joinKernels(shared: SharedKernels, tensorsAt: number): KernelSet {
  if (shared.name === 'reference') throw new RangeError('The reference kernels share no memory between threads.');
  return joinSimdKernels(shared.name, shared, tensorsAt);
}
