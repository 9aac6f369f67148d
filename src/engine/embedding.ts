import type { KernelSet } from './kernels/kernelSet';
import type { Tensor } from './tensor';
import { matrixShape } from './linear';
import type { Parameter } from './parameter';

/**
 * W (N,V) applied to one-hot rows: row indices[r] of Wᵀ, so that no product with zeros is formed. Its gradient is a
 * scatter into the same rows.
 */
export class Embedding {
  private readonly table: Tensor;
  private readonly tableGradient: Tensor;
  private readonly outWidth: number;
  private readonly symbols: number;

  /** @param twin an embedding with the same weights and a gradient of its own, whose table is shared */
  constructor(
    private readonly kernels: KernelSet,
    private readonly weight: Parameter,
    twin?: Embedding,
  ) {
    [this.outWidth, this.symbols] = matrixShape(weight);
    this.table = twin?.table ?? kernels.allocate(this.outWidth * this.symbols);
    this.tableGradient = kernels.allocate(this.outWidth * this.symbols);
  }

  /** Copies the current weights and b (N), which is added to every row; called once before a forward pass. */
  packForward(bias: Parameter): void {
    this.kernels.fillRows(this.table, 0, bias.values, this.symbols, this.outWidth);
    this.kernels.addTransposed(this.table, this.weight.values, this.outWidth, this.symbols);
  }

  /** out (rows,N) = b (N) + W · one-hot(indices) */
  apply(out: Tensor, outAt: number, indices: Int32Array, indicesAt: number, rows: number): void {
    this.kernels.gatherRows(out, outAt, this.table, indices, indicesAt, rows, this.outWidth);
  }

  /** ∂L/∂W (N,V) += dᵀ · one-hot(indices), over all rows at once. */
  accumulate(d: Tensor, dAt: number, indices: Int32Array, indicesAt: number, rows: number): void {
    this.kernels.zero(this.tableGradient, 0, this.tableGradient.length);
    this.kernels.scatterRows(this.tableGradient, d, dAt, indices, indicesAt, rows, this.outWidth);
    this.kernels.addTransposed(this.weight.gradient, this.tableGradient, this.symbols, this.outWidth);
  }
}
