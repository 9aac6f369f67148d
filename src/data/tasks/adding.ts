import { setValueTarget, denseBatch } from '../batch';
import { patternOf } from '../lossPattern';
import { maxLength, type Task, type TaskLengths } from './task';

/**
 * Adding problem: x_t = (value U(0,1), marker), one marker in each half, target at the last step = the sum of the two
 * marked values. Hochreiter & Schmidhuber 1997, in the form of Le, Jaitly & Hinton 2015.
 */
export function addingTask({ length, heldOut }: TaskLengths): Task {
  return {
    inputNames: ['value', 'marker'],
    outputNames: ['sum'],
    inputKind: 'dense',
    targetKind: 'values',
    length,
    heldOutLength: heldOut,
    lag: maxLength(length) - 1,
    baselines: [
      {
        name: 'always 1',
        source: 'variance of the sum of two U(0,1): 1/6 (Hochreiter & Schmidhuber 1997)',
        pattern: (steps) => patternOf(steps, (t) => (t === steps - 1 ? 1 / 6 : undefined)),
      },
    ],
    draw(random, steps, batch) {
      const drawn = denseBatch(steps, batch, 2, 1);
      const { values } = drawn.inputs;
      const half = Math.floor(steps / 2);
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) values[(t * batch + sequence) * 2] = random.uniform();
        const marked = [random.integer(0, half - 1), random.integer(half, steps - 1)].map(
          (t) => (t * batch + sequence) * 2,
        );
        for (const cell of marked) values[cell + 1] = 1;
        const sum = marked.reduce((total, cell) => total + (values[cell] ?? 0), 0);
        setValueTarget(drawn, steps - 1, sequence, sum);
      }
      return drawn;
    },
  };
}
