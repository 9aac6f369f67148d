import type { KernelSet } from './kernels/kernelSet';
import type { Tensor } from './tensor';
import type { Parameter } from './parameter';

/** A weight matrix W (N,K) with its packed copies: packed once per update, then used for every row of the window. */
export class Linear {
  private readonly packed: Tensor;
  private readonly packedTransposed: Tensor;
  /** (K) zeros */
  private readonly zeroBias: Tensor;
  private readonly outWidth: number;
  private readonly inWidth: number;

  /** @param twin a matrix with the same weights and a gradient of its own, whose packed copies are shared */
  constructor(
    private readonly kernels: KernelSet,
    private readonly weight: Parameter,
    twin?: Linear,
  ) {
    [this.outWidth, this.inWidth] = matrixShape(weight);
    this.packed = twin?.packed ?? kernels.allocate(kernels.packedLength(this.outWidth, this.inWidth));
    this.packedTransposed =
      twin?.packedTransposed ?? kernels.allocate(kernels.packedLength(this.inWidth, this.outWidth));
    this.zeroBias = twin?.zeroBias ?? kernels.allocate(this.inWidth);
  }

  /** Packs the current weights for `apply`; called once before a forward pass. */
  packForward(): void {
    this.kernels.pack(this.packed, this.weight.values, this.outWidth, this.inWidth);
  }

  /** Packs the current weights for `applyTransposed`; called once before a backward pass. */
  packBackward(): void {
    this.kernels.packTransposed(this.packedTransposed, this.weight.values, this.outWidth, this.inWidth);
  }

  /** out (rows,N) = b (N) + x (rows,K) · Wᵀ */
  apply(out: Tensor, outAt: number, x: Tensor, xAt: number, bias: Parameter, rows: number): void {
    this.kernels.affine(out, outAt, x, xAt, this.packed, bias.values, rows, this.outWidth, this.inWidth);
  }

  /** dx (rows,K) += d (rows,N) · W */
  applyTransposed(dx: Tensor, dxAt: number, d: Tensor, dAt: number, rows: number): void {
    this.kernels.multiply(dx, dxAt, d, dAt, this.packedTransposed, rows, this.inWidth, this.outWidth);
  }

  /** dx (rows,K) = d (rows,N) · W */
  setTransposed(dx: Tensor, dxAt: number, d: Tensor, dAt: number, rows: number): void {
    const { kernels, packedTransposed, zeroBias: nothing, inWidth, outWidth } = this;
    kernels.affine(dx, dxAt, d, dAt, packedTransposed, nothing, rows, inWidth, outWidth);
  }

  /** ∂L/∂W (N,K) += dᵀ · x, over all rows at once */
  accumulate(d: Tensor, dAt: number, x: Tensor, xAt: number, rows: number): void {
    this.kernels.multiplyTransposed(this.weight.gradient, d, dAt, x, xAt, rows, this.outWidth, this.inWidth);
  }
}

/** The two sizes of a weight matrix; throws RangeError for a parameter of another rank. */
export function matrixShape(parameter: Parameter): [rows: number, columns: number] {
  const [rows, columns] = parameter.shape;
  if (parameter.shape.length !== 2) {
    throw new RangeError(`${parameter.name} has shape [${parameter.shape.join(', ')}]; a weight matrix has two sizes.`);
  }
  return [rows, columns];
}
