import { InputTimeline } from './inputTimeline';
import type { Tensor } from '../tensor';
import { ResetMask } from './resetMask';
import type { LossStep } from '../losses/loss';
import { lossFunction } from '../losses/registry';
import type { Network } from '../network';
import { Scan, type BackwardNorms, type BackwardObserver, type LayerInput, type ScanScratch } from './scan';
import type { LossSpec } from '../spec';
import { firstTarget } from './windowCheck';
import type { WindowTargets, Window } from './window';

/** Maximum sizes of a timeline. */
export interface UnrollShape {
  /** C: steps stored at once, a window and the stored steps of the windows before it. */
  readonly steps: number;
  /** Largest B. */
  readonly batch: number;
  /** D: steps that a backward pass can cover; 0 where only forward passes are run. */
  readonly backward: number;
}

/** The part of the loss that the gradient is computed of: from which step on, and the factor of the sum over rows. */
export interface LossGradient {
  readonly weight: number;
  readonly start: number;
}

/**
 * A net unrolled over time, with every x_t, h_t, ŷ_t and their gradients. One timeline of C
 * steps holds the current window from `windowAt` to `length`, after the stored steps of earlier windows; all memory is
 * allocated once.
 */
export class Unroll {
  readonly inputs: InputTimeline;
  readonly scans: readonly Scan[];
  readonly resetMask: ResetMask;
  /** (C,B,O): ŷ_t before softmax. */
  readonly outputs: Tensor;
  /** (D,B,O): ∂L/∂ŷ_t, step 0 being the first of the backward pass. */
  readonly dOutputs: Tensor;
  /** (C): L_t as it enters the reported loss. */
  readonly lossPerStep: Float64Array;
  private readonly scratch: ScanScratch;
  private windowFrom = 0;
  private lossFrom = 0;
  private backwardFrom = 0;
  private timelineLength = 0;
  private batchSize: number;

  constructor(
    readonly network: Network,
    readonly shape: UnrollShape,
  ) {
    const { kernels, spec, cell } = network;
    const { steps, batch, backward } = shape;
    const gatesWidth = cell.gates.length * spec.hidden;
    const block = batch * spec.hidden;
    const stateBlock = backward === 0 ? 0 : block;
    const dgx = kernels.allocate(backward * batch * gatesWidth);
    this.scratch = {
      gh: kernels.allocate(batch * gatesWidth),
      dhLocal: kernels.allocate(backward * block),
      dstate: cell.state.map(() => kernels.allocate(stateBlock)),
      total: cell.state.slice(1).map(() => kernels.allocate(stateBlock)),
      dgx,
      dgh: cell.gradient === 'shared' ? dgx : kernels.allocate(backward * batch * gatesWidth),
    };
    this.inputs = new InputTimeline(kernels, network.inputs, steps, batch, spec.inputs);
    this.scans = network.layers.map((_, layer) => new Scan(network, layer, steps, batch, this.scratch));
    this.resetMask = new ResetMask(kernels, steps, batch);
    this.outputs = kernels.allocate(steps * batch * spec.outputs);
    this.dOutputs = kernels.allocate(backward * batch * spec.outputs);
    this.lossPerStep = kernels.allocateDoubles(steps);
    this.batchSize = batch;
  }

  /** First step of the current window on the timeline: equal to the number of stored steps of earlier windows. */
  get windowAt(): number {
    return this.windowFrom;
  }

  /** Steps on the timeline; slot `length` of the states is where the next window starts. */
  get length(): number {
    return this.timelineLength;
  }

  /** B of the current timeline. */
  get batch(): number {
    return this.batchSize;
  }

  /** Elements of ∂L/∂h that hidden clipping changed in the last backward pass. */
  get clippedElements(): number {
    return this.scans.reduce((sum, scan) => sum + scan.clippedElements, 0);
  }

  /**
   * Puts steps [from, to) of a window on the timeline, after at most `keep` of the steps already there, and zeroes the
   * state of the sequences that start. A window of another batch size starts from zero state.
   */
  begin(window: Window, from: number, to: number, keep: number): void {
    if (window.batch !== this.batchSize) {
      this.batchSize = window.batch;
      this.restart();
    }
    const storedSteps = Math.min(this.timelineLength, keep);
    this.shift(storedSteps);
    this.windowFrom = storedSteps;
    this.timelineLength = storedSteps + to - from;
    this.resetMask.write(storedSteps, this.timelineLength, from === 0 ? window.reset : undefined, this.batchSize);
    this.inputs.write(window.inputs, from, to, storedSteps, this.batchSize);
    const { hidden } = this.network.spec;
    for (const scan of this.scans) {
      this.resetMask.apply(storedSteps, scan.states, storedSteps * this.batchSize * hidden, hidden);
    }
  }

  /** The recurrent layers over the current window, each over all its steps. */
  forward(): void {
    this.scans.forEach((scan, layer) => {
      scan.forward(this.layerInput(layer), this.windowFrom, this.timelineLength, this.batchSize);
    });
  }

  /** ŷ_t = W_hy h_t + b_y for steps [from, length). */
  head(from: number): void {
    const { spec, head, headBias } = this.network;
    const rows = (this.timelineLength - from) * this.batchSize;
    const at = from * this.batchSize * spec.outputs;
    head.apply(this.outputs, at, this.top, (from + 1) * this.batchSize * spec.hidden, headBias, rows);
  }

