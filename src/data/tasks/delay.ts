import { setValueTarget, denseBatch } from '../batch';
import { patternOf } from '../lossPattern';
import type { TaskLengths, Task } from './task';

/**
 * Short-term memory: x_t ~ U(−½, ½), the target is x_{t−lag} at every step from `lag` on. Jaeger 2001, "Short term
 * memory in echo state networks".
 */
export function delayTask({
  length,
  heldOut,
  lag,
}: TaskLengths & {
  readonly lag: number;
}): Task {
  return {
    inputNames: ['x'],
    outputNames: [`x ${lag} ago`],
    inputKind: 'dense',
    targetKind: 'values',
    length,
    heldOutLength: heldOut,
    lag,
    baselines: [
      {
        name: 'always 0',
        source: 'variance of U(−½, ½): 1/12',
        pattern: (steps) => patternOf(steps, (t) => (t < lag ? undefined : 1 / 12)),
      },
    ],
    draw(random, steps, batch) {
      const drawn = denseBatch(steps, batch, 1, 1);
      const { values } = drawn.inputs;
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) {
          values[t * batch + sequence] = random.uniform() - 0.5;
          if (t >= lag) setValueTarget(drawn, t, sequence, values[(t - lag) * batch + sequence] ?? 0);
        }
      }
      return drawn;
    },
  };
}
