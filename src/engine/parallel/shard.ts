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

/** The task of every shard for the current window. */
export interface ShardTask {
  /** Steps of the window, where it begins on the timeline, and where the timeline ends. */
  readonly steps: number;
  readonly windowAt: number;
  readonly length: number;
  /** First step of the timeline whose outputs are computed. */
  readonly headFrom: number;
  /** The factor of the sum over rows in the reported loss, and in the loss that the gradient belongs to. */
  readonly weight: number;
  readonly gradientWeight: number;
  /** First step that the gradient covers. */
  readonly start: number;
  /** Whether there is a loss and a gradient at all; otherwise only the states are computed. */
  readonly learns: boolean;
  /** Whether norms are recorded. */
  readonly recorded: boolean;
}

/**
 * Some sequences of the batch during one update: their timeline and their part of the gradient. Sequences are
 * independent until their gradients are added, so any thread may run any shard, at any time.
 */
export class Shard {
  readonly unroll: Unroll;
  readonly norms: NormRecorder;
  /** (1): elements of ∂L/∂h that hidden clipping changed. */
  private readonly clipped: Int32Array;
  private windowTargets: WindowTargets | undefined;

  /**
   * @param network with the gradients that the shard writes
   * @param shardWindow copies the shard's sequences out of a window; undefined for a shard that is the whole batch
   */
  constructor(
    readonly network: Network,
    readonly rows: BatchRows,
    private readonly options: WorkspaceOptions,
    { capacity, backward }: TruncationPlan,
    private readonly shardWindow: ShardWindow | undefined,
  ) {
    this.unroll = new Unroll(network, { steps: capacity, batch: rows.count, backward });
    this.norms = new NormRecorder(this.unroll);
    this.clipped = network.kernels.allocateIndices(1);
  }

  /** Elements of ∂L/∂h that hidden clipping changed in the last backward pass. */
  get clippedElements(): number {
    return this.clipped[0];
  }

  /** Puts the shard's sequences of a window on the timeline, after at most `keep` of the steps already there. */
  begin(window: Window, keep: number): void {
    const own = this.shardWindow === undefined ? window : this.shardWindow.copyFrom(window);
    this.windowTargets = own;
    this.unroll.begin(own, 0, own.steps, keep);
  }

  /** Called in another thread than the one that began the window: reads what that thread wrote. */
  resume({ steps, windowAt, length }: ShardTask): void {
    this.windowTargets = this.shardWindow?.targetsOf(steps);
    this.unroll.resume(windowAt, length, this.rows.count);
  }

  /** Forward pass and, where there is a target, loss and backward pass, into gradients that begin at zero. */
  run(task: ShardTask, observers: readonly BackwardObserver[] = []): void {
    const { unroll, network, norms, options, windowTargets } = this;
    unroll.forward();
    if (!task.learns) return;
    if (windowTargets === undefined) throw new Error('A shard must begin a window before it runs.');
    unroll.head(task.headFrom);
    unroll.loss(options.loss, windowTargets, 0, task.weight, { weight: task.gradientWeight, start: task.start });
    network.kernels.zero(network.gradients, 0, network.gradients.length);
    if (task.recorded) norms.begin();
    unroll.backward(task.start, hiddenLimit(options.clip), observers, task.recorded ? norms : undefined);
    this.clipped[0] = unroll.clippedElements;
  }
}
