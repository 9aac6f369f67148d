import type { KernelSet } from '../kernels/kernelSet';
import type { Tensor } from '../tensor';

/** Which lanes begin anew at which step of the timeline: there a path back through time ends. */
export class ResetMask {
  /** (C,B) */
  private readonly lanes: Uint8Array;
  /** (C): whether any lane begins at the step. */
  private readonly steps: Uint8Array;

  constructor(
    private readonly kernels: KernelSet,
    steps: number,
    private batch: number,
  ) {
    this.lanes = kernels.allocateFlags(steps * batch);
    this.steps = kernels.allocateFlags(steps);
  }

  /** Declares steps [from, to) to carry on, except that at `from` the lanes with `reset` (B) begin. */
  write(from: number, to: number, reset: Uint8Array | undefined, batch: number): void {
    if (batch !== this.batch) {
      this.batch = batch;
      this.lanes.fill(0);
      this.steps.fill(0);
    }
    // Hardly any step has a cut, and filling shared memory is slow.
    for (let t = from; t < to; t++) {
      if (this.steps[t] === 0) continue;
      this.lanes.fill(0, t * batch, (t + 1) * batch);
      this.steps[t] = 0;
    }
    if (reset === undefined) return;
    this.lanes.set(reset.subarray(0, batch), from * batch);
    this.steps[from] = reset.includes(1) ? 1 : 0;
  }

  /** Moves the last `keep` of `length` steps to the beginning. */
  shift(length: number, keep: number): void {
    this.lanes.copyWithin(0, (length - keep) * this.batch, length * this.batch);
    this.steps.copyWithin(0, length - keep, length);
  }

  /** Sets rows of each tensor, (B,width) from `at`, to zero for the lanes that begin at step t. */
  apply(t: number, tensors: readonly Tensor[], at: number, width: number): void {
    if (this.steps[t] === 0) return;
    for (let lane = 0; lane < this.batch; lane++) {
      if (this.lanes[t * this.batch + lane] === 0) continue;
      for (const tensor of tensors) this.kernels.zero(tensor, at + lane * width, width);
    }
  }

  /** (C,B): one where a lane begins. After writing to it `restored` must be called. */
  get flags(): Uint8Array {
    return this.lanes;
  }

  /** Takes over `flags` (length,B) as somebody wrote them. */
  restored(length: number, batch: number): void {
    this.batch = batch;
    for (let t = 0; t < length; t++)
      this.steps[t] = this.lanes.subarray(t * batch, (t + 1) * batch).includes(1) ? 1 : 0;
  }
}
