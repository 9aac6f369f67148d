import type { KernelSet, KernelSetName } from './kernelSet';
import { referenceKernels } from './reference';

/** The kernel sets of this build. */
export const builtKernelSets = ['reference'] as const satisfies readonly KernelSetName[];

/** The name of a kernel set that this build has. */
export type BuiltKernelSet = (typeof builtKernelSets)[number];

const sets: Readonly<Record<BuiltKernelSet, KernelSet>> = { reference: referenceKernels };

/** Opens a kernel set. */
export function openKernels(name: BuiltKernelSet): KernelSet {
  return sets[name];
}
