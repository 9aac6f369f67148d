import { setFlagsFromString } from 'node:v8';
import { runnableKernelSets } from '../engine/kernels/open';

/**
 * Turns on what the fused kernels need, for this process and the threads that it starts. To be called before kernels are
 * chosen: Node 20 has relaxed SIMD behind a flag of V8, later versions without one, and those may not know the flag.
 */
export function allowFusedKernels(): void {
  if (!runnableKernelSets().includes('simd-fma')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
