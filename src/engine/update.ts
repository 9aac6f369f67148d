import type { Tensor } from './kernels/kernelSet';
import type { Network } from './network';
import { optimizerOf, type UpdateStep } from './optimizers/optimizer';
import type { ParameterNorms } from './outcome';
import type { OptimizerSpec } from './spec';

/** The last stage of a step: measures the gradients, lets the optimizer step, and can take the step back. */
export class ParameterUpdate {
  /** What the optimizer remembers, each over all parameters. */
  readonly slots: readonly { readonly name: string; readonly values: Tensor }[];
  private readonly step: (step: UpdateStep) => void;
  private readonly before: Tensor;

  constructor(
    private readonly network: Network,
    spec: OptimizerSpec,
  ) {
    const { kernels, values } = network;
    const optimizer = optimizerOf(spec);
    this.step = kernels.optimizerKernel(spec) ?? optimizer.apply;
    this.slots = optimizer.slots.map((name) => ({ name, values: kernels.allocate(values.length) }));
    this.before = kernels.allocate(values.length);
  }

  /** ‖g‖ of each parameter, in their order. */
  gradientNorms(): Float64Array {
    const { kernels, parameters } = this.network;
    return Float64Array.from(parameters.values(), ({ gradient }) => kernels.norm(gradient, 0, gradient.length));
  }

  /** One step of the optimizer with the gradients as they stand. */
  apply(rate: number, update: number): void {
    const { kernels, values, gradients } = this.network;
    kernels.copy(this.before, 0, values, 0, values.length);
    this.step({
      values,
      gradient: gradients,
      slots: this.slots.map((slot) => slot.values),
      rate,
      update,
    });
  }

  /** Norms of each parameter around the step just made. */
  norms(raw: Float64Array, clipped: Float64Array): readonly ParameterNorms[] {
    const { kernels, values, parameters } = this.network;
    let at = 0;
    return [...parameters.values()].map((parameter, index) => {
      const { length } = parameter.values;
      const norms = {
        name: parameter.name,
        gradNorm: raw[index],
        clippedNorm: clipped[index],
        updateNorm: kernels.distance(values, this.before, at, length),
        weightNorm: kernels.norm(this.before, at, length),
      };
      at += length;
      return norms;
    });
  }

  /** Takes the step back: the parameters are as before it; what the optimizer remembers is not. */
  undo(): void {
    this.network.values.set(this.before);
  }
}
