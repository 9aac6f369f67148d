import type { KernelSet } from '../../../src/engine/kernels/kernelSet';
import type { Tensor } from '../../../src/engine/tensor';
import { openKernels, runnableKernelSets, type BuiltKernelSet } from '../../../src/engine/kernels/open';
import { allowFusedKernels } from '../../../src/trainer/fusedKernels.node';

/** A kernel set under test and how exact it must be. */
export interface TestedKernels {
  readonly name: BuiltKernelSet;
  /** Opens a new set for every learner, as in production. */
  readonly open: () => KernelSet;
  /** The bound for a set of that precision. */
  readonly within: (double: number, single: number) => number;
}

allowFusedKernels();

/** Every kernel set that this machine can run; tests of the engine run over all of them. */
export const testedKernels: readonly TestedKernels[] = runnableKernelSets().map((name) => ({
  name,
  open: () => openKernels(name),
  within: (double, single) => (name === 'reference' ? double : single),
}));

/** A tensor of the set with these values. */
export function tensorOf(kernels: KernelSet, values: ArrayLike<number>): Tensor {
  const tensor = kernels.allocate(values.length);
  tensor.set(values);
  return tensor;
}

/** Indices of the set with these values. */
export function indicesOf(kernels: KernelSet, ...values: readonly number[]): Int32Array {
  const indices = kernels.allocateIndices(values.length);
  indices.set(values);
  return indices;
}
