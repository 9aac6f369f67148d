import type { Tensor } from './kernels/kernelSet';
import type { Network } from './network';
import type { BackwardObserver } from './scan';
import type { Unroll } from './unroll';
import type { Window } from './window';

/** One captured tensor, as a safetensors file holds it. */
export type CapturedTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/**
 * Everything of one update, so that anyone can recompute it elsewhere: parameters before and after, gradients raw and
 * clipped, inputs, targets, states, gates, outputs, losses and ∂L/∂h_t. Names and shapes are those of the captured update file.
 * `dgates_l0` (T,B,G·H) is ∂L/∂gx, for gru `dgh_l0` ∂L/∂gh, and `dOutputs` (T,B,O) ∂L/∂ŷ_t: with x_t, h_{t−1} and h_t they
 * make each step's term of every ∂L/∂W. The three are 0 at the steps that the gradient does not cover.
 */
export interface Capture {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  /** step, loss, gradNorm, clipCoefficient, learningRate, kernels, and reach where `backward` > `forward`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A copy of `data` in the precision it is computed in. */
export function copyTensor(data: Tensor, shape: readonly number[]): CapturedTensor {
  return data instanceof Float64Array
    ? { dtype: 'F64', shape, data: data.slice() }
    : { dtype: 'F32', shape, data: data.slice() };
}

/** A copy of `data` as float32, or as float64 where float32 would change a value: a capture never says another number. */
export function copyData(data: Float64Array, shape: readonly number[]): CapturedTensor {
  return data.every((value) => Math.fround(value) === value || Number.isNaN(value))
    ? { dtype: 'F32', shape, data: Float32Array.from(data) }
    : { dtype: 'F64', shape, data: data.slice() };
}

/** Copies out one update while it happens. T is the whole timeline: the window and the steps its gradient reaches. */
export class CaptureRecorder implements BackwardObserver {
  private readonly tensors = new Map<string, CapturedTensor>();
  private readonly dh: readonly Float64Array[];
  private readonly dhLocal: readonly Float64Array[];
  private readonly dgx: readonly Float64Array[];
  private readonly dgh: readonly Float64Array[] | undefined;
  private readonly length: number;
  private readonly gatesLength: number;

  /** Made before the backward pass; copies the parameters as they are now. */
  constructor(private readonly unroll: Unroll) {
    const { network, batch, length } = unroll;
    this.length = batch * network.spec.hidden;
    this.gatesLength = this.length * network.cell.gates.length;
    const perLayer = (block: number) => network.layers.map(() => new Float64Array(length * block));
    this.dh = perLayer(this.length);
    this.dhLocal = perLayer(this.length);
    this.dgx = perLayer(this.gatesLength);
    this.dgh = network.cell.gradient === 'separate' ? perLayer(this.gatesLength) : undefined;
    for (const { name, shape, values } of network.parameters.values()) {
      this.tensors.set(name, copyTensor(values, shape));
    }
  }

  hidden(layer: number, t: number, dh: Tensor, dhLocal: Tensor, localAt: number): void {
    this.dh[layer].set(dh.subarray(0, this.length), t * this.length);
    this.dhLocal[layer].set(dhLocal.subarray(localAt, localAt + this.length), t * this.length);
  }

  cell(layer: number, t: number, _total: readonly Tensor[], dgx: Tensor, dgh: Tensor, gatesAt: number): void {
    const to = gatesAt + this.gatesLength;
    this.dgx[layer].set(dgx.subarray(gatesAt, to), t * this.gatesLength);
    this.dgh?.[layer].set(dgh.subarray(gatesAt, to), t * this.gatesLength);
  }

  /** Copies the gradients of the parameters under `prefix`, grad or clipped. */
  gradients(prefix: 'grad' | 'clipped'): void {
    for (const { name, shape, gradient } of this.unroll.network.parameters.values()) {
      this.tensors.set(`${prefix}/${name}`, copyTensor(gradient, shape));
    }
  }

