import { cellNamed } from './cells/registry';
import { evaluationSteps } from './evaluation';
import type { LearnerOptions } from './learner';
import { scratchBytes } from './kernels/simd/scratch';
import { parameterShapes, sizeOf } from './network';
import { optimizerOf } from './optimizers/registry';
import { planTruncation } from './recurrence/truncation';

/** What a memory estimate depends on. */
export type MemoryRequest = Omit<LearnerOptions, 'kernels' | 'clip'> & {
  /** Of the kernel set. */
  readonly bytesPerElement: 4 | 8;
  /** B of the widest window that is evaluated; `batch` by default. */
  readonly evaluationBatch?: number;
};

/** Bytes that a learner will hold, by purpose. */
export interface MemoryEstimate {
  readonly bytes: number;
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * The memory of a learner, computed without allocating any: all memory that it has after its first step and first
 * evaluation. Records, captures and snapshots are returned to the caller and not counted.
 */
export function estimateMemory(request: MemoryRequest): MemoryEstimate {
  const { network, bptt, optimizer, steps, batch, bytesPerElement, inputs, shards = 1 } = request;
  const plan = planTruncation(bptt, steps);
  const shapes = parameterShapes(network);
  const weights = shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const panel = panelWidth(bytesPerElement);
  const packedSize = (rows: number, columns: number): number => Math.ceil(rows / panel) * panel * columns;
  const matrices = shapes
    .filter(({ shape }) => shape.length === 2)
    .reduce(
      (sum, { shape: [rows = 0, columns = 0] }) => sum + packedSize(rows, columns) + packedSize(columns, rows),
      0,
    );
  const rows = cellNamed(network.cell).gates.length * network.hidden;
  const table = inputs === 'oneHot' ? (1 + shards) * rows * network.inputs : 0;

  const training = timelineSize(request, plan.capacity, batch, shards);
  const evaluation = timelineSize(request, evaluationSteps, request.evaluationBatch ?? batch, 1);
  const elements = [
    { name: 'parameters', elements: weights },
    { name: 'gradients', elements: shards * weights },
    { name: 'optimizer', elements: (optimizerOf(optimizer).slots.length + 1) * weights },
    { name: 'packed weights', elements: matrices + table },
    { name: 'states and gates', elements: training.elements },
    { name: 'backward pass', elements: backwardSize(request, plan.backward, batch) },
    { name: 'evaluation', elements: evaluation.elements },
  ];
  const parts = [
    ...elements.map(({ name, elements: count }) => ({ name, bytes: count * bytesPerElement })),
    { name: 'indices', bytes: training.bytes + evaluation.bytes },
    { name: 'norms per step', bytes: shards * normsSize(request, plan.capacity) },
    { name: 'shards of the batch', bytes: shards === 1 ? 0 : shardWindowSize(request) },
    { name: 'kernels', bytes: bytesPerElement === 8 ? 0 : scratchBytes },
  ];
  return { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts };
}

/**
 * Rows of weights that are adjacent in a packed matrix: four in the reference kernels, eight in those of single
 * precision.
 */
function panelWidth(bytesPerElement: 4 | 8): number {
  return bytesPerElement === 8 ? 4 : 8;
}

/** The instruments' doubles, (C) per norm and layer. */
function normsSize({ network }: MemoryRequest, steps: number): number {
  return 8 * (1 + cellNamed(network.cell).state.length) * network.layers * steps;
}

/** Copies that the shards of a split batch hold of a window: mask, targets and inputs of their sequences. */
function shardWindowSize({ network, loss, inputs, steps, batch }: MemoryRequest): number {
  const targets = loss.kind === 'mse' ? 8 * network.outputs : 4;
  return steps * batch * (1 + targets + (inputs === 'dense' ? 8 * network.inputs : 4));
}

function timelineSize(
  { network, inputs }: MemoryRequest,
  steps: number,
  batch: number,
  shards: number,
): { readonly elements: number; readonly bytes: number } {
  const cell = cellNamed(network.cell);
  const block = batch * network.hidden;
  const perLayer = cell.state.length * (steps + 1) * block + (cell.gates.length + cell.cache.length) * steps * block;
  const oneStepOfGates = cell.gates.length * block;
  const outputs = steps * batch * network.outputs;
  const dense = inputs === 'dense' ? steps * batch * network.inputs : 0;
  const symbols = inputs === 'oneHot' ? 4 * steps * batch : 0;
  return {
    elements: network.layers * perLayer + oneStepOfGates + outputs + dense,
    bytes: symbols + steps * (batch + shards * (1 + 8)),
  };
}

function backwardSize({ network }: MemoryRequest, steps: number, batch: number): number {
  const cell = cellNamed(network.cell);
  const block = batch * network.hidden;
  const gateGradients = (cell.gradient === 'shared' ? 1 : 2) * cell.gates.length * steps * block;
  return gateGradients + steps * block + (2 * cell.state.length - 1) * block + steps * batch * network.outputs;
}
