import { median, sum } from 'd3-array';
import { tensorOf, type Capture } from '../../engine/instruments/capture';
import { lastLoss, memoryHorizon } from '../../engine/instruments/memoryHorizon';
import {
  PerLossGradients,
  type GradientFlowMatrices,
  type PerLossSequence,
} from '../../engine/instruments/perLossGradients';
import { openKernels, runnableKernelSets } from '../../engine/kernels/open';
import { lossWeight } from '../../engine/losses/loss';
import type { Window } from '../../engine/recurrence/window';
import type {
  GradientFlow,
  GradientFlowRequest,
  Horizon,
  RecurrentBlock,
  StateGradientFlow,
} from '../../protocol/gradientFlow';
import { isGated } from '../../run/cellGates';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Pause } from './requestQueue';
import { recurrentBlock } from './recurrentBlock';

/** Maximum T: a larger matrix would fit neither on a screen nor in memory. */
const maxSteps = 1024;
/** Maximum number of multiplications for the median over the batch. */
const maxMultiplications = 4e9;
/** Steepest slope of each φ (Pascanu, Mikolov & Bengio 2013). */
const steepest = { tanh: 1, sigmoid: 0.25, relu: 1, identity: 1 } as const;

/** Computes the gradient flow matrices ∂L_t/∂h_k and ∂L_t/∂c_k of captured updates of one run. Allocates its memory at the first call. */
export class GradientFlowComputer {
  #perLossGradients: PerLossGradients | undefined;

  constructor(readonly setup: TrainingSetup) {}

  /** @throws RangeError when there is no such sequence or layer, or the window is too long */
  async of(capture: Capture, request: GradientFlowRequest, pause: Pause): Promise<GradientFlow> {
    const { layer } = request;
    const { cell, experiment } = this.setup;
    const { steps, h, c, medianOf } = await this.#flows(capture, request, pause);
    const weight = tensorOf(capture, `rnn.weight_hh_l${layer}`);
    const recurrent: RecurrentBlock[] = [];
    for (const [g, { name }] of cell.gates.entries()) {
      recurrent.push(recurrentBlock(weight, cell.gates.length, g, name));
      await pause();
    }
    // The bound is that of one layer by itself: a lower layer also gets gradient from the layer above.
    const isTop = layer === experiment.model.layers - 1;
    const slope = isGated(cell.name) || !isTop ? undefined : steepest[experiment.model.activation ?? 'tanh'];
    return {
      steps,
      h,
      c,
      medianOf,
      longestLag: lastLoss(h.median, steps),
      recurrent,
      bound: slope === undefined ? null : slope * (recurrent[0]?.largestSingularValue ?? NaN),
    };
  }

  /** The memory horizons of the batch, and its largest lag. @throws as `of` */
  async horizon(capture: Capture, request: GradientFlowRequest, pause: Pause): Promise<Omit<Horizon, 'update'>> {
    const { h, c, steps } = await this.#flows(capture, request, pause);
    const cellStateHorizon = c === null ? {} : { cellStateHorizon: c.horizon };
    return { horizon: h.horizon, ...cellStateHorizon, longestLag: lastLoss(h.median, steps) };
  }

  /** The matrices of one sequence, and their medians over as many sequences as the limit allows. */
  async #flows(capture: Capture, { sequence, layer }: GradientFlowRequest, pause: Pause) {
    const { setup } = this;
    const [steps = 0, batch = 0] = tensorOf(capture, 'outputs').shape;
    if (steps > maxSteps) {
      throw new RangeError(`A matrix of ${steps} × ${steps} steps is too large to draw: the limit is T = ${maxSteps}.`);
    }
    if (sequence >= batch || layer >= setup.experiment.model.layers) {
      throw new RangeError(
        `The batch has sequences 0 to ${batch - 1}, the net ${setup.experiment.model.layers} layers.`,
      );
    }
    const gradients = this.#loadedGradients(capture, steps);
    const matricesOf = (batchRow: number): GradientFlowMatrices => {
      const { sequenceInput, from } = sequenceWindow(capture, setup, batchRow, steps, batch);
      const { h, c } = gradients.matrices(sequenceInput, setup.experiment.loss, layer);
      return { h: padded(h, from, steps), c: c && padded(c, from, steps) };
    };
    const selected = matricesOf(sequence);
    const batchRows = evenlySpaced(batch, this.#affordableSequences(steps, batch), sequence);
    const all: GradientFlowMatrices[] = [];
    for (const batchRow of batchRows) {
      all.push(batchRow === sequence ? selected : matricesOf(batchRow));
      await pause();
    }
    const cellStates = all.map(({ c }) => c).filter((c) => c !== undefined);
    return {
      steps,
      h: flowOf(
        selected.h,
        all.map(({ h }) => h),
        steps,
      ),
      c: selected.c === undefined ? null : flowOf(selected.c, cellStates, steps),
      medianOf: all.length,
    };
  }