  /** Copies the parameters after the update, and everything that the timeline still holds. */
  finish(window: Window, reachesBack: boolean, facts: Readonly<Record<string, string | number>>): Capture {
    const { unroll, tensors } = this;
    const { network, batch, length, windowAt } = unroll;
    const { hidden, outputs } = network.spec;
    for (const { name, shape, values } of network.parameters.values()) {
      tensors.set(`next/${name}`, copyTensor(values, shape));
    }
    tensors.set('inputs', copyData(denseInputs(unroll), [length, batch, network.spec.inputs]));
    tensors.set('targets', copyTargets(window, windowAt, outputs));
    tensors.set('mask', { dtype: 'F32', shape: [length, batch], data: copyMask(window, windowAt) });
    if (reachesBack) {
      tensors.set('reset', { dtype: 'I32', shape: [length, batch], data: unroll.cuts.read(length) });
    }
    unroll.scans.forEach((scan, layer) => {
      network.cell.state.forEach((state, index) => {
        const values = scan.states[index];
        tensors.set(`${state}0_l${layer}`, copyTensor(values.subarray(0, this.length), [batch, hidden]));
        const run = values.subarray(this.length, (length + 1) * this.length);
        tensors.set(`${state}_l${layer}`, copyTensor(run, [length, batch, hidden]));
      });
      if (network.cell.gates.length > 1) {
        const gatesWidth = network.cell.gates.length * hidden;
        const gates = scan.gates.subarray(0, length * batch * gatesWidth);
        tensors.set(`gates_l${layer}`, copyTensor(gates, [length, batch, gatesWidth]));
      }
      const gatesShape = [length, batch, network.cell.gates.length * hidden];
      tensors.set(`dgates_l${layer}`, inPrecisionOf(network, this.dgx[layer], gatesShape));
      if (this.dgh !== undefined) tensors.set(`dgh_l${layer}`, inPrecisionOf(network, this.dgh[layer], gatesShape));
      tensors.set(`dh_l${layer}`, inPrecisionOf(network, this.dh[layer], [length, batch, hidden]));
      tensors.set(`dhLocal_l${layer}`, inPrecisionOf(network, this.dhLocal[layer], [length, batch, hidden]));
    });
    const run = unroll.outputs.subarray(0, length * batch * outputs);
    tensors.set('outputs', copyTensor(run, [length, batch, outputs]));
    tensors.set('dOutputs', inPrecisionOf(network, unroll.outputGradient(), [length, batch, outputs]));
    tensors.set('loss', inPrecisionOf(network, unroll.lossPerStep.subarray(0, length), [length]));
    const told = Object.entries(reachesBack ? { ...facts, reach: windowAt } : facts);
    return { tensors, metadata: Object.fromEntries(told.map(([name, value]) => [name, String(value)])) };
  }
}

function inPrecisionOf(network: Network, data: Float64Array, shape: readonly number[]): CapturedTensor {
  return copyTensor(network.kernels.bytesPerElement === 8 ? data : Float32Array.from(data), shape);
}

function denseInputs(unroll: Unroll): Float64Array {
  const { inputs: width } = unroll.network.spec;
  const rows = unroll.length * unroll.batch;
  const { input } = unroll.inputs;
  switch (input.kind) {
    case 'dense':
      return Float64Array.from(input.values.subarray(0, rows * width));
    case 'oneHot': {
      const dense = new Float64Array(rows * width);
      for (let row = 0; row < rows; row++) dense[row * width + input.indices[row]] = 1;
      return dense;
    }
    default:
      return input satisfies never;
  }
}

function copyTargets(window: Window, reach: number, outputs: number): CapturedTensor {
  const { targets, mask, batch } = window;
  const before = reach * batch;
  const steps = reach + window.steps;
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

function copyMask(window: Window, reach: number): Float32Array {
  const data = new Float32Array((reach + window.steps) * window.batch);
  window.mask.forEach((value, row) => (data[reach * window.batch + row] = value === 0 ? 0 : 1));
  return data;
}
