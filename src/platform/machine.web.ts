// What the browser says of its computer. Node.js has the same values in machine.node.ts, where they are described.

/** Bytes in a gibibyte. */
const gibibyte = 1024 ** 3;

/** GiB of memory where the browser does not say it: Firefox and Safari. */
const assumedMemory = 4;

/** Browsers name at most 8 GiB. */
export function machineMemory(): number {
  const { deviceMemory = assumedMemory } = navigator as { readonly deviceMemory?: number };
  return deviceMemory * gibibyte;
}

export function machineCores(): number {
  return navigator.hardwareConcurrency;
}

/** A browser starts no programs. */
export const nodeProgram: string | undefined = undefined;
