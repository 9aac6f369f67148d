/** An address in the linear memory, in bytes. */
export type Address = number;

/** One step of B rows of a cell whose candidate applies a gate after the product with W_hn; `cache` (B,H) holds gh_n. */
export type ResetAfterForward = (
  gates: Address,
  gh: Address,
  previous: Address,
  next: Address,
  cache: Address,
  batch: number,
  hidden: number,
) => void;

/**
 * The backward step of such a cell: ∂L/∂gx and ∂L/∂gh from `dh`, which becomes the gradient that reaches h_{t−1}
 * directly.
 */
export type ResetAfterBackward = (
  gates: Address,
  previous: Address,
  cache: Address,
  dh: Address,
  dgx: Address,
  dgh: Address,
  batch: number,
  hidden: number,
) => void;

/** The exports of a module of kernels; the definitions are in ../assembly, in files of the same subjects. */
export interface Instructions {
  heapBase(): Address;

  pack(packed: Address, matrix: Address, rows: number, columns: number): void;
  packTransposed(packed: Address, matrix: Address, rows: number, columns: number): void;
  multiply(
    out: Address,
    initial: Address,
    initialStride: number,
    x: Address,
    packed: Address,
    rows: number,
    outWidth: number,
    inWidth: number,
  ): void;
  multiplyTransposed(
    gradient: Address,
    d: Address,
    x: Address,
    rows: number,
    dWidth: number,
    xWidth: number,
    scratch: Address,
  ): void;
  addTransposed(target: Address, matrix: Address, rows: number, columns: number): void;

  fillRows(out: Address, bias: Address, rows: number, width: number): void;
  addColumnSums(sums: Address, d: Address, rows: number, width: number): void;
  gatherRows(out: Address, table: Address, indices: Address, rows: number, width: number): void;
  scatterRows(table: Address, d: Address, indices: Address, rows: number, width: number): void;
  zero(x: Address, length: number): void;
  copy(out: Address, x: Address, length: number): void;
  add(out: Address, x: Address, length: number): void;
  addMeasured(out: Address, x: Address, length: number, norms: Address): void;
  scale(x: Address, length: number, factor: number): void;
  clamp(x: Address, length: number, limit: number): number;
  countBeyond(
    counts: Address,
    x: Address,
    rows: number,
    width: number,
    stride: number,
    low: number,
    high: number,
  ): void;
  norm(x: Address, length: number): number;
  distance(x: Address, y: Address, length: number): number;

  rnnForward(gates: Address, gh: Address, h: Address, length: number, activation: number): void;
  rnnBackward(gates: Address, dh: Address, dgx: Address, length: number, activation: number): void;
  lstmForward(
    gates: Address,
    gh: Address,
    previous: Address,
    next: Address,
    squashed: Address,
    h: Address,
    batch: number,
    hidden: number,
  ): void;
  lstmBackward(
    gates: Address,
    previous: Address,
    squashed: Address,
    dh: Address,
    dc: Address,
    total: Address,
    dgx: Address,
    batch: number,
    hidden: number,
  ): void;
  gruForward: ResetAfterForward;
  gruBackward: ResetAfterBackward;

  mguForward: ResetAfterForward;
  mguBackward: ResetAfterBackward;

  softmaxRows(
    outputs: Address,
    gradient: Address,
    targets: Address,
    terms: Address,
    rows: number,
    width: number,
    weight: number,
  ): void;

  sgd(values: Address, gradient: Address, length: number, rate: number, decay: number): void;
  momentumSgd(
    values: Address,
    gradient: Address,
    buffer: Address,
    length: number,
    rate: number,
    decay: number,
    momentum: number,
    nesterov: boolean,
  ): void;
  adagrad(
    values: Address,
    gradient: Address,
    squares: Address,
    length: number,
    rate: number,
    decay: number,
    epsilon: number,
  ): void;
  rmsprop(
    values: Address,
    gradient: Address,
    squares: Address,
    buffer: Address,
    length: number,
    rate: number,
    decay: number,
    alpha: number,
    oneMinusAlpha: number,
    epsilon: number,
    momentum: number,
  ): void;
  adam(
    values: Address,
    gradient: Address,
    means: Address,
    squares: Address,
    length: number,
    stepSize: number,
    decay: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    rootCorrection: number,
    epsilon: number,
  ): void;
}
