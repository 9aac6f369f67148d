import type { KernelSet } from '../kernels/kernelSet';
import type { Tensor } from '../tensor';

/** Which sequences start from zero state at which step of the timeline: no gradient flows back beyond it. */
export class ResetMask {
  /** (C,B) */
  private readonly mask: Uint8Array;
  /** (C): whether any sequence starts at the step. */
  private readonly hasReset: Uint8Array;

  constructor(
    private readonly kernels: KernelSet,
    steps: number,
    private batch: number,
  ) {
    this.mask = kernels.allocateFlags(steps * batch);
    this.hasReset = kernels.allocateFlags(steps);
  }

  /** Marks steps [from, to) as continuing, except that at `from` the sequences with `reset` (B) start. */
  write(from: number, to: number, reset: Uint8Array | undefined, batch: number): void {
    if (batch !== this.batch) {
      this.batch = batch;
      this.mask.fill(0);
      this.hasReset.fill(0);
    }
    // Hardly any step has a reset, and filling shared memory is slow.
    for (let t = from; t < to; t++) {
      if (this.hasReset[t] === 0) continue;
      this.mask.fill(0, t * batch, (t + 1) * batch);
      this.hasReset[t] = 0;
    }
    if (reset === undefined) return;
    this.mask.set(reset.subarray(0, batch), from * batch);
    this.hasReset[from] = reset.includes(1) ? 1 : 0;
  }

  /** Moves the last `keep` of `length` steps to the beginning. */
  shift(length: number, keep: number): void {
    this.mask.copyWithin(0, (length - keep) * this.batch, length * this.batch);
    this.hasReset.copyWithin(0, length - keep, length);
  }

  /** Sets rows of each tensor, (B,width) from `at`, to zero for the sequences that start at step t. */
  apply(t: number, tensors: readonly Tensor[], at: number, width: number): void {
    if (this.hasReset[t] === 0) return;
    for (let sequence = 0; sequence < this.batch; sequence++) {
      if (this.mask[t * this.batch + sequence] === 0) continue;
      for (const tensor of tensors) this.kernels.zero(tensor, at + sequence * width, width);
    }
  }

  /** (C,B): 1 where a sequence starts. After writing to it `flagsChanged` must be called. */
  get flags(): Uint8Array {
    return this.mask;
  }

  /** Updates what is derived from `flags` (length,B) after they were written. */
  flagsChanged(length: number, batch: number): void {
    this.batch = batch;
    for (let t = 0; t < length; t++)
      this.hasReset[t] = this.mask.subarray(t * batch, (t + 1) * batch).includes(1) ? 1 : 0;
  }
}
