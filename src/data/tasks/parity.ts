import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import { longest, type Task, type TaskLengths } from './task';

/**
 * Parity of a string of fair bits, asked at the last step: class 1 where the number of ones is odd. Delétang et al.
 * 2023, "Neural networks and the Chomsky hierarchy".
 */
export function parityTask({ length, heldOut }: TaskLengths): Task {
  return {
    inputNames: ['0', '1'],
    outputNames: ['even', 'odd'],
    inputKind: 'oneHot',
    targetKind: 'classes',
    length,
    heldOutLength: heldOut,
    lag: longest(length) - 1,
    baselines: [
      {
        name: 'guessing',
        source: 'two classes, each as likely: ln 2',
        pattern: (steps) => patternOf(steps, (t) => (t === steps - 1 ? Math.LN2 : undefined)),
      },
    ],
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      for (let lane = 0; lane < batch; lane++) {
        let ones = 0;
        for (let t = 0; t < steps; t++) {
          const bit = random.integer(0, 1);
          drawn.inputs.indices[t * batch + lane] = bit;
          ones += bit;
        }
        setClassTarget(drawn, steps - 1, lane, ones % 2);
      }
      return drawn;
    },
  };
}
