import type { Tensor } from '../tensor';
import { gatherRows, type BatchPart } from '../recurrence/batchRows';
import type { Network } from '../network';
import type { BackwardObserver } from '../recurrence/scan';
import type { Shard } from '../parallel/shard';
import type { Window } from '../recurrence/window';

/** One captured tensor, as a safetensors file holds it. */
export type CapturedTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/**
 * All tensors of one update, so that it can be recomputed elsewhere: parameters before and after, gradients raw and
 * clipped, inputs, targets, states, gates, outputs, losses and ∂L/∂h_t. Names and shapes are those of the captured
 * update file. `dgates_l0` (T,B,G·H) is ∂L/∂gx, for gru `dgh_l0` ∂L/∂gh, and `dOutputs` (T,B,O) ∂L/∂ŷ_t: with x_t,
 * h_{t−1} and h_t they give each step's term of every ∂L/∂W. For lstm, `dc_l0` (T,B,H) is ∂L/∂c_t. All of them are 0 at
 * the steps that the gradient does not cover.
 */
export interface Capture {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  /** step, loss, gradNorm, clipCoefficient, learningRate, kernels, and reach where `backward` > `forward`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** (B): the step after the last one of each sequence; later ones are padding. Undefined where no sequence is padded. */
  readonly ends?: Int32Array;
}

/** A tensor of a captured update. Throws RangeError if there is none with that name. */
export function tensorOf({ tensors }: Pick<Capture, 'tensors'>, name: string): CapturedTensor {
  const found = tensors.get(name);
  if (found === undefined) throw new RangeError(`The captured update has no tensor "${name}".`);
  return found;
}

/** A copy of `data` in the precision it is computed in. */
export function copyTensor(data: Tensor, shape: readonly number[]): CapturedTensor {
  return data instanceof Float64Array
    ? { dtype: 'F64', shape, data: data.slice() }
    : { dtype: 'F32', shape, data: data.slice() };
}

/** A copy of `data` as float32, or as float64 where float32 would change a value: a capture never changes a value. */
export function copyData(data: Float64Array, shape: readonly number[]): CapturedTensor {
  return data.every((value) => Math.fround(value) === value || Number.isNaN(value))
    ? { dtype: 'F32', shape, data: Float32Array.from(data) }
    : { dtype: 'F64', shape, data: data.slice() };
}

/**
 * Copies out one update while it happens, all shards of the batch together. T is the whole timeline: the window and the
 * steps its gradient reaches.
 */
export class CaptureRecorder {
  private readonly tensors = new Map<string, CapturedTensor>();
  private readonly network: Network;
  private readonly dh: readonly Float64Array[];
  private readonly dhLocal: readonly Float64Array[];
  /** By layer, and by state after the first. */
  private readonly dstates: readonly (readonly Float64Array[])[];
  private readonly dgx: readonly Float64Array[];
  private readonly dgh: readonly Float64Array[] | undefined;
  private readonly batch: number;

  /** Created before the backward pass; copies the current parameters. */
  constructor(private readonly shards: readonly [Shard, ...Shard[]]) {
    const [{ network, unroll }] = shards;
    this.network = network;
    this.batch = shards.reduce((sum, { rows: sequences }) => sum + sequences.count, 0);
    const perLayer = (width: number) => network.layers.map(() => new Float64Array(unroll.length * this.batch * width));
    const { hidden } = network.spec;
    const gatesWidth = network.cell.gates.length * hidden;
    this.dh = perLayer(hidden);
    this.dhLocal = perLayer(hidden);
    const further = network.cell.state.slice(1).map(() => perLayer(hidden));
    this.dstates = network.layers.map((_, layer) => further.map((layers) => layers[layer]));
    this.dgx = perLayer(gatesWidth);
    this.dgh = network.cell.gradient === 'separate' ? perLayer(gatesWidth) : undefined;
    for (const { name, shape, values } of network.parameters.values()) {
      this.tensors.set(name, copyTensor(values, shape));
    }
  }

