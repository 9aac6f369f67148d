import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import { maxLength, type Task, type TaskLengths } from './task';

/**
 * Parity of a string of fair bits, the target at the last step: class 1 if the number of ones is odd. Delétang et al.
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
    lag: maxLength(length) - 1,
    baselines: [
      {
        name: 'guessing',
        source: 'two classes, each as likely: ln 2',
        pattern: (steps) => patternOf(steps, (t) => (t === steps - 1 ? Math.LN2 : undefined)),
      },
    ],
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      for (let sequence = 0; sequence < batch; sequence++) {
        let ones = 0;
        for (let t = 0; t < steps; t++) {
          const bit = random.integer(0, 1);
          drawn.inputs.indices[t * batch + sequence] = bit;
          ones += bit;
        }
        setClassTarget(drawn, steps - 1, sequence, ones % 2);
      }
      return drawn;
    },
    typed: {
      rule: 'The target of the last bit is whether the number of ones is odd.',
      targetsOf: (bits) =>
        bits.map((_, t) => (t === bits.length - 1 ? bits.reduce((ones, bit) => ones + bit, 0) % 2 : undefined)),
    },
  };
}
