import type { Tensor } from './tensor';
import type { Network } from './network';
import type { UpdateStep } from './optimizers/optimizer';
import { optimizerOf } from './optimizers/registry';
import type { ParameterNorms } from './instruments/outcome';
import type { Parameter } from './parameter';
import type { OptimizerSpec } from './spec';

/** The last stage of a step: measures the gradients, applies the optimizer, and can undo the update. */
export class ParameterUpdate {
  /** The optimizer's slots, each over all parameters. */
  readonly slots: readonly { readonly name: string; readonly values: Tensor }[];
  private readonly step: (step: UpdateStep) => void;
  private readonly before: Tensor;
  private readonly parameters: readonly Parameter[];

  constructor(
    private readonly network: Network,
    spec: OptimizerSpec,
  ) {
    const { kernels, values, parameters } = network;
    this.parameters = [...parameters.values()];
    const optimizer = optimizerOf(spec);
    this.step = kernels.optimizerKernel(spec) ?? optimizer.apply;
    this.slots = optimizer.slots.map((name) => ({ name, values: kernels.allocate(values.length) }));
    this.before = kernels.allocate(values.length);
  }

  /** ‖g‖ of each parameter, in their order. */
  gradientNorms(): Float64Array {
    const { kernels } = this.network;
    const norms = new Float64Array(this.parameters.length);
    this.parameters.forEach(({ gradient }, index) => {
      norms[index] = kernels.norm(gradient, 0, gradient.length);
    });
    return norms;
  }

  /** One step of the optimizer with the current gradients. */
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

  /** Norms of each parameter before and after the last step. */
  norms(raw: Float64Array, clipped: Float64Array): readonly ParameterNorms[] {
    const { kernels, values } = this.network;
    let at = 0;
    return this.parameters.map((parameter, index) => {
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

  /** Restores the parameters as they were before the update; the optimizer's slots are not restored. */
  undo(): void {
    this.network.values.set(this.before);
  }
}