  #loadedGradients(capture: Capture, steps: number): PerLossGradients {
    if (this.#perLossGradients?.steps !== steps) {
      const { name } = this.setup.kernels;
      const kernels = openKernels(runnableKernelSets().find((set) => set === name) ?? 'reference');
      this.#perLossGradients = new PerLossGradients(kernels, this.setup.options.network, 'dense', steps);
    }
    for (const name of this.setup.layout.parameters) this.#perLossGradients.load(name, tensorOf(capture, name).data);
    return this.#perLossGradients;
  }

  #affordableSequences(steps: number, batch: number): number {
    const { hidden, layers } = this.setup.options.network;
    const work = (steps ** 2 / 2) * this.setup.cell.gates.length * hidden ** 2 * layers;
    return Math.max(1, Math.min(batch, Math.floor(maxMultiplications / work)));
  }
}

function flowOf(matrix: Float64Array, all: readonly Float64Array[], steps: number): StateGradientFlow {
  const middle = all.length === 1 ? matrix : matrix.map((_, i) => median(all, (one) => one[i]) ?? NaN);
  return { matrix, median: middle, horizon: memoryHorizon(middle, steps), gain: gainOf(matrix, steps) };
}

/** ‖∂L_T/∂h_{k−1}‖ / ‖∂L_T/∂h_k‖ for the last step T that has a loss. */
function gainOf(matrix: Float64Array, steps: number): Float64Array {
  let last = steps - 1;
  while (last >= 0 && Number.isNaN(matrix[last * steps + last])) last--;
  const row = matrix.subarray(last * steps, (last + 1) * steps);
  return Float64Array.from({ length: steps }, (_, k) =>
    last < 0 || k === 0 ? NaN : (row[k - 1] ?? NaN) / (row[k] ?? NaN),
  );
}

/** Sequences spread evenly over the batch, including the chosen one. */
function evenlySpaced(batch: number, count: number, chosen: number): readonly number[] {
  const batchRows = Array.from({ length: count }, (_, i) => Math.floor((i * batch) / count));
  return batchRows.includes(chosen) ? batchRows : [chosen, ...batchRows.slice(1)];
}

/** One sequence of a captured window as a window of its own, from its last reset on. */
function sequenceWindow(
  capture: Capture,
  setup: TrainingSetup,
  batchRow: number,
  steps: number,
  batch: number,
): { readonly sequenceInput: PerLossSequence; readonly from: number } {
  const resets = capture.tensors.get('reset')?.data;
  let from = steps - 1;
  while (from > 0 && resets?.[from * batch + batchRow] !== 1) from--;
  const rowsOf = (name: string): Float64Array => {
    const { data, shape } = tensorOf(capture, name);
    const width = shape.slice(2).reduce((product, size) => product * size, 1);
    const rows = new Float64Array((steps - from) * width);
    for (let t = from; t < steps; t++) {
      const at = (t * batch + batchRow) * width;
      rows.set(data.subarray(at, at + width), (t - from) * width);
    }
    return rows;
  };
  const { loss } = setup.experiment;
  const mask = Uint8Array.from(rowsOf('mask'));
  const targets = rowsOf('targets');
  const window: Window = {
    steps: steps - from,
    batch: 1,
    inputs: { kind: 'dense', values: rowsOf('inputs') },
    targets:
      loss.kind === 'mse'
        ? { kind: 'values', values: targets }
        : { kind: 'classes', indices: Int32Array.from(targets) },
    mask,
    reset: new Uint8Array([1]),
  };
  const { hidden, layers, outputs } = setup.options.network;
  const isFresh = from > 0 || resets?.[batchRow] === 1;
  const initial = Array.from({ length: layers }, (_, layer) =>
    setup.cell.state.map((state) =>
      isFresh
        ? new Float64Array(hidden)
        : tensorOf(capture, `${state}0_l${layer}`).data.subarray(batchRow * hidden, (batchRow + 1) * hidden),
    ),
  );
  const targetCount = sum(tensorOf(capture, 'mask').data);
  return { sequenceInput: { window, initial, weight: lossWeight(loss, targetCount, outputs, batch) }, from };
}

/** Embeds the matrix of the steps from `from` on in that of all steps. */
function padded(matrix: Float64Array, from: number, steps: number): Float64Array {
  if (from === 0) return matrix;
  const whole = new Float64Array(steps ** 2).fill(NaN);
  const length = steps - from;
  for (let t = 0; t < length; t++) {
    whole.set(matrix.subarray(t * length, (t + 1) * length), (t + from) * steps + from);
    // No gradient passes a reset.
    if (!Number.isNaN(matrix[t * length + t])) whole.fill(0, (t + from) * steps, (t + from) * steps + from);
  }
  return whole;
}
