import { hiddenLimit } from '../optimizers/clipping';
import type { BatchRows } from '../recurrence/batchRows';
import type { Network } from '../network';
import { NormRecorder } from '../instruments/record';
import type { BackwardObserver } from '../recurrence/scan';
import type { TruncationPlan } from '../recurrence/truncation';
import { Unroll } from '../recurrence/unroll';
import type { WindowTargets, Window } from '../recurrence/window';
import type { ShardWindow } from './shardWindow';
import type { WorkspaceOptions } from './workspaceOptions';

/** What every shard is to do with the window that it has begun. */
export interface ShardTask {
  /** Steps of the window, where it stands on the timeline, and where the timeline ends. */
  readonly steps: number;
  readonly windowAt: number;
  readonly length: number;
  /** First step of the timeline that outputs are wanted of. */
  readonly headFrom: number;
  /** What the sum over rows is multiplied by in the reported loss, and in the loss that the gradient is of. */
  readonly weight: number;
  readonly gradientWeight: number;
  /** First step that the gradient covers. */
  readonly start: number;
  /** Whether there is a loss and a gradient at all, or the states are only carried on. */
  readonly learns: boolean;
  /** Whether norms are taken on the way. */
  readonly recorded: boolean;
}

/**
 * Some lanes of the batch on their way through one update: their timeline and what they add to the gradient. Lanes know
 * nothing of one another until their gradients are added, so any thread may run any shard, at any time.
 */
export class Shard {
  readonly unroll: Unroll;
  readonly norms: NormRecorder;
  /** (1): elements of ∂L/∂h that hidden clipping changed. */
  private readonly clipped: Int32Array;
  private asked: WindowTargets | undefined;

  /**
   * @param network with the gradients that the shard writes
   * @param cut what takes the shard's lanes out of a window; undefined for a shard that is the whole batch
   */
  constructor(
    readonly network: Network,
    readonly rows: BatchRows,
    private readonly options: WorkspaceOptions,
    { capacity, backward }: TruncationPlan,
    private readonly cut: ShardWindow | undefined,
  ) {
    this.unroll = new Unroll(network, { steps: capacity, batch: rows.count, backward });
    this.norms = new NormRecorder(this.unroll);
    this.clipped = network.kernels.allocateIndices(1);
  }

  /** Elements of ∂L/∂h that hidden clipping changed in the last backward pass. */
  get clippedElements(): number {
    return this.clipped[0];
  }

  /** Puts the shard's lanes of a window on the timeline, behind at most `keep` of the steps already there. */
  begin(window: Window, keep: number): void {
    const own = this.cut === undefined ? window : this.cut.take(window);
    this.asked = own;
    this.unroll.begin(own, 0, own.steps, keep);
  }

  /** In another thread than the one that began the window: finds it where that thread has put it. */
  resume({ steps, windowAt, length }: ShardTask): void {
    this.asked = this.cut?.asked(steps);
    this.unroll.resume(windowAt, length, this.rows.count);
  }

  /** Forward pass, and where there is something to learn loss and backward pass, into gradients that begin at zero. */
  run(order: ShardTask, observers: readonly BackwardObserver[] = []): void {
    const { unroll, network, norms, options, asked } = this;
    unroll.forward();
    if (!order.learns) return;
    if (asked === undefined) throw new Error('A shard has to begin a window before it can run.');
    unroll.head(order.headFrom);
    unroll.loss(options.loss, asked, 0, order.weight, { weight: order.gradientWeight, start: order.start });
    network.kernels.zero(network.gradients, 0, network.gradients.length);
    if (order.recorded) norms.begin();
    unroll.backward(order.start, hiddenLimit(options.clip), observers, order.recorded ? norms : undefined);
    this.clipped[0] = unroll.clippedElements;
  }
}
