import type { Optimizer, OptimizerOf } from './optimizer';

/** Adagrad: g = ∂L/∂w + λw; s += g²; w −= rate·g / (√s + ε). Definition: torch.optim.Adagrad, s₀ = 0. */
export function adagrad({ epsilon, weightDecay }: OptimizerOf<'adagrad'>): Optimizer {
  return {
    slots: ['squares'],
    apply: ({ values, gradient, slots, rate }) => {
      const squares = slots[0];
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] + weightDecay * values[i];
        const sum = squares[i] + g * g;
        squares[i] = sum;
        // Without a gradient there is no step, even if ε is 0.
        if (g !== 0) values[i] -= (rate * g) / (Math.sqrt(sum) + epsilon);
      }
    },
  };
}
