/** One captured tensor, as a safetensors file holds it. */
export type CapturedTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/**
 * Everything of one update, so that anyone can recompute it elsewhere: parameters before and after, gradients raw and
 * clipped, inputs, targets, states, outputs, losses and ∂L/∂h_t. Names and shapes are those of the captured update file.
 */
export interface Capture {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  /** step, loss, gradNorm, clipCoefficient, learningRate, kernels, and reach where `backward` > `forward`. */
  readonly metadata: Readonly<Record<string, string>>;
}
