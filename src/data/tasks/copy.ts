import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import type { Task } from './task';

/**
 * Copying memory in the layout of Arjovsky, Shah & Bengio 2016: `recall` symbols, delay − 1 blanks, the signal "go",
 * `recall` blanks. Every step has a target: blank up to the signal, then the symbols in order.
 * T = delay + 2·recall. Inputs: the symbols, blank, go; classes: the symbols and blank.
 */
export function copyTask({
  symbols,
  recall,
  delay,
}: {
  readonly symbols: number;
  readonly recall: number;
  readonly delay: number;
}): Task {
  const blank = symbols;
  const go = symbols + 1;
  const recallStart = recall + delay;
  const names = [...Array.from({ length: symbols }, (_, symbol) => String(symbol + 1)), '·'];
  return {
    inputNames: [...names, 'go'],
    outputNames: names,
    inputKind: 'oneHot',
    targetKind: 'classes',
    length: delay + 2 * recall,
    lag: recallStart,
    baselines: [
      {
        name: 'no memory',
        source: 'blanks known, symbols guessed: recall·ln(symbols)/T (Arjovsky, Shah & Bengio 2016)',
        pattern: (steps) => patternOf(steps, (t) => (t < recallStart ? 0 : Math.log(symbols))),
      },
    ],
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      const { indices } = drawn.inputs;
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) {
          indices[t * batch + sequence] =
            t < recall ? random.integer(0, symbols - 1) : t === recallStart - 1 ? go : blank;
          const target = t < recallStart ? blank : (indices[(t - recallStart) * batch + sequence] ?? blank);
          setClassTarget(drawn, t, sequence, target);
        }
      }
      return drawn;
    },
  };
}
