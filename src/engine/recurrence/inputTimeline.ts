import type { KernelSet } from '../kernels/kernelSet';
import type { LayerInput } from './scan';
import type { Inputs } from './window';

/** x_t for every step of a timeline, stored for the weight gradient of W_xh. */
export class InputTimeline {
  /** What the first layer reads. */
  readonly input: LayerInput;

  constructor(kernels: KernelSet, kind: Inputs['kind'], steps: number, batch: number, width: number) {
    this.input =
      kind === 'dense'
        ? { kind, values: kernels.allocate(steps * batch * width), at: 0, width }
        : { kind, indices: kernels.allocateIndices(steps * batch) };
  }

  /** Copies steps [from, to) of a window's inputs to the timeline from step `at` on; throws RangeError for another kind. */
  write(inputs: Inputs, from: number, to: number, at: number, batch: number): void {
    const { input } = this;
    if (inputs.kind === 'dense' && input.kind === 'dense') {
      const block = batch * input.width;
      // A loop, since setting numbers of another precision takes several times as long.
      const { values } = input;
      const shift = (at - from) * block;
      for (let i = from * block; i < to * block; i++) values[i + shift] = inputs.values[i];
    } else if (inputs.kind === 'oneHot' && input.kind === 'oneHot') {
      input.indices.set(inputs.indices.subarray(from * batch, to * batch), at * batch);
    } else {
      throw new RangeError(`A window has ${inputs.kind} inputs; this learner was made for ${input.kind} ones.`);
    }
  }

  /** Moves the last `keep` of `length` steps to the beginning. */
  shift(length: number, keep: number, batch: number): void {
    const { input } = this;
    const from = length - keep;
    if (input.kind === 'dense') {
      const block = batch * input.width;
      input.values.copyWithin(0, from * block, length * block);
    } else {
      input.indices.copyWithin(0, from * batch, length * batch);
    }
  }
}
