import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import { maxLength, type Task, type TaskLengths } from './task';

const symbols = ['A', 'B', 'c', 'd', 'e', 'f'];
const firstDistractor = 2;

/**
 * Temporal order: distractors c–f everywhere except at one step in [T/10, 2T/10] and one in [4T/10, 5T/10], which are A
 * or B; the class at the last step is AA, AB, BA or BB. Pascanu, Mikolov & Bengio 2013, after Hochreiter &
 * Schmidhuber 1997.
 */
export function temporalOrderTask({ length, heldOut }: TaskLengths): Task {
  return {
    inputNames: symbols,
    outputNames: ['AA', 'AB', 'BA', 'BB'],
    inputKind: 'oneHot',
    targetKind: 'classes',
    length,
    heldOutLength: heldOut,
    lag: maxLength(length) - 1 - Math.floor(maxLength(length) / 10),
    baselines: [
      {
        name: 'guessing',
        source: 'four classes, each as likely: ln 4',
        pattern: (steps) => patternOf(steps, (t) => (t === steps - 1 ? Math.log(4) : undefined)),
      },
    ],
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      const { indices } = drawn.inputs;
      const tenths = (count: number) => Math.floor((count * steps) / 10);
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) {
          indices[t * batch + sequence] = random.integer(firstDistractor, symbols.length - 1);
        }
        const places = [random.integer(tenths(1), tenths(2)), random.integer(tenths(4), tenths(5))] as const;
        const [early, late] = [random.integer(0, 1), random.integer(0, 1)];
        indices[places[0] * batch + sequence] = early;
        indices[places[1] * batch + sequence] = late;
        setClassTarget(drawn, steps - 1, sequence, 2 * early + late);
      }
      return drawn;
    },
  };
}