  /** The observer of one shard's backward pass. */
  observer({ rows: sequences, network }: Shard): BackwardObserver {
    const { hidden } = network.spec;
    const gatesWidth = network.cell.gates.length * hidden;
    const copy = (to: Float64Array, width: number, t: number, from: Tensor, at: number): void => {
      to.set(from.subarray(at, at + sequences.count * width), (t * this.batch + sequences.from) * width);
    };
    return {
      hidden: (layer, t, dh, dhLocal, localAt) => {
        copy(this.dh[layer], hidden, t, dh, 0);
        copy(this.dhLocal[layer], hidden, t, dhLocal, localAt);
      },
      cell: (layer, t, total, dgx, dgh, gatesAt) => {
        total.forEach((gradient, index) => {
          copy(this.dstates[layer][index], hidden, t, gradient, 0);
        });
        copy(this.dgx[layer], gatesWidth, t, dgx, gatesAt);
        if (this.dgh !== undefined) copy(this.dgh[layer], gatesWidth, t, dgh, gatesAt);
      },
    };
  }

  /** Copies the gradients of the parameters under `prefix`, grad or clipped. */
  gradients(prefix: 'grad' | 'clipped'): void {
    for (const { name, shape, gradient } of this.network.parameters.values()) {
      this.tensors.set(`${prefix}/${name}`, copyTensor(gradient, shape));
    }
  }

  /** Copies the parameters after the update, and everything that is on the timelines. */
  finish(
    window: Window,
    lossPerStep: Float64Array,
    reachesBack: boolean,
    metadata: Readonly<Record<string, string | number>>,
  ): Capture {
    const { network, tensors, batch, shards } = this;
    const { length, windowAt } = shards[0].unroll;
    const { hidden, outputs } = network.spec;
    for (const { name, shape, values } of network.parameters.values()) {
      tensors.set(`next/${name}`, copyTensor(values, shape));
    }
    tensors.set('inputs', copyData(denseInputs(shards, batch), [length, batch, network.spec.inputs]));
    tensors.set('targets', copyTargets(window, windowAt, outputs));
    tensors.set('mask', { dtype: 'F32', shape: [length, batch], data: copyMask(window, windowAt) });
    if (reachesBack) tensors.set('reset', copyResetMask(shards, length, batch));
    network.layers.forEach((_, layer) => {
      network.cell.state.forEach((state, index) => {
        const parts = partsOf(shards, ({ unroll }) => unroll.scans[layer].states[index]);
        const [before, run] = [0, 1].map((from) => partsFrom(parts, from, hidden));
        tensors.set(`${state}0_l${layer}`, copyBatchRows(before, 1, hidden, [batch, hidden]));
        tensors.set(`${state}_l${layer}`, copyBatchRows(run, length, hidden));
      });
      const gatesWidth = network.cell.gates.length * hidden;
      if (network.cell.gates.length > 1) {
        const gates = partsOf(shards, ({ unroll }) => unroll.scans[layer].gates);
        tensors.set(`gates_l${layer}`, copyBatchRows(gates, length, gatesWidth));
      }
      const gatesShape = [length, batch, gatesWidth];
      tensors.set(`dgates_l${layer}`, inPrecisionOf(network, this.dgx[layer], gatesShape));
      if (this.dgh !== undefined) tensors.set(`dgh_l${layer}`, inPrecisionOf(network, this.dgh[layer], gatesShape));
      tensors.set(`dh_l${layer}`, inPrecisionOf(network, this.dh[layer], [length, batch, hidden]));
      tensors.set(`dhLocal_l${layer}`, inPrecisionOf(network, this.dhLocal[layer], [length, batch, hidden]));
      network.cell.state.slice(1).forEach((state, index) => {
        const gradient = this.dstates[layer][index];
        tensors.set(`d${state}_l${layer}`, inPrecisionOf(network, gradient, [length, batch, hidden]));
      });
    });
    const outputParts = partsOf(shards, ({ unroll }) => unroll.outputs);
    tensors.set('outputs', copyBatchRows(outputParts, length, outputs));
    const dOutputs = new Float64Array(length * batch * outputs);
    const gradientParts = partsOf(shards, ({ unroll }) => unroll.outputGradient());
    gatherRows(dOutputs, gradientParts, length, outputs);
    tensors.set('dOutputs', inPrecisionOf(network, dOutputs, [length, batch, outputs]));
    tensors.set('loss', inPrecisionOf(network, lossPerStep.subarray(0, length), [length]));
    const entries = Object.entries(reachesBack ? { ...metadata, reach: windowAt } : metadata);
    return {
      tensors,
      metadata: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
      ...(window.ends === undefined ? {} : { ends: window.ends.map((end) => end + windowAt) }),
    };
  }
}

