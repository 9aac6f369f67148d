// Scratch memory of the kernels, apart from the tensors they are given; every thread has its own.

/** Numbers that a weight gradient is packed into: rows, columns of x and columns of d at once, as in ../assembly/outerProducts. */
export const outerScratch = 256 * (512 + 16);

/** Rows that one call of a loss's kernel processes; a longer step is split. */
export const rowsAtOnce = 256;

/** Bytes of all of it together, the gaps between included. */
export const scratchBytes = 4 * outerScratch + 20 * rowsAtOnce + 1024;
