import type { BackwardStep, CellKernel } from '../cells/cell';
import type { Embedding } from '../embedding';
import type { KernelSet } from '../kernels/kernelSet';
import type { Tensor } from '../tensor';
import type { ResetMask } from './resetMask';
import type { Layer, Network } from '../network';

/** x_t of a layer for every step of the timeline, row t·B from `at`. */
export type LayerInput =
  | { readonly kind: 'dense'; readonly values: Tensor; readonly at: number; readonly width: number }
  | { readonly kind: 'oneHot'; readonly indices: Int32Array };

/** Observes the gradient of each step of a backward pass; it only reads, so that results do not depend on it. */
export interface BackwardObserver {
  /** Before the cell's step and before hidden clipping: dh (B,H) from 0, dhLocal (B,H) from `localAt`. */
  hidden(layer: number, t: number, dh: Tensor, dhLocal: Tensor, localAt: number): void;
  /** After the cell's step: the totals of the further states, (B,H) each, and ∂L/∂gx and ∂L/∂gh, (B,G·H) from `gatesAt`. */
  cell(layer: number, t: number, total: readonly Tensor[], dgx: Tensor, dgh: Tensor, gatesAt: number): void;
}

/** Where a backward pass writes the norms of one layer's gradients as it computes them. */
export interface LayerNorms {
  /** (C,2): ‖∂L/∂h_t‖, total and local. */
  readonly dh: Float64Array;
  /** (C): ‖∂L/∂c_t‖, total; undefined for a cell with one state. */
  readonly dc: Float64Array | undefined;
}

/** The norms of all layers, from the lowest up. */
export interface BackwardNorms {
  readonly layers: readonly LayerNorms[];
}

/** Where a backward pass begins and ends, its clipping and its instruments. */
export interface BackwardRange {
  /** First step that the gradient covers; also step 0 of the gradient buffers. */
  readonly start: number;
  /** Step after the last. */
  readonly end: number;
  /** Threshold of hidden clipping, if any. */
  readonly hiddenLimit: number | undefined;
  /** First step that a gradient reaches from outside the layer; `dhLocal` is undefined before it. */
  readonly localFrom: number;
  readonly observers: readonly BackwardObserver[];
  /** Where the norms of the gradients are written; undefined for none. */
  readonly norms: BackwardNorms | undefined;
}

/** Buffers that the layers of a net use one after the other. */
export interface ScanScratch {
  /** (B,G·H) */
  readonly gh: Tensor;
  /** (D,B,H): ∂L/∂h_t from outside the layer. */
  readonly dhLocal: Tensor;
  /** (B,H) per state */
  readonly dstate: readonly Tensor[];
  /** (B,H) per state after the first */
  readonly total: readonly Tensor[];
  /** (D,B,G·H) */
  readonly dgx: Tensor;
  /** (D,B,G·H), the same memory as `dgx` where the cell shares the two. */
  readonly dgh: Tensor;
}

/** One recurrent layer over time: it computes the matrix products, its cell the rest, step by step. */
export class Scan {
  /** Per state (C+1,B,H): slot t is the state before step t. */
  readonly states: readonly Tensor[];
  /** (C,B,G·H): the gates' values. */
  readonly gates: Tensor;
  /** Per cache (C,B,H). */
  readonly caches: readonly Tensor[];
  private readonly kernels: KernelSet;
  private readonly kernel: CellKernel;
  private readonly weights: Layer;
  private readonly hidden: number;
  private readonly gatesWidth: number;
  private readonly step: BackwardStep;
  private clipped = 0;

  constructor(
    private readonly network: Network,
    private readonly layer: number,
    steps: number,
    batch: number,
    private readonly scratch: ScanScratch,
  ) {
    const { kernels, cell, spec } = network;
    this.kernels = kernels;
    this.kernel = kernels.cellKernel(cell.name) ?? cell;
    this.weights = network.layers[layer];
    this.hidden = spec.hidden;
    this.gatesWidth = cell.gates.length * spec.hidden;
    this.states = cell.state.map(() => kernels.allocate((steps + 1) * batch * spec.hidden));
    this.gates = kernels.allocate(steps * batch * this.gatesWidth);
    this.caches = cell.cache.map(() => kernels.allocate(steps * batch * spec.hidden));
    this.step = {
      batch,
      hidden: spec.hidden,
      activation: spec.activation,
      gates: this.gates,
      gatesAt: 0,
      gh: scratch.gh,
      states: this.states,
      previousAt: 0,
      nextAt: 0,
      caches: this.caches,
      cacheAt: 0,
      dstate: scratch.dstate,
      total: scratch.total,
      dgx: scratch.dgx,
      dgxAt: 0,
      dgh: scratch.dgh,
      dghAt: 0,
    };
  }

  /** h_t over time as the layer above and the head read it: row (t,b) is row (t+1)·B + b of the states. */
  output(batch: number): LayerInput & { readonly kind: 'dense' } {
    return { kind: 'dense', values: this.states[0], at: batch * this.hidden, width: this.hidden };
  }

  /** Elements of ∂L/∂h that the last backward pass clipped. */
  get clippedElements(): number {
    return this.clipped;
  }

