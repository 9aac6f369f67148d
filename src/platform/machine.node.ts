import { availableParallelism, totalmem } from 'node:os';

/** Bytes of memory this machine has. */
export function machineMemory(): number {
  return totalmem();
}

/** Threads that this machine runs at the same time. */
export function machineCores(): number {
  return availableParallelism();
}
