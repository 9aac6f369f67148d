import { setValueTarget, denseBatch } from '../batch';
import { patternOf } from '../lossPattern';
import type { TaskLengths, Task } from './task';

/**
 * Noisy sine: v_k = sin(2πk/period + phase) + noise·N(0,1) with a random phase for every sequence; x_t = v_t, the
 * target is v_{t+1} at every step.
 */
export function sineTask({
  length,
  heldOut,
  period,
  noise,
}: TaskLengths & {
  readonly period: number;
  readonly noise: number;
}): Task {
  const turn = (2 * Math.PI) / period;
  const baseline = (name: string, source: string, loss: number) => ({
    name,
    source,
    pattern: (steps: number) => patternOf(steps, () => loss),
  });
  return {
    inputNames: ['x'],
    outputNames: ['next x'],
    inputKind: 'dense',
    targetKind: 'values',
    length,
    heldOutLength: heldOut,
    // Two successive values determine a sine of known period: x_{t+1} = 2·cos(turn)·x_t − x_{t−1}.
    lag: 1,
    baselines: [
      baseline('always 0', 'variance of the values: ½ + noise²', 0.5 + noise ** 2),
      baseline(
        'persistence',
        'the next value is this one: 1 − cos(2π/period) + 2·noise²',
        1 - Math.cos(turn) + 2 * noise ** 2,
      ),
      baseline('noise', 'the sine known, the noise not: noise²', noise ** 2),
    ],
    draw(random, steps, batch) {
      const drawn = denseBatch(steps, batch, 1, 1);
      for (let sequence = 0; sequence < batch; sequence++) {
        const phase = 2 * Math.PI * random.uniform();
        const valueAt = (k: number) => Math.sin(turn * k + phase) + noise * random.normal();
        let value = valueAt(0);
        for (let t = 0; t < steps; t++) {
          drawn.inputs.values[t * batch + sequence] = value;
          value = valueAt(t + 1);
          setValueTarget(drawn, t, sequence, value);
        }
      }
      return drawn;
    },
  };
}
