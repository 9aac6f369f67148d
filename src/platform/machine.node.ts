import { totalmem } from 'node:os';

/** Bytes of memory this machine has. */
export function machineMemory(): number {
  return totalmem();
}
