import { cellNamed } from './cells/registry';
import { evaluationSteps } from './evaluation';
import type { LearnerOptions } from './learner';
import { parameterShapes, sizeOf } from './network';
import { optimizerOf } from './optimizers/optimizer';
import { planTruncation } from './truncation';
import type { Inputs } from './window';

/** What a memory estimate needs to know. */
export type MemoryQuestion = Pick<LearnerOptions, 'network' | 'bptt' | 'optimizer' | 'steps' | 'batch'> & {
  /** Of the kernel set. */
  readonly bytesPerElement: 4 | 8;
  readonly inputs: Inputs['kind'];
  /** B of the widest window that is evaluated; `batch` where left out. */
  readonly evaluationBatch?: number;
};

/** Bytes that a learner will hold, by purpose. */
export interface MemoryEstimate {
  readonly bytes: number;
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * The memory of a learner, computed without allocating any: all that it keeps from its first step and first evaluation
 * on. Records, captures and snapshots are handed out and not counted.
 */
export function estimateMemory(question: MemoryQuestion): MemoryEstimate {
  const { network, bptt, optimizer, steps, batch, bytesPerElement, inputs } = question;
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
  const table = inputs === 'oneHot' ? 2 * rows * network.inputs : 0;

  const training = timelineSize(question, plan.capacity, batch);
  const evaluation = timelineSize(question, evaluationSteps, question.evaluationBatch ?? batch);
  const elements = [
    { name: 'parameters', elements: weights },
    { name: 'gradients', elements: weights },
    { name: 'optimizer', elements: (optimizerOf(optimizer).slots.length + 1) * weights },
    { name: 'packed weights', elements: matrices + table },
    { name: 'states and gates', elements: training.elements },
    {
      name: 'backward pass',
      elements: backwardSize(question, plan.backward, batch) + packedRows(question, plan.backward),
    },
    { name: 'evaluation', elements: evaluation.elements },
  ];
  const parts = [
    ...elements.map(({ name, elements: count }) => ({ name, bytes: count * bytesPerElement })),
    { name: 'indices', bytes: training.bytes + evaluation.bytes },
  ];
  return { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts };
}

/** Rows of weights that stand side by side: four in the reference kernels, eight in those of single precision. */
function panelWidth(bytesPerElement: 4 | 8): number {
  return bytesPerElement === 8 ? 4 : 8;
}

/** What the kernels of single precision pack of x and d for a weight gradient, over the widest x. */
function packedRows({ network, batch, bytesPerElement, inputs }: MemoryQuestion, steps: number): number {
  if (bytesPerElement === 8) return 0;
  const widest = Math.max(network.hidden, inputs === 'dense' ? network.inputs : 0);
  return Math.min(256, steps * batch) * (Math.ceil(widest / 8) * 8 + 16);
}

function timelineSize(
  { network, inputs }: MemoryQuestion,
  steps: number,
  batch: number,
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
    bytes: symbols + steps * (batch + 1 + 8),
  };
}

function backwardSize({ network }: MemoryQuestion, steps: number, batch: number): number {
  const cell = cellNamed(network.cell);
  const block = batch * network.hidden;
  const gateGradients = (cell.gradient === 'shared' ? 1 : 2) * cell.gates.length * steps * block;
  return gateGradients + steps * block + (2 * cell.state.length - 1) * block + steps * batch * network.outputs;
}
