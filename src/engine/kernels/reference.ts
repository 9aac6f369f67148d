import type { KernelSet } from './kernelSet';
import type { Tensor } from '../tensor';
import { distance, norm } from './norms';
import { multiply, multiplyTransposed, pack, packedLength, packTransposed } from './products';

/**
 * The kernels in double precision, written as in a textbook: the reference for faster sets, the fallback, and the
 * kernels of gradient checks.
 */
export const referenceKernels: KernelSet = {
  name: 'reference',
  bytesPerElement: 8,
  maxMemory: Infinity,
  allocate: (length) => new Float64Array(length),
  allocateIndices: (length) => new Int32Array(length),
  allocateDoubles: (length) => new Float64Array(length),
  allocateFlags: (length) => new Uint8Array(length),
  allocated: 0,
  share: () => undefined,
  packedLength,
  pack,
  packTransposed,
  multiply,
  affine,
  multiplyTransposed,
  fillRows,
  addColumnSums,
  addTransposed,
  gatherRows,
  scatterRows,
  zero: (x, xAt, length) => void x.fill(0, xAt, xAt + length),
  copy: (out, outAt, x, xAt, length) => {
    out.set(x.subarray(xAt, xAt + length), outAt);
  },
  add,
  addMeasured: (out, x, xAt, length, norms, at) => {
    add(out, 0, x, xAt, length);
    norms[at] = norm(out, 0, length);
    norms[at + 1] = norm(x, xAt, length);
  },
  scale,
  clamp,
  countBeyond,
  norm,
  distance,
  cellKernel: () => undefined,
  lossKernel: () => undefined,
  optimizerKernel: () => undefined,
};

function fillRows(out: Tensor, outAt: number, bias: Tensor, rows: number, width: number): void {
  for (let m = 0, to = outAt; m < rows; m++) {
    for (let n = 0; n < width; n++, to++) out[to] = bias[n];
  }
}

function affine(
  out: Tensor,
  outAt: number,
  x: Tensor,
  xAt: number,
  packed: Tensor,
  bias: Tensor,
  rows: number,
  outWidth: number,
  inWidth: number,
): void {
  fillRows(out, outAt, bias, rows, outWidth);
  multiply(out, outAt, x, xAt, packed, rows, outWidth, inWidth);
}

function addColumnSums(sums: Tensor, d: Tensor, dAt: number, rows: number, width: number): void {
  for (let m = 0, from = dAt; m < rows; m++) {
    for (let n = 0; n < width; n++, from++) sums[n] += d[from];
  }
}

function addTransposed(target: Tensor, matrix: Tensor, rows: number, columns: number): void {
  for (let k = 0, to = 0; k < columns; k++) {
    for (let n = 0, from = k; n < rows; n++, from += columns, to++) target[to] += matrix[from];
  }
}

function gatherRows(
  out: Tensor,
  outAt: number,
  table: Tensor,
  indices: Int32Array,
  indicesAt: number,
  rows: number,
  width: number,
): void {
  for (let m = 0; m < rows; m++) copyRow(out, outAt + m * width, table, indices[indicesAt + m] * width, width);
}

function copyRow(out: Tensor, outAt: number, x: Tensor, xAt: number, length: number): void {
  for (let i = 0; i < length; i++) out[outAt + i] = x[xAt + i];
}

function scatterRows(
  table: Tensor,
  d: Tensor,
  dAt: number,
  indices: Int32Array,
  indicesAt: number,
  rows: number,
  width: number,
): void {
  for (let m = 0; m < rows; m++) add(table, indices[indicesAt + m] * width, d, dAt + m * width, width);
}

function add(out: Tensor, outAt: number, x: Tensor, xAt: number, length: number): void {
  const end = outAt + length;
  for (let to = outAt, from = xAt; to < end; to++, from++) out[to] += x[from];
}

function scale(x: Tensor, xAt: number, length: number, factor: number): void {
  const end = xAt + length;
  for (let i = xAt; i < end; i++) x[i] *= factor;
}

function clamp(x: Tensor, xAt: number, length: number, limit: number): number {
  const end = xAt + length;
  let changed = 0;
  for (let i = xAt; i < end; i++) {
    if (x[i] > limit) x[i] = limit;
    else if (x[i] < -limit) x[i] = -limit;
    else continue;
    changed++;
  }
  return changed;
}

function countBeyond(
  counts: Int32Array,
  x: Tensor,
  xAt: number,
  rows: number,
  width: number,
  stride: number,
  low: number,
  high: number,
): void {
  for (let row = 0, from = xAt; row < rows; row++, from += stride) {
    for (let i = from; i < from + width; i++) {
      if (x[i] <= low) counts[0]++;
      if (x[i] >= high) counts[1]++;
    }
  }
}
