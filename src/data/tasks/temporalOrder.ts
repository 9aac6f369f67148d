import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import type { Random } from '../random';
import { maxLength, type Task, type TaskLengths } from './task';

const symbols = ['A', 'B', 'c', 'd', 'e', 'f'];
const firstDistractor = 2;

/** Which publication says where the two symbols are. */
export type SymbolPositions = 'paper' | 'code';

/**
 * Temporal order: distractors c–f everywhere except at two steps, which are A or B; the class at the last step is AA, AB,
 * BA or BB. Pascanu, Mikolov & Bengio 2013, after Hochreiter & Schmidhuber 1997.
 */
export function temporalOrderTask({
  length,
  heldOut,
  positions,
}: TaskLengths & { readonly positions: SymbolPositions }): Task {
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
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) {
          indices[t * batch + sequence] = random.integer(firstDistractor, symbols.length - 1);
        }
        const places = drawPlaces(random, steps, positions);
        const [early, late] = [random.integer(0, 1), random.integer(0, 1)];
        indices[places[0] * batch + sequence] = early;
        indices[places[1] * batch + sequence] = late;
        setClassTarget(drawn, steps - 1, sequence, 2 * early + late);
      }
      return drawn;
    },
    typed: {
      rule: 'The target of the last symbol is the order of A and B, if exactly two symbols are A or B.',
      targetsOf: (sequence) => {
        const [early, late, ...more] = sequence.filter((symbol) => symbol < firstDistractor);
        const isKnown = early !== undefined && late !== undefined && more.length === 0;
        return sequence.map((_, t) => (isKnown && t === sequence.length - 1 ? 2 * early + late : undefined));
      },
    },
  };
}

/**
 * The steps of the two symbols: in [T/10, 2T/10] and [4T/10, 5T/10] as in the paper, or in [T/10, 2T/10) and
 * [5T/10, 6T/10) as in its code (`TempOrderTask.generate` in tempOrder.py of github.com/pascanur/trainingRNNs).
 */
function drawPlaces(random: Random, steps: number, positions: SymbolPositions): readonly [early: number, late: number] {
  const tenths = (count: number): number => Math.floor((count * steps) / 10);
  switch (positions) {
    case 'paper':
      return [random.integer(tenths(1), tenths(2)), random.integer(tenths(4), tenths(5))];
    case 'code':
      return [tenths(1) + random.integer(0, tenths(1) - 1), tenths(5) + random.integer(0, tenths(1) - 1)];
    default:
      return positions satisfies never;
  }
}
