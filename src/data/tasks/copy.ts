import { setClassTarget, symbolBatch } from '../batch';
import { patternOf } from '../lossPattern';
import type { Task } from './task';

/**
 * Copying memory in the layout of Arjovsky, Shah & Bengio 2016: `recall` symbols, delay − 1 blanks, the sign "go",
 * `recall` blanks; asked for at every step: blank until the sign has come, then the symbols in order.
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
  const asked = recall + delay;
  const names = [...Array.from({ length: symbols }, (_, symbol) => String(symbol + 1)), '·'];
  return {
    inputNames: [...names, 'go'],
    outputNames: names,
    inputKind: 'oneHot',
    targetKind: 'classes',
    length: delay + 2 * recall,
    lag: asked,
    baselines: [
      {
        name: 'no memory',
        source: 'blanks known, symbols guessed: recall·ln(symbols)/T (Arjovsky, Shah & Bengio 2016)',
        pattern: (steps) => patternOf(steps, (t) => (t < asked ? 0 : Math.log(symbols))),
      },
    ],
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      const { indices } = drawn.inputs;
      for (let lane = 0; lane < batch; lane++) {
        for (let t = 0; t < steps; t++) {
          indices[t * batch + lane] = t < recall ? random.integer(0, symbols - 1) : t === asked - 1 ? go : blank;
          const answer = t < asked ? blank : (indices[(t - asked) * batch + lane] ?? blank);
          setClassTarget(drawn, t, lane, answer);
        }
      }
      return drawn;
    },
  };
}
