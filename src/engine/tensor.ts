/**
 * The numbers of a matrix, of a vector or of several of them one after the other, row-major: Float64Array for the
 * reference kernels, Float32Array for the single-precision ones.
 */
export type Tensor = Float64Array | Float32Array;
