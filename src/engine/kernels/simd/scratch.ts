// Scratch memory of the kernels, separate from the tensors; every thread has its own.

/**
 * Numbers that a weight gradient is packed into: rows, columns of x and columns of d at once, as in
 * ../assembly/outerProducts.
 */
export const outerScratch = 256 * (512 + 16);

/** Rows that one call of a loss's kernel processes; a longer step is split. */
export const rowsAtOnce = 256;

/** Total bytes of the scratch memory, including the gaps. */
export const scratchBytes = 4 * outerScratch + 20 * rowsAtOnce + 1024;
