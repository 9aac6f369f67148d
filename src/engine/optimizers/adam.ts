import type { Optimizer, OptimizerOf } from './optimizer';

/**
 * Adam: g = ∂L/∂w + λw; m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; w −= rate·m̂ / (√v̂ + ε), with m̂ = m/(1−β₁ⁿ) and
 * v̂ = v/(1−β₂ⁿ) at the n-th update from 1. Definition: torch.optim.Adam.
 */
export function adam({ beta1, beta2, epsilon, weightDecay }: OptimizerOf<'adam'>): Optimizer {
  return {
    slots: ['mean', 'squares'],
    apply: ({ values, gradient, slots, rate, update }) => {
      const [means, squares] = slots;
      const stepSize = rate / (1 - beta1 ** (update + 1));
      const rootCorrection = Math.sqrt(1 - beta2 ** (update + 1));
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] + weightDecay * values[i];
        const mean = beta1 * means[i] + (1 - beta1) * g;
        const square = beta2 * squares[i] + (1 - beta2) * g * g;
        means[i] = mean;
        squares[i] = square;
        if (mean !== 0) values[i] -= (stepSize * mean) / (Math.sqrt(square) / rootCorrection + epsilon);
      }
    },
  };
}
