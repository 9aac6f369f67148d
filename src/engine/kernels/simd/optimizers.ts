import type { UpdateStep } from '../../optimizers/optimizer';
import type { OptimizerSpec } from '../../spec';
import type { Instructions } from './instructions';

/** The step of an optimizer as one kernel over all parameters; its slots are those of ../../optimizers. */
export function fusedOptimizer(wasm: Instructions, spec: OptimizerSpec): (step: UpdateStep) => void {
  const { weightDecay } = spec;
  switch (spec.kind) {
    case 'sgd': {
      const { momentum, nesterov } = spec;
      if (momentum === 0) {
        return ({ values, gradient, rate }) => {
          wasm.sgd(values.byteOffset, gradient.byteOffset, values.length, rate, weightDecay);
        };
      }
      return ({ values, gradient, slots: [buffer], rate }) => {
        const [to, from, moving] = [values.byteOffset, gradient.byteOffset, buffer.byteOffset];
        wasm.momentumSgd(to, from, moving, values.length, rate, weightDecay, momentum, nesterov);
      };
    }
    case 'adagrad':
      return ({ values, gradient, slots: [squares], rate }) => {
        const [to, from, sums] = [values.byteOffset, gradient.byteOffset, squares.byteOffset];
        wasm.adagrad(to, from, sums, values.length, rate, weightDecay, spec.epsilon);
      };
    case 'rmsprop':
      return ({ values, gradient, slots, rate }) => {
        wasm.rmsprop(
          values.byteOffset,
          gradient.byteOffset,
          slots[0].byteOffset,
          slots.at(1)?.byteOffset ?? 0,
          values.length,
          rate,
          weightDecay,
          spec.decay,
          1 - spec.decay,
          spec.epsilon,
          spec.momentum,
        );
      };
    case 'adam':
    case 'adamw':
      return ({ values, gradient, slots: [means, squares], rate, update }) => {
        const { kind, beta1, beta2, epsilon } = spec;
        const isDecoupled = kind === 'adamw';
        if (isDecoupled) wasm.scale(values.byteOffset, values.length, 1 - rate * weightDecay);
        wasm.adam(
          values.byteOffset,
          gradient.byteOffset,
          means.byteOffset,
          squares.byteOffset,
          values.length,
          rate / (1 - beta1 ** (update + 1)),
          isDecoupled ? 0 : weightDecay,
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          Math.sqrt(1 - beta2 ** (update + 1)),
          epsilon,
        );
      };
    default:
      return spec satisfies never;
  }
}
