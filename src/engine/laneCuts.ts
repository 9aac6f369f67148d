import type { Tensor } from './kernels/kernelSet';

/** Which lanes begin anew at which step of the timeline: there a path back through time ends. */
export class LaneCuts {
  /** (C,B) */
  private readonly lanes: Uint8Array;
  /** (C): whether any lane begins at the step. */
  private readonly steps: Uint8Array;
  private batch: number;

  constructor(steps: number, batch: number) {
    this.lanes = new Uint8Array(steps * batch);
    this.steps = new Uint8Array(steps);
    this.batch = batch;
  }

  /** The lanes that begin at step t: (B) ones and zeros. */
  lanesAt(t: number): Uint8Array {
    return this.lanes.subarray(t * this.batch, (t + 1) * this.batch);
  }

  /** Declares steps [from, to) to carry on, except that at `from` the lanes with `reset` (B) begin. */
  write(from: number, to: number, reset: Uint8Array | undefined, batch: number): void {
    this.batch = batch;
    this.lanes.fill(0, from * batch, to * batch);
    this.steps.fill(0, from, to);
    if (reset === undefined) return;
    this.lanes.set(reset.subarray(0, batch), from * batch);
    this.steps[from] = reset.includes(1) ? 1 : 0;
  }

  /** Moves the last `keep` of `length` steps to the beginning. */
  shift(length: number, keep: number): void {
    this.lanes.copyWithin(0, (length - keep) * this.batch, length * this.batch);
    this.steps.copyWithin(0, length - keep, length);
  }

  /** Sets rows of each tensor (B,width) to zero for the lanes that begin at step t. */
  apply(t: number, tensors: readonly Tensor[], width: number): void {
    if (this.steps[t] === 0) return;
    for (let lane = 0; lane < this.batch; lane++) {
      if (this.lanes[t * this.batch + lane] === 0) continue;
      for (const tensor of tensors) tensor.fill(0, lane * width, (lane + 1) * width);
    }
  }

  /** (length,B) as stored, for a snapshot or a capture. */
  read(length: number): Int32Array {
    return Int32Array.from(this.lanes.subarray(0, length * this.batch));
  }

  /** Takes back what `read` gave. */
  restore(flags: Int32Array, length: number, batch: number): void {
    this.batch = batch;
    this.lanes.set(flags);
    for (let t = 0; t < length; t++) this.steps[t] = this.lanesAt(t).includes(1) ? 1 : 0;
  }
}