  /**
   * L = Σ_t L_t over the current window, L_t = weight · Σ over rows, into `lossPerStep`; with `gradient` also
   * ∂L/∂ŷ_t into `dOutputs`. `offset` is the window's step at `windowAt`.
   */
  loss(spec: LossSpec, window: WindowTargets, offset: number, weight: number, gradient?: LossGradient): number {
    const { kernels } = this.network;
    const { outputs } = this.network.spec;
    const loss = kernels.lossKernel(spec) ?? lossFunction(spec);
    const step: LossStep = {
      outputs: this.outputs,
      outputsAt: 0,
      rows: this.batchSize,
      width: outputs,
      targets: window.targets,
      firstRow: 0,
      mask: window.mask,
      gradient: undefined,
      gradientAt: 0,
      gradientWeight: gradient?.weight ?? 0,
    };
    let total = 0;
    // Steps before the first target have neither a loss nor a gradient, and may have no outputs.
    const withoutTarget = Math.max(0, firstTarget(window) - offset);
    this.lossFrom = Math.min(this.timelineLength, this.windowFrom + withoutTarget);
    this.lossPerStep.fill(0, 0, this.lossFrom);
    for (let t = this.lossFrom; t < this.timelineLength; t++) {
      step.outputsAt = t * this.batchSize * outputs;
      step.firstRow = (t - this.windowFrom + offset) * this.batchSize;
      if (gradient !== undefined && t >= gradient.start) {
        step.gradient = this.dOutputs;
        step.gradientAt = (t - gradient.start) * this.batchSize * outputs;
      }
      this.lossPerStep[t] = weight * loss(step);
      total += this.lossPerStep[t];
    }
    return total;
  }

  /**
   * Backpropagation through time over steps [start, length), from the last to the first, adding to the gradients of the
   * net. `dOutputs` must hold ∂L/∂ŷ_t for the same start.
   */
  backward(
    start: number,
    hiddenLimit: number | undefined,
    observers: readonly BackwardObserver[],
    norms?: BackwardNorms,
  ): void {
    const { spec, kernels, head, headBias } = this.network;
    const { dhLocal } = this.scratch;
    const end = this.timelineLength;
    this.backwardFrom = start;
    const lossStart = Math.max(start, this.lossFrom);
    const skipped = (lossStart - start) * this.batchSize;
    const rows = (end - lossStart) * this.batchSize;
    head.accumulate(
      this.dOutputs,
      skipped * spec.outputs,
      this.top,
      (lossStart + 1) * this.batchSize * spec.hidden,
      rows,
    );
    kernels.addColumnSums(headBias.gradient, this.dOutputs, skipped * spec.outputs, rows, spec.outputs);
    // Only observers read the steps before the first loss, which nothing else writes.
    if (observers.length > 0) kernels.zero(dhLocal, 0, skipped * spec.hidden);
    head.setTransposed(dhLocal, skipped * spec.hidden, this.dOutputs, skipped * spec.outputs, rows);

    const range = { start, end, hiddenLimit, observers, norms };
    for (let layer = this.scans.length - 1; layer >= 0; layer--) {
      const scan = this.scans[layer];
      const localFrom = layer === this.scans.length - 1 ? lossStart : start;
      scan.backward(this.layerInput(layer), { ...range, localFrom }, this.batchSize, this.resetMask);
      if (layer > 0) scan.passDown(range, this.batchSize);
    }
  }

  /** A copy of ∂L/∂ŷ_t (T,B,O) at the start of the last backward pass; 0 at steps that it does not cover. */
  outputGradient(): Float64Array {
    const block = this.batchSize * this.network.spec.outputs;
    const gradient = new Float64Array(this.timelineLength * block);
    const from = Math.max(this.backwardFrom, this.lossFrom);
    const [first, end] = [from - this.backwardFrom, this.timelineLength - this.backwardFrom];
    gradient.set(this.dOutputs.subarray(first * block, end * block), from * block);
    return gradient;
  }

  /** Clears all steps: the next window starts from zero state. */
  restart(): void {
    this.timelineLength = 0;
    this.windowFrom = 0;
    const { kernels } = this.network;
    for (const scan of this.scans) for (const state of scan.states) kernels.zero(state, 0, state.length);
  }

  /** Continues a timeline that a snapshot or another thread wrote into the buffers. */
  resume(windowAt: number, length: number, batch: number): void {
    this.timelineLength = length;
    this.windowFrom = windowAt;
    this.batchSize = batch;
  }

  /** Drops all but the last `keep` steps and the state after them. */
  shift(keep: number): void {
    for (const scan of this.scans) scan.shift(this.timelineLength, keep, this.batchSize);
    this.resetMask.shift(this.timelineLength, keep);
    this.inputs.shift(this.timelineLength, keep, this.batchSize);
    this.timelineLength = keep;
    this.windowFrom = keep;
  }

  private get top(): Tensor {
    return this.scans[this.scans.length - 1].states[0];
  }

  private layerInput(layer: number): LayerInput {
    return layer === 0 ? this.inputs.input : this.scans[layer - 1].output(this.batchSize);
  }
}
