import { availableParallelism, totalmem } from 'node:os';

/** Bytes of memory this machine has. */
export function machineMemory(): number {
  return totalmem();
}

/** Number of threads that this machine runs at the same time. */
export function machineCores(): number {
  return availableParallelism();
}

/** The program that runs this extension host, for tasks; undefined where there are no processes. */
export const nodeProgram: string | undefined = process.execPath;
