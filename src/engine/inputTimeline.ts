import { copyTensor, type CapturedTensor } from './capture';
import type { KernelSet, Tensor } from './kernels/kernelSet';
import type { LayerInput } from './scan';
import type { Inputs } from './window';

/** x_t for every step of a timeline, kept for the weight gradient of W_xh. Buffers are made for the first window. */
export class InputTimeline {
  private values: Tensor | undefined;
  private indices: Int32Array | undefined;
  private current: Inputs['kind'] | undefined;

  constructor(
    private readonly kernels: KernelSet,
    private readonly steps: number,
    private readonly batch: number,
    private readonly width: number,
  ) {}

  /** Steps [from, to) of a window's inputs become steps `at`… of the timeline. */
  write(inputs: Inputs, from: number, to: number, at: number, batch: number): void {
    switch (inputs.kind) {
      case 'dense': {
        const block = batch * this.width;
        this.denseBuffer().set(inputs.values.subarray(from * block, to * block), at * block);
        break;
      }
      case 'oneHot':
        this.indexBuffer().set(inputs.indices.subarray(from * batch, to * batch), at * batch);
        break;
      default:
        inputs satisfies never;
    }
    this.current = inputs.kind;
  }

  /** The kind of the inputs on the timeline, if there are any. */
  get kind(): Inputs['kind'] | undefined {
    return this.current;
  }

  /** What the first layer reads; throws Error before the first window. */
  get input(): LayerInput {
    switch (this.current) {
      case 'dense':
        return { kind: 'dense', values: this.denseBuffer(), at: 0, width: this.width };
      case 'oneHot':
        return { kind: 'oneHot', indices: this.indexBuffer() };
      case undefined:
        throw new Error('The timeline holds no inputs yet; begin a window before reading them.');
      default:
        return this.current satisfies never;
    }
  }

  /** Moves the last `keep` of `length` steps to the beginning. */
  shift(length: number, keep: number, batch: number): void {
    const from = length - keep;
    this.indices?.copyWithin(0, from * batch, length * batch);
    this.values?.copyWithin(0, from * batch * this.width, length * batch * this.width);
  }

  /** Copies the first `steps` steps out: (steps,B,I), or (steps,B) of symbols; nothing where there are none. */
  read(steps: number, batch: number): CapturedTensor | undefined {
    if (steps === 0 || this.current === undefined) return undefined;
    const { input } = this;
    return input.kind === 'dense'
      ? copyTensor(input.values.subarray(0, steps * batch * this.width), [steps, batch, this.width])
      : { dtype: 'I32', shape: [steps, batch], data: input.indices.slice(0, steps * batch) };
  }

  /** Takes back what `read` gave. */
  restore(stored: CapturedTensor): void {
    if (stored.dtype === 'I32') {
      this.indexBuffer().set(stored.data);
      this.current = 'oneHot';
    } else {
      this.denseBuffer().set(stored.data);
      this.current = 'dense';
    }
  }

  private denseBuffer(): Tensor {
    return (this.values ??= this.kernels.allocate(this.steps * this.batch * this.width));
  }

  private indexBuffer(): Int32Array {
    return (this.indices ??= this.kernels.allocateIndices(this.steps * this.batch));
  }
}
