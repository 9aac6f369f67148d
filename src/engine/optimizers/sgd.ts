import type { Optimizer, OptimizerOf } from './optimizer';

/**
 * Stochastic gradient descent: g = ∂L/∂w + λw; with momentum μ buf = μ·buf + g (the first buf is g), and g becomes buf,
 * or g + μ·buf with Nesterov; w −= rate·g. Definition: torch.optim.SGD, dampening 0.
 */
export function sgd({ momentum, nesterov, weightDecay }: OptimizerOf<'sgd'>): Optimizer {
  if (momentum === 0) {
    return {
      slots: [],
      apply: ({ values, gradient, rate }) => {
        for (let i = 0; i < values.length; i++) values[i] -= rate * (gradient[i] + weightDecay * values[i]);
      },
    };
  }
  return {
    slots: ['momentum'],
    apply: ({ values, gradient, slots, rate }) => {
      const buffer = slots[0];
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] + weightDecay * values[i];
        const moved = momentum * buffer[i] + g;
        buffer[i] = moved;
        values[i] -= rate * (nesterov ? g + momentum * moved : moved);
      }
    },
  };
}
