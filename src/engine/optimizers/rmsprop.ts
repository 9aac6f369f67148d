import type { Optimizer, OptimizerOf } from './optimizer';

/**
 * RMSprop: g = ∂L/∂w + λw; v = α·v + (1−α)·g²; step = g / (√v + ε); with momentum μ buf = μ·buf + step; w −= rate·step.
 * Definition: torch.optim.RMSprop, not centred.
 */
export function rmsprop({ decay, epsilon, momentum, weightDecay }: OptimizerOf<'rmsprop'>): Optimizer {
  return {
    slots: momentum === 0 ? ['squares'] : ['squares', 'momentum'],
    apply: ({ values, gradient, slots, rate }) => {
      const squares = slots[0];
      const buffer = slots.at(1);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] + weightDecay * values[i];
        const mean = decay * squares[i] + (1 - decay) * g * g;
        squares[i] = mean;
        let step = g === 0 ? 0 : g / (Math.sqrt(mean) + epsilon);
        if (buffer !== undefined) {
          step += momentum * buffer[i];
          buffer[i] = step;
        }
        values[i] -= rate * step;
      }
    },
  };
}