/** One tensor of every shard. */
export function partsOf<Numbers>(
  shards: readonly Shard[],
  tensor: (shard: Shard) => Numbers,
): readonly BatchPart<Numbers>[] {
  return shards.map((shard) => ({ sequences: shard.rows, values: tensor(shard) }));
}

/** The parts from step `from` on. */
function partsFrom(parts: readonly BatchPart<Tensor>[], from: number, width: number): readonly BatchPart<Tensor>[] {
  return parts.map(({ sequences, values }) => ({ sequences, values: values.subarray(from * sequences.count * width) }));
}

/** A copy of the first `steps` steps of all sequences: (steps,B,width), or what `shape` calls it. */
export function copyBatchRows(
  parts: readonly BatchPart<Tensor>[],
  steps: number,
  width: number,
  shape?: readonly number[],
): CapturedTensor {
  const batch = parts.reduce((sum, { sequences }) => sum + sequences.count, 0);
  const named = shape ?? [steps, batch, width];
  const size = steps * batch * width;
  if (parts.every(({ values }) => values instanceof Float64Array)) {
    const data = new Float64Array(size);
    gatherRows(data, parts, steps, width);
    return { dtype: 'F64', shape: named, data };
  }
  const data = new Float32Array(size);
  gatherRows(data, parts, steps, width);
  return { dtype: 'F32', shape: named, data };
}

/** (steps,B): 1 where a sequence starts. */
export function copyResetMask(shards: readonly Shard[], steps: number, batch: number): CapturedTensor {
  const flags = new Uint8Array(steps * batch);
  gatherRows(
    flags,
    partsOf(shards, ({ unroll }) => unroll.resetMask.flags),
    steps,
    1,
  );
  return { dtype: 'I32', shape: [steps, batch], data: Int32Array.from(flags) };
}

function inPrecisionOf(network: Network, data: Float64Array, shape: readonly number[]): CapturedTensor {
  return copyTensor(network.kernels.bytesPerElement === 8 ? data : Float32Array.from(data), shape);
}

function denseInputs(shards: readonly Shard[], batch: number): Float64Array {
  const dense = new Float64Array(shards[0].unroll.length * batch * shards[0].network.spec.inputs);
  for (const { unroll, rows: sequences, network } of shards) {
    const { inputs: width } = network.spec;
    const { input } = unroll.inputs;
    for (let row = 0; row < unroll.length * sequences.count; row++) {
      const t = Math.floor(row / sequences.count);
      const at = (t * batch + sequences.from + (row % sequences.count)) * width;
      if (input.kind === 'oneHot') dense[at + input.indices[row]] = 1;
      else dense.set(input.values.subarray(row * width, (row + 1) * width), at);
    }
  }
  return dense;
}

function copyTargets(window: Window, windowAt: number, outputs: number): CapturedTensor {
  const { targets, mask, batch } = window;
  const before = windowAt * batch;
  const steps = windowAt + window.steps;
  switch (targets.kind) {
    case 'values': {
      const data = new Float64Array(steps * batch * outputs);
      targets.values.forEach((value, i) => {
        if (mask[Math.floor(i / outputs)] !== 0) data[before * outputs + i] = value;
      });
      return copyData(data, [steps, batch, outputs]);
    }
    case 'classes': {
      const data = new Int32Array(steps * batch).fill(-1);
      targets.indices.forEach((target, row) => {
        if (mask[row] !== 0) data[before + row] = target;
      });
      return { dtype: 'I32', shape: [steps, batch], data };
    }
    default:
      return targets satisfies never;
  }
}

function copyMask(window: Window, windowAt: number): Float32Array {
  const data = new Float32Array((windowAt + window.steps) * window.batch);
  window.mask.forEach((value, row) => (data[windowAt * window.batch + row] = value === 0 ? 0 : 1));
  return data;
}
