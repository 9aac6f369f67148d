import type { Tensor } from './tensor';

/** One weight matrix or bias with its gradient: live views, so that writing to `values` changes the net. */
export interface Parameter {
  /** PyTorch's name: rnn.weight_ih_l0, …, head.weight, head.bias. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Tensor;
  /** After an update: the clipped gradient of that update. */
  readonly gradient: Tensor;
}
