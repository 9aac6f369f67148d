import type { CellKernel } from '../cells/cell';
import type { Loss } from '../losses/loss';
import type { UpdateStep } from '../optimizers/optimizer';
import type { CellName, LossSpec, OptimizerSpec } from '../spec';
import type { Tensor } from '../tensor';

/** Names of the kernel sets; a run records which one it used. */
export type KernelSetName = 'reference' | 'simd' | 'simd-fma';

/** What another thread needs to work on the memory of a kernel set; it survives structured cloning. */
export interface SharedKernels {
  readonly name: KernelSetName;
  /** The WebAssembly memory, which is shared, and the compiled module. */
  readonly memory: object;
  readonly module: object;
  /** Byte at which the scratch memory of the thread's own kernels begins. */
  readonly scratchAt: number;
}

/**
 * The arithmetic of the engine: the interface of the reference kernels and of faster sets.
 *
 * Conventions: matrices are row-major; `xAt` is the element where an operand starts inside its tensor, so that a time
 * step is an offset and never a new view; an operation writes only inside the shape in its comment. A set
 * allocates all tensors and indices itself and accepts no others, so it may create them as views over one linear memory
 * and work with their byteOffset. That memory may be shared between threads: the engine returns copies, never views.
 * The results depend on the operands alone, in a fixed order of summation: equal input gives equal bits.
 */
export interface KernelSet {
  readonly name: KernelSetName;
  readonly bytesPerElement: 4 | 8;

  /** Bytes that the tensors of one learner can take together. */
  readonly maxMemory: number;

  /** A zeroed tensor of `length` elements that lives as long as the learner. */
  allocate(length: number): Tensor;

  /** Zeroed indices or counts, `length` of them, that live as long as the learner. */
  allocateIndices(length: number): Int32Array;

  /** Zeroed doubles, for sums in double precision, independent of the set's precision. */
  allocateDoubles(length: number): Float64Array;

  /** Zeroed flags of one byte. */
  allocateFlags(length: number): Uint8Array;

  /** Bytes that are used of the set's memory, including gaps; 0 for a set whose memory the host manages. */
  readonly allocated: number;

  /**
   * Reserves scratch memory for one more thread that works on this memory; undefined where it cannot be shared. All
   * tensors of the thread are those of this set.
   */
  share(): SharedKernels | undefined;

  /** Elements that `pack` needs for a matrix of `rows` × `columns`. */
  packedLength(rows: number, columns: number): number;

  /** Lays `matrix` (N,K) out in `packed` so that `multiply` can form x · matrixᵀ, for x of K columns. */
  pack(packed: Tensor, matrix: Tensor, rows: number, columns: number): void;

  /** Lays the transpose of `matrix` (N,K) out in `packed` so that `multiply` can form d · matrix, for d of N columns. */
  packTransposed(packed: Tensor, matrix: Tensor, rows: number, columns: number): void;

  /** out (M,N) += x (M,K) · Wᵀ, for the W (N,K) that `packed` holds. */
  multiply(
    out: Tensor,
    outAt: number,
    x: Tensor,
    xAt: number,
    packed: Tensor,
    rows: number,
    outWidth: number,
    inWidth: number,
  ): void;

  /** out (M,N) = bias (N) + x (M,K) · Wᵀ, for the W (N,K) that `packed` holds. */
  affine(
    out: Tensor,
    outAt: number,
    x: Tensor,
    xAt: number,
    packed: Tensor,
    bias: Tensor,
    rows: number,
    outWidth: number,
    inWidth: number,
  ): void;

  /** gradient (N,K) += dᵀ · x, for d (M,N) and x (M,K): a weight's gradient over all M = T·B rows at once. */
  multiplyTransposed(
    gradient: Tensor,
    d: Tensor,
    dAt: number,
    x: Tensor,
    xAt: number,
    rows: number,
    dWidth: number,
    xWidth: number,
  ): void;

  /** Each of the `rows` rows of out (M,N) becomes `bias` (N). */
  fillRows(out: Tensor, outAt: number, bias: Tensor, rows: number, width: number): void;

  /** sums (N) += the rows of d (M,N): a bias's gradient. */
  addColumnSums(sums: Tensor, d: Tensor, dAt: number, rows: number, width: number): void;

  /** target (K,N) += the transpose of matrix (N,K). */
  addTransposed(target: Tensor, matrix: Tensor, rows: number, columns: number): void;

  /** Row m of out (M,N) = row indices[indicesAt + m] of table (V,N): the projection of one-hot rows. */
  gatherRows(
    out: Tensor,
    outAt: number,
    table: Tensor,
    indices: Int32Array,
    indicesAt: number,
    rows: number,
    width: number,
  ): void;

  /** Row indices[indicesAt + m] of table (V,N) += row m of d (M,N): the gradient of `gatherRows`'s table. */
  scatterRows(
    table: Tensor,
    d: Tensor,
    dAt: number,
    indices: Int32Array,
    indicesAt: number,
    rows: number,
    width: number,
  ): void;

  /** `length` elements become zero. */
  zero(x: Tensor, xAt: number, length: number): void;

  /** out[i] = x[i] for `length` elements; the two may not overlap. */
  copy(out: Tensor, outAt: number, x: Tensor, xAt: number, length: number): void;

  /** out[i] += x[i] for `length` elements. */
  add(out: Tensor, outAt: number, x: Tensor, xAt: number, length: number): void;

  /**
   * As `add` with out from 0; norms[at] = ‖out‖ after it and norms[at + 1] = ‖x‖, as `norm`. Norms are doubles of the
   * set.
   */
  addMeasured(out: Tensor, x: Tensor, xAt: number, length: number, norms: Float64Array, at: number): void;

  /** x[i] *= factor for `length` elements. */
  scale(x: Tensor, xAt: number, length: number, factor: number): void;

  /** Limits x[i] to [-limit, limit] for `length` elements and returns how many it changed; NaN stays NaN. */
  clamp(x: Tensor, xAt: number, length: number, limit: number): number;

  /**
   * counts[0] += how many elements are at most `low`, counts[1] += how many are at least `high`, over `rows` rows of
   * `width` elements, `stride` elements apart. Counts are indices of the set.
   */
  countBeyond(
    counts: Int32Array,
    x: Tensor,
    xAt: number,
    rows: number,
    width: number,
    stride: number,
    low: number,
    high: number,
  ): void;

  /** Euclidean norm of `length` elements, summed in double and rescaled where squares would leave its range. */
  norm(x: Tensor, xAt: number, length: number): number;

  /** Euclidean norm of x − y over `length` elements from the same offset, as `norm`. */
  distance(x: Tensor, y: Tensor, at: number, length: number): number;

  /** A fused kernel of a cell, by the cell's name; if absent, the cell's own step runs. */
  cellKernel(name: CellName): CellKernel | undefined;

  /** A kernel of a loss; if absent, the loss of ../losses runs. */
  lossKernel(spec: LossSpec): Loss | undefined;

  /** A kernel of an optimizer's step, with the same slots; if absent, the optimizer of ../optimizers runs. */
  optimizerKernel(spec: OptimizerSpec): ((step: UpdateStep) => void) | undefined;
}
