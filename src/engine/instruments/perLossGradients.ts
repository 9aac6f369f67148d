import type { BackwardStep } from '../cells/cell';
import type { KernelSet } from '../kernels/kernelSet';
import type { Tensor } from '../tensor';
import { Network } from '../network';
import type { Scan } from '../recurrence/scan';
import type { LossSpec, NetworkSpec } from '../spec';
import { Unroll } from '../recurrence/unroll';
import type { Inputs, Window } from '../recurrence/window';

/** One sequence: a window of batch size 1, and the state it starts from. */
export interface PerLossSequence {
  /** B = 1. */
  readonly window: Window;
  /** Per layer and state (H): the state before the window. */
  readonly initial: readonly (readonly ArrayLike<number>[])[];
  /** The factor of a step's loss, summed over outputs, in L. */
  readonly weight: number;
}

/** The gradient flow matrices of one layer and one sequence. */
export interface GradientFlowMatrices {
  /** (T,T) ‖∂L_t/∂h_k‖: row t, column k; NaN above the diagonal, and in rows of steps without a loss. */
  readonly h: Float64Array;
  /** (T,T) ‖∂L_t/∂c_k‖, with the path through h_k; undefined for a cell without a cell state. */
  readonly c: Float64Array | undefined;
}

/** Losses that are back-propagated at the same time: enough for efficient matrix products, within little memory. */
const maxLosses = 64;

/**
 * The gradient flow matrices: N[t,k] = ‖∂L_t/∂h_k‖ for k ≤ t, and for an LSTM ‖∂L_t/∂c_k‖, of the raw gradient,
 * untruncated within the window. Every loss is back-propagated separately, many of them at the same time: at step k the losses at t ≥ k are the rows of one
 * batch whose sequences all share the one forward pass. Memory is allocated once for a net and a number of steps.
 */
export class PerLossGradients {
  private readonly network: Network;
  private readonly unroll: Unroll;
  private readonly follower: Follower;

  constructor(
    kernels: KernelSet,
    readonly spec: NetworkSpec,
    inputs: Inputs['kind'],
    readonly steps: number,
  ) {
    this.network = new Network(kernels, spec, inputs);
    this.unroll = new Unroll(this.network, { steps, batch: 1, backward: steps });
    this.follower = new Follower(this.network, this.unroll, Math.min(steps, maxLosses));
  }

  /** Loads a parameter of an update; throws RangeError for an unknown name or another size. */
  load(name: string, values: ArrayLike<number>): void {
    this.network.load(name, values);
  }

  /**
   * The matrices of one layer and one sequence. Throws RangeError for a window of more than one sequence or too many
   * steps.
   */
  matrices({ window, initial, weight }: PerLossSequence, loss: LossSpec, layer: number): GradientFlowMatrices {
    const { network, unroll, steps } = this;
    if (window.batch !== 1 || window.steps > steps) {
      throw new RangeError(
        `A window of ${window.steps} steps × ${window.batch} sequences doesn't fit: per-loss gradients need 1 sequence of at most ${steps} steps.`,
      );
    }
    network.packForward();
    unroll.begin(window, 0, window.steps, 0);
    unroll.scans.forEach((scan, l) => {
      scan.states.forEach((state, i) => {
        state.set(initial[l][i], 0);
      });
    });
    unroll.forward();
    unroll.head(0);
    unroll.loss(loss, window, 0, weight, { weight, start: 0 });
    network.packBackward();
    const empty = (): Float64Array => new Float64Array(window.steps ** 2).fill(NaN);
    const matrices = { h: empty(), c: network.cell.state.length > 1 ? empty() : undefined };
    const losses = Array.from({ length: window.steps }, (_, t) => t).filter((t) => window.mask[t] !== 0);
    for (let from = 0; from < losses.length; from += this.follower.maxRows) {
      // The latest loss first: the losses at step k and after it are the first rows.
      this.follower.backpropagate(
        losses.slice(from, from + this.follower.maxRows).reverse(),
        layer,
        matrices,
        window.steps,
      );
    }
    return matrices;
  }
}

/** Back-propagates some losses through all layers, one row each. */
class Follower {
  /** Per layer but the top one (T,C,H): the gradient from the layer above, written when that layer was processed. */
  private readonly below: readonly Tensor[];
  /** (C,H) */
  private readonly local: Tensor;
  private readonly states: readonly (readonly [before: Tensor, after: Tensor])[];
  private readonly step: BackwardStep;

