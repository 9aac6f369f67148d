import { endsOf, setClassTarget, symbolBatch } from '../batch';
import type { LossPattern } from '../lossPattern';
import { drawString, grammarSteps, allowedNext, maxReberLength, reberSymbols, type GrammarStep } from './grammar';
import { nextSymbol, type Task } from './task';

/**
 * Embedded Reber grammar: at every step the next symbol of the string; strings shorter than the longest of the batch are
 * padded with E and masked. Hochreiter & Schmidhuber 1997, experiment 1.
 */
export function reberTask(): Task {
  const expected = grammarSteps();
  const pattern = (loss: (step: GrammarStep) => number) => (): LossPattern => ({
    sequences: 1,
    loss: Float64Array.from(expected, loss),
    targets: Float64Array.from(expected, ({ probability }) => probability),
  });
  const symbols = 1 + expected.reduce((total, { probability }) => total + probability, 0);
  return {
    inputNames: reberSymbols,
    outputNames: reberSymbols,
    inputKind: 'oneHot',
    targetKind: 'classes',
    length: maxReberLength,
    // The second symbol decides the last but one, which is the target one step earlier: the string's length minus 4.
    lag: Math.round(symbols - 4),
    baselines: [
      {
        name: 'guessing',
        source: 'seven symbols, each as likely: ln 7',
        pattern: pattern(({ probability }) => probability * Math.log(reberSymbols.length)),
      },
      {
        name: 'grammar without long memory',
        source: 'entropy of the branchings, and ln 2 for the symbol that repeats the second one',
        pattern: pattern(({ floor, repeat }) => floor + repeat * Math.LN2),
      },
      {
        name: 'grammar known',
        source: 'entropy of the branchings of the embedded Reber grammar',
        pattern: pattern(({ floor }) => floor),
      },
    ],
    bestAccuracy: {
      definition: 'with the grammar known, one of the allowed symbols, which are equally likely',
      at: (t) => (expected[t]?.correct ?? NaN) / (expected[t]?.probability ?? NaN),
    },
    draw(random, _steps, batch) {
      const strings = Array.from({ length: batch }, () => drawString(random));
      const steps = strings.reduce((longest, string) => Math.max(longest, string.length - 1), 0);
      const drawn = symbolBatch(steps, batch);
      drawn.inputs.indices.fill(reberSymbols.length - 1);
      for (const [sequence, string] of strings.entries()) {
        for (const [t, next] of string.slice(1).entries()) {
          drawn.inputs.indices[t * batch + sequence] = string[t] ?? 0;
          setClassTarget(drawn, t, sequence, next);
        }
      }
      const lengths = strings.map((string) => string.length - 1);
      return { ...drawn, ...endsOf(lengths, steps) };
    },
    allowedAfter: allowedNext,
    typed: nextSymbol,
  };
}