  /** Steps [from, to) forward, from the state in slot `from`. */
  forward(input: LayerInput, from: number, to: number, batch: number): void {
    const { gatesWidth, step, weights } = this;
    const { gh } = this.scratch;
    const rows = (to - from) * batch;
    const gatesFrom = from * batch * gatesWidth;
    switch (input.kind) {
      case 'dense':
        weights.input.apply(
          this.gates,
          gatesFrom,
          input.values,
          input.at + from * batch * input.width,
          weights.biasIh,
          rows,
        );
        break;
      case 'oneHot':
        this.embedding.apply(this.gates, gatesFrom, input.indices, from * batch, rows);
        break;
      default:
        input satisfies never;
    }

    step.batch = batch;
    for (let t = from; t < to; t++) {
      this.moveTo(t, batch);
      weights.recurrent.apply(gh, 0, this.states[0], step.previousAt, weights.biasHh, batch);
      this.kernel.forward(step);
    }
  }

  /**
   * Steps [start, end) backward, from ∂L/∂h_t of everything above in `scratch.dhLocal`; sequences that start at a step
   * pass no gradient to the step before it. Adds this layer's parameter gradients.
   */
  backward(input: LayerInput, range: BackwardRange, batch: number, resetMask: ResetMask): void {
    const { kernels, step, weights, hidden, gatesWidth } = this;
    const { dhLocal, dstate, dgx, dgh, total } = this.scratch;
    const { start, end, hiddenLimit, localFrom, observers } = range;
    const norms = range.norms?.layers[this.layer];
    const dh = dstate[0];
    const length = batch * hidden;
    this.clipped = 0;
    for (const state of dstate) kernels.zero(state, 0, length);

    step.batch = batch;
    for (let t = end - 1; t >= start; t--) {
      this.moveTo(t, batch);
      const localAt = (t - start) * length;
      step.dgxAt = (t - start) * batch * gatesWidth;
      step.dghAt = step.dgxAt;
      if (t < localFrom) {
        if (norms !== undefined) norms.dh[2 * t] = kernels.norm(dh, 0, length);
      } else if (norms === undefined) kernels.add(dh, 0, dhLocal, localAt, length);
      else kernels.addMeasured(dh, dhLocal, localAt, length, norms.dh, 2 * t);
      for (const observer of observers) observer.hidden(this.layer, t, dh, dhLocal, localAt);
      if (hiddenLimit !== undefined) this.clipped += kernels.clamp(dh, 0, length, hiddenLimit);
      this.kernel.backward(step);
      if (norms?.dc !== undefined) norms.dc[t] = kernels.norm(total[0], 0, length);
      for (const observer of observers) observer.cell(this.layer, t, total, dgx, dgh, step.dgxAt);
      if (t === start) break;
      weights.recurrent.applyTransposed(dh, 0, dgh, step.dghAt, batch);
      resetMask.apply(t, dstate, 0, hidden);
    }

    const rows = (end - start) * batch;
    weights.recurrent.accumulate(dgh, 0, this.states[0], start * length, rows);
    kernels.addColumnSums(weights.biasHh.gradient, dgh, 0, rows, gatesWidth);
    // Gradients start at zero, so that sums of the same rows have the same bits.
    if (dgx === dgh) kernels.copy(weights.biasIh.gradient, 0, weights.biasHh.gradient, 0, gatesWidth);
    else kernels.addColumnSums(weights.biasIh.gradient, dgx, 0, rows, gatesWidth);
    switch (input.kind) {
      case 'dense':
        weights.input.accumulate(dgx, 0, input.values, input.at + start * batch * input.width, rows);
        break;
      case 'oneHot':
        this.embedding.accumulate(dgx, 0, input.indices, start * batch, rows);
        break;
      default:
        input satisfies never;
    }
  }

  /** After `backward`: dhLocal of the layer below becomes W_ihᵀ of this layer's ∂L/∂gx. */
  passDown(range: Pick<BackwardRange, 'start' | 'end'>, batch: number): void {
    const { dhLocal, dgx } = this.scratch;
    const rows = (range.end - range.start) * batch;
    this.weights.input.setTransposed(dhLocal, 0, dgx, 0, rows);
  }

  /** Moves the last `keep` of `length` steps to the beginning, with the state after them. */
  shift(length: number, keep: number, batch: number): void {
    const from = length - keep;
    if (from === 0) return;
    const block = batch * this.hidden;
    const gatesBlock = batch * this.gatesWidth;
    if (keep === 0) {
      for (const state of this.states) this.kernels.copy(state, 0, state, from * block, block);
      return;
    }
    for (const state of this.states) state.copyWithin(0, from * block, (length + 1) * block);
    for (const cache of this.caches) cache.copyWithin(0, from * block, length * block);
    this.gates.copyWithin(0, from * gatesBlock, length * gatesBlock);
  }

  private get embedding(): Embedding {
    return this.network.embedding;
  }

  private moveTo(t: number, batch: number): void {
    const block = batch * this.hidden;
    this.step.gatesAt = t * batch * this.gatesWidth;
    this.step.previousAt = t * block;
    this.step.nextAt = (t + 1) * block;
    this.step.cacheAt = t * block;
  }
}
