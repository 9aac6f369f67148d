import type { KernelSet, Tensor } from './kernels/kernelSet';
import type { BackwardObserver } from './scan';
import { saturationOf, type Saturation } from './saturation';
import type { Unroll } from './unroll';

/** Gradient norms of one layer, Euclidean over all units and the whole batch, of the total loss as reduced. */
export interface LayerRecord {
  /** (T): ‖∂L/∂h_t‖, total, before hidden clipping. 0 before the cut of truncated BPTT. */
  readonly dh: Float64Array;
  /** (T): the norm of what reaches h_t other than through the same layer's t+1. */
  readonly dhLocal: Float64Array;
  /** (T): ‖∂L/∂c_t‖, total, for cells with a second state. */
  readonly dc?: Float64Array;
  readonly saturation: readonly Saturation[];
}

/** What the instruments saw of one update. */
export interface StepRecord {
  /** T of the arrays: the steps of the window and the `reach` steps before it. */
  readonly steps: number;
  /** Steps before the window that the gradient could reach, 0 unless `backward` > `forward`. */
  readonly reach: number;
  /** (T): L_t as it enters the reported loss; 0 in the reach. */
  readonly lossPerStep: Float64Array;
  /** From the lowest layer up. */
  readonly layers: readonly LayerRecord[];
}

/** Takes the norms of the gradients where they pass, inside the recurrence. */
export class NormRecorder implements BackwardObserver {
  private readonly dh: readonly Float64Array[];
  private readonly dhLocal: readonly Float64Array[];
  private readonly dc: readonly Float64Array[] | undefined;
  private readonly length: number;
  private readonly kernels: KernelSet;

  constructor(private readonly unroll: Unroll) {
    const { kernels, spec, cell } = unroll.network;
    const perLayer = () => Array.from({ length: spec.layers }, () => new Float64Array(unroll.length));
    this.kernels = kernels;
    this.length = unroll.batch * spec.hidden;
    this.dh = perLayer();
    this.dhLocal = perLayer();
    this.dc = cell.state.length > 1 ? perLayer() : undefined;
  }

  hidden(layer: number, t: number, dh: Tensor, dhLocal: Tensor, localAt: number): void {
    this.dh[layer][t] = this.kernels.norm(dh, 0, this.length);
    this.dhLocal[layer][t] = this.kernels.norm(dhLocal, localAt, this.length);
  }

  cell(layer: number, t: number, total: readonly Tensor[]): void {
    if (this.dc !== undefined) this.dc[layer][t] = this.kernels.norm(total[0], 0, this.length);
  }

  /** What was seen, after the backward pass. */
  finish(): StepRecord {
    const { dc, unroll } = this;
    return {
      steps: unroll.length,
      reach: unroll.windowAt,
      lossPerStep: unroll.lossPerStep.slice(0, unroll.length),
      layers: unroll.scans.map((_, layer) => ({
        dh: this.dh[layer],
        dhLocal: this.dhLocal[layer],
        ...(dc === undefined ? {} : { dc: dc[layer] }),
        saturation: saturationOf(unroll, layer),
      })),
    };
  }
}
