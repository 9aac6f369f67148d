import type { KernelSet, SharedKernels } from '../kernelSet';
import type { Tensor } from '../../tensor';
import { Arena } from './arena';
import { fusedCells } from './cells';
import type { Address } from './instructions';
import { fusedLosses } from './losses';
import { instanceOver, startMachine, type Build, type Machine } from './machine';
import { fusedOptimizer } from './optimizers';
import { outerScratch, scratchBytes } from './scratch';

/** Columns that are adjacent in a packed matrix. */
const panel = 8;

/** Where element `at` of a tensor of this set is in the linear memory. */
export function addressOf(tensor: Tensor | Int32Array, at = 0): Address {
  return tensor.byteOffset + 4 * at;
}

/**
 * Opens a set of SIMD kernels in float32 over a linear memory of its own, which grows with its tensors. It
 * accepts only its own tensors. Throws RangeError where an allocation exceeds the memory.
 */
export function openSimdKernels(build: Build): KernelSet {
  const { instructions, arena, module } = startMachine(build);
  return kernelSet(build, { instructions, arena, module }, arena);
}

/**
 * Opens the same kernels in another thread, over the memory of a set that has reserved scratch memory for them. Its
 * tensors start at byte `tensorsAt`: those of the other thread, provided that both allocate the same ones in the same
 * order.
 */
export function joinSimdKernels(
  build: Build,
  { memory, module, scratchAt }: SharedKernels,
  tensorsAt: number,
): KernelSet {
  const shared = memory as WebAssembly.Memory;
  const machine = { instructions: instanceOver(module, shared), arena: Arena.join(shared, tensorsAt), module };
  return kernelSet(build, machine, Arena.join(shared, scratchAt));
}

/** @param scratchArena where the kernels allocate their scratch memory */
function kernelSet(build: Build, { instructions: wasm, arena, module }: Machine, scratchArena: Arena): KernelSet {
  const cells = fusedCells(wasm);
  const losses = fusedLosses(wasm, scratchArena);
  const scratch = scratchArena.numbers(outerScratch).byteOffset;

  return {
    name: build,
    bytesPerElement: 4,
    maxMemory: arena.largest,
    allocate: (length) => arena.numbers(length),
    allocateIndices: (length) => arena.integers(length),
    allocateDoubles: (length) => arena.doubles(length),
    allocateFlags: (length) => arena.bytes(length),
    get allocated() {
      return arena.used;
    },
    share: () =>
      arena.isShared
        ? { name: build, memory: arena.memory, module, scratchAt: arena.bytes(scratchBytes).byteOffset }
        : undefined,
    packedLength: (rows, columns) => Math.ceil(rows / panel) * panel * columns,
    pack: (packed, matrix, rows, columns) => {
      wasm.pack(packed.byteOffset, matrix.byteOffset, rows, columns);
    },
    packTransposed: (packed, matrix, rows, columns) => {
      wasm.packTransposed(packed.byteOffset, matrix.byteOffset, rows, columns);
    },
    multiply: (out, outAt, x, xAt, packed, rows, outWidth, inWidth) => {
      const to = addressOf(out, outAt);
      wasm.multiply(to, to, 4 * outWidth, addressOf(x, xAt), packed.byteOffset, rows, outWidth, inWidth);
    },
    affine: (out, outAt, x, xAt, packed, bias, rows, outWidth, inWidth) => {
      const to = addressOf(out, outAt);
      wasm.multiply(to, bias.byteOffset, 0, addressOf(x, xAt), packed.byteOffset, rows, outWidth, inWidth);
    },
    multiplyTransposed: (gradient, d, dAt, x, xAt, rows, dWidth, xWidth) => {
      const [dFrom, xFrom] = [addressOf(d, dAt), addressOf(x, xAt)];
      wasm.multiplyTransposed(gradient.byteOffset, dFrom, xFrom, rows, dWidth, xWidth, scratch);
    },
    fillRows: (out, outAt, bias, rows, width) => {
      wasm.fillRows(addressOf(out, outAt), bias.byteOffset, rows, width);
    },
    addColumnSums: (sums, d, dAt, rows, width) => {
      wasm.addColumnSums(sums.byteOffset, addressOf(d, dAt), rows, width);
    },
    addTransposed: (target, matrix, rows, columns) => {
      wasm.addTransposed(target.byteOffset, matrix.byteOffset, rows, columns);
    },
    gatherRows: (out, outAt, table, indices, indicesAt, rows, width) => {
      wasm.gatherRows(addressOf(out, outAt), table.byteOffset, addressOf(indices, indicesAt), rows, width);
    },
    scatterRows: (table, d, dAt, indices, indicesAt, rows, width) => {
      wasm.scatterRows(table.byteOffset, addressOf(d, dAt), addressOf(indices, indicesAt), rows, width);
    },
    zero: (x, xAt, length) => {
      wasm.zero(addressOf(x, xAt), length);
    },
    copy: (out, outAt, x, xAt, length) => {
      wasm.copy(addressOf(out, outAt), addressOf(x, xAt), length);
    },
    addMeasured: (out, x, xAt, length, norms, at) => {
      wasm.addMeasured(out.byteOffset, addressOf(x, xAt), length, norms.byteOffset + 8 * at);
    },
    add: (out, outAt, x, xAt, length) => {
      wasm.add(addressOf(out, outAt), addressOf(x, xAt), length);
    },
    scale: (x, xAt, length, factor) => {
      wasm.scale(addressOf(x, xAt), length, factor);
    },
    clamp: (x, xAt, length, limit) => wasm.clamp(addressOf(x, xAt), length, limit),
    countBeyond: (counts, x, xAt, rows, width, stride, low, high) => {
      wasm.countBeyond(counts.byteOffset, addressOf(x, xAt), rows, width, 4 * stride, low, high);
    },
    norm: (x, xAt, length) => wasm.norm(addressOf(x, xAt), length),
    distance: (x, y, at, length) => wasm.distance(addressOf(x, at), addressOf(y, at), length),
    cellKernel: (name) => cells.get(name),
    lossKernel: ({ kind }) => losses.get(kind),
    optimizerKernel: (spec) => fusedOptimizer(wasm, spec),
  };
}