  constructor(
    private readonly network: Network,
    private readonly unroll: Unroll,
    readonly maxRows: number,
  ) {
    const { kernels, cell, spec } = network;
    const rows = maxRows * spec.hidden;
    const gatesRows = rows * cell.gates.length;
    const dgx = kernels.allocate(gatesRows);
    this.local = kernels.allocate(rows);
    this.below = network.layers.slice(1).map(() => kernels.allocate(unroll.shape.steps * rows));
    // Both slots of a state are in one tensor, as the cell's step expects.
    const states = cell.state.map(() => kernels.allocate(2 * rows));
    this.states = states.map((state) => [state.subarray(0, rows), state.subarray(rows)]);
    this.step = {
      batch: maxRows,
      hidden: spec.hidden,
      activation: spec.activation,
      gates: kernels.allocate(gatesRows),
      gatesAt: 0,
      gh: kernels.allocate(gatesRows),
      states,
      previousAt: 0,
      nextAt: rows,
      caches: cell.cache.map(() => kernels.allocate(rows)),
      cacheAt: 0,
      dstate: cell.state.map(() => kernels.allocate(rows)),
      total: cell.state.slice(1).map(() => kernels.allocate(rows)),
      dgx,
      dgxAt: 0,
      dgh: cell.gradient === 'shared' ? dgx : kernels.allocate(gatesRows),
      dghAt: 0,
    };
  }

  /** @param losses their steps, the latest first */
  backpropagate(losses: readonly number[], layer: number, { h, c }: GradientFlowMatrices, steps: number): void {
    for (let at = this.network.layers.length - 1; at >= layer; at--) {
      this.backpropagateLayer(at, losses, (row, k, dh, dc) => {
        if (at !== layer) return;
        h[losses[row] * steps + k] = dh;
        if (c !== undefined) c[losses[row] * steps + k] = dc;
      });
    }
  }

  private backpropagateLayer(
    layer: number,
    losses: readonly number[],
    setNorms: (row: number, k: number, dh: number, dc: number) => void,
  ): void {
    const { network, step, unroll } = this;
    const { kernels, spec } = network;
    const { hidden } = spec;
    const kernel = kernels.cellKernel(network.cell.name) ?? network.cell;
    const { recurrent, input } = network.layers[layer];
    const dh = step.dstate[0];
    // Without a cell state there is no such tensor.
    const dc = step.total.at(0);
    const dhNorms = new Float64Array(this.maxRows);
    for (const state of step.dstate) state.fill(0);
    let active = 0;
    for (let k = losses[0]; k >= 0; k--) {
      // A loss joins as one more row, with no gradient from later steps yet.
      while (active < losses.length && losses[active] >= k) active++;
      this.addLocal(layer, losses, active, k);
      // The kernel writes over ∂L/∂h_k.
      for (let row = 0; row < active; row++) dhNorms[row] = kernels.norm(dh, row * hidden, hidden);
      step.batch = active;
      this.share(unroll.scans[layer], k, active);
      kernel.backward(step);
      for (let row = 0; row < active; row++) {
        setNorms(row, k, dhNorms[row], dc === undefined ? NaN : kernels.norm(dc, row * hidden, hidden));
      }
      if (layer > 0) {
        const below = this.below[layer - 1];
        const at = k * this.maxRows * hidden;
        below.fill(0, at, at + active * hidden);
        input.applyTransposed(below, at, step.dgx, 0, active);
      }
      recurrent.applyTransposed(dh, 0, step.dgh, 0, active);
    }
  }

  /** Adds to ∂L/∂h_k what does not come from k+1: in the top layer, each loss's own gradient at its step. */
  private addLocal(layer: number, losses: readonly number[], active: number, k: number): void {
    const { network, step, unroll } = this;
    const { kernels, head, spec } = network;
    const { hidden, outputs } = spec;
    const dh = step.dstate[0];
    if (layer < network.layers.length - 1) {
      kernels.add(dh, 0, this.below[layer], k * this.maxRows * hidden, active * hidden);
      return;
    }
    const row = losses.indexOf(k);
    if (row < 0) return;
    this.local.fill(0, 0, hidden);
    head.applyTransposed(this.local, 0, unroll.dOutputs, k * outputs, 1);
    kernels.add(dh, row * hidden, this.local, 0, hidden);
  }

  /** Copies the values of the one forward pass at step k to every row. */
  private share(scan: Scan, k: number, rows: number): void {
    const { network, step } = this;
    const { kernels, cell, spec } = network;
    const { hidden } = spec;
    const gates = cell.gates.length * hidden;
    const copy = (to: Tensor, from: Tensor, at: number, width: number): void => {
      kernels.fillRows(to, 0, from.subarray(at * width, (at + 1) * width), rows, width);
    };
    copy(step.gates, scan.gates, k, gates);
    scan.caches.forEach((cache, i) => {
      copy(step.caches[i], cache, k, hidden);
    });
    scan.states.forEach((state, i) => {
      const [before, after] = this.states[i];
      copy(before, state, k, hidden);
      copy(after, state, k + 1, hidden);
    });
  }
}
