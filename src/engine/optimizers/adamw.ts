import { adam } from './adam';
import type { Optimizer, OptimizerOf } from './optimizer';

/**
 * AdamW: w −= rate·λ·w, then the step of Adam with the gradient alone. The decay is decoupled: it isn't divided by √v̂.
 * Definition: torch.optim.AdamW (Loshchilov & Hutter 2019), whose decay uses the rate with its schedule, too.
 */
export function adamw({ weightDecay, ...spec }: OptimizerOf<'adamw'>): Optimizer {
  const { slots, apply } = adam({ ...spec, kind: 'adam', weightDecay: 0 });
  return {
    slots,
    apply: (step) => {
      const { values, rate } = step;
      const kept = 1 - rate * weightDecay;
      for (let i = 0; i < values.length; i++) values[i] *= kept;
      apply(step);
    },
  };
}
