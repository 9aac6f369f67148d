import assert from 'node:assert/strict';
import type { Batch } from '../../../src/data/batch';
import { patternOf, reportedLoss } from '../../../src/data/lossPattern';
import type { Source } from '../../../src/data/source';
import { allowedNext } from '../../../src/data/tasks/grammar';
import { inputsOf, opened, type Written } from './openedSource';

/** The loss of one prediction, given the sequence's inputs up to a step: squares for numbers, nats for classes. */
type Predictor = (inputs: number[][], t: number, target: number) => number;

/** The mean loss per target of a predictor over new batches, and its standard error. */
function measured(
  source: Source,
  predictor: Predictor,
  batches = 60,
): { readonly loss: number; readonly error: number } {
  const means = Array.from({ length: batches }, () => {
    const batch = source.next();
    let total = 0;
    let count = 0;
    for (let sequence = 0; sequence < batch.batch; sequence++) {
      const inputs = inputsOf(batch, sequence);
      for (let t = 0; t < batch.steps; t++) {
        if (batch.mask[t * batch.batch + sequence] === 0) continue;
        total += predictor(inputs, t, targetAt(batch, sequence, t));
        count += 1;
      }
    }
    return total / count;
  });
  const loss = means.reduce((sum, mean) => sum + mean, 0) / batches;
  const variance = means.reduce((sum, mean) => sum + (mean - loss) ** 2, 0) / (batches - 1);
  return { loss, error: Math.sqrt(variance / batches) };
}

function targetAt({ targets, batch }: Batch, sequence: number, t: number): number {
  const cell = t * batch + sequence;
  return targets.kind === 'classes' ? targets.indices[cell] : targets.values[cell];
}

const constant =
  (value: number): Predictor =>
  (_inputs, _t, target) =>
    (target - value) ** 2;
const chosen =
  (probability: (inputs: number[][], t: number, target: number) => number): Predictor =>
  (inputs, t, target) =>
    -Math.log(probability(inputs, t, target));

function echoPredictor(lags: readonly number[]): Predictor {
  const bit = (inputs: number[][], t: number, lag: number) =>
    t < lag ? [0] : lags.includes(lag) ? [inputs[t - lag][0]] : [0, 1];
  return chosen((inputs, t, target) => {
    const chances = bit(inputs, t, 3).flatMap((near) => bit(inputs, t, 8).map((far) => 0.5 + 0.5 * near - 0.25 * far));
    const one = chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
    return target === 1 ? one : 1 - one;
  });
}

const prefix = (inputs: number[][], t: number) => inputs.slice(0, t + 1).map(([symbol]) => symbol);
const sineTurn = 2 * Math.cos((2 * Math.PI) / 20);

/** For every baseline of every task, a predictor with that loss. */
const earned: readonly (readonly [Written, Readonly<Record<string, Predictor>>])[] = [
  [{ data: { task: 'adding', length: 10 } }, { 'always 1': constant(1) }],
  [
    { data: { task: 'copy', symbols: 4, recall: 3, delay: 5 } },
    { 'no memory': chosen((_inputs, t, target) => (t < 8 ? Number(target === 4) : 1 / 4)) },
  ],
  [{ data: { task: 'temporalOrder', length: 10 } }, { guessing: chosen(() => 1 / 4) }],
  [{ data: { task: 'parity', length: 10 } }, { guessing: chosen(() => 1 / 2) }],
  [
    { data: { task: 'echo', length: 30 } },
    {
      'no memory': echoPredictor([]),
      'remembers 3 steps': echoPredictor([3]),
      'remembers 3 and 8 steps': echoPredictor([3, 8]),
    },
  ],
  [
    { data: { task: 'reber' } },
    {
      guessing: chosen(() => 1 / 7),
      'grammar without long memory': chosen((inputs, t, target) => {
        const symbols = prefix(inputs, t);
        const ways = allowedNext(symbols);
        // After the inner string's E only the second symbol determines T or P, and this predictor has forgotten it.
        const forgotten = ways.length === 1 && symbols.at(-1) === 6 && [1, 2].includes(target);
        return forgotten ? 1 / 2 : 1 / ways.length;
      }),
      'grammar known': chosen((inputs, t) => 1 / allowedNext(prefix(inputs, t)).length),
    },
  ],
  [{ data: { task: 'delay', length: 20, lag: 4 } }, { 'always 0': constant(0) }],
  [
    { data: { task: 'sine', length: 20 } },
    { 'always 0': constant(0), persistence: (inputs, t, target) => (target - inputs[t][0]) ** 2 },
  ],
];

describe('the baselines of a task', () => {
  for (const [written, predictors] of earned) {
    const source = opened({ ...written, batch: 100 });
    it(`equal the simulated losses of their predictors: ${JSON.stringify(written.data)}`, () => {
      for (const [name, predictor] of Object.entries(predictors)) {
        const baseline = source.baselines.find((candidate) => candidate.name === name);
        assert.ok(baseline, `${name} among ${source.baselines.map((one) => one.name).join()}`);
        const { loss, error } = measured(source, predictor);
        const message = `${name}: ${loss} ± ${error}, not ${baseline.value}`;
        assert.ok(error < 0.02 * Math.max(baseline.value, 0.1), message);
        assert.ok(Math.abs(loss - baseline.value) <= 4 * error + 1e-12, message);
      }
    });
  }

  it('of the sine: without noise the recurrence predicts it, and with noise exactly the noise remains', () => {
    const still = opened({ data: { task: 'sine', length: 20, noise: 0 }, batch: 100 });
    const { loss } = measured(still, (inputs, t, target) =>
      t === 0 ? 0 : (target - sineTurn * inputs[t][0] + inputs[t - 1][0]) ** 2,
    );
    // The rest is the squared rounding error of single precision.
    assert.ok(loss < 1e-12);
    assert.equal(still.baselines.find(({ name }) => name === 'noise')?.value, 0);
    const noisy = opened({ data: { task: 'sine', noise: 0.3 } });
    assert.ok(Math.abs((noisy.baselines.find(({ name }) => name === 'noise')?.value ?? NaN) - 0.09) < 1e-15);
  });

  it('has the published values', () => {
    const valueOf = (data: unknown, index = 0) => opened({ data }).baselines[index]?.value ?? NaN;
    const near = (value: number, expected: number, tolerance: number) =>
      assert.ok(Math.abs(value - expected) < tolerance, String(value));
    near(valueOf({ task: 'adding', length: 100 }), 1 / 6, 1e-15);
    near(valueOf({ task: 'copy', delay: 100 }), (10 * Math.log(8)) / 120, 1e-15);
    near(valueOf({ task: 'copy', delay: 100 }), 0.1733, 5e-5);
    near(valueOf({ task: 'temporalOrder' }), Math.log(4), 1e-15);
    near(valueOf({ task: 'parity', length: [1, 40] }), Math.log(2), 1e-15);
    const long = { task: 'echo', length: 100_000 };
    near(valueOf(long, 0), 0.6616, 5e-5);
    near(valueOf(long, 1), 0.5192, 5e-5);
    near(valueOf(long, 2), 0.4545, 5e-5);
  });
});

describe('a reported loss', () => {
  const mean = { kind: 'mse', reduction: 'mean' } as const;
  const sum = { kind: 'mse', reduction: 'sum' } as const;
  const pattern = patternOf(10, (t) => (t < 4 ? undefined : t));

  it('is per target and output for mean, and per sequence for sum', () => {
    assert.equal(reportedLoss(pattern, { loss: mean, bptt: 'full' }, 1), 39 / 6);
    assert.equal(reportedLoss(pattern, { loss: mean, bptt: 'full' }, 2), 39 / 12);
    assert.equal(reportedLoss(pattern, { loss: sum, bptt: 'full' }, 2), 39);
    assert.equal(reportedLoss({ ...pattern, sequences: 3 }, { loss: sum, bptt: 'full' }, 2), 13);
    assert.equal(reportedLoss(pattern, { loss: { kind: 'crossEntropy', reduction: 'mean' }, bptt: 'full' }, 2), 39 / 6);
  });

  it('is averaged over the trained windows, each with its whole loss', () => {
    // Windows [0,4), [4,8), [8,10): the first has no target and gives no update.
    const bptt = { forward: 4, backward: 4 };
    assert.equal(reportedLoss(pattern, { loss: sum, bptt }, 1), (4 + 5 + 6 + 7 + 8 + 9) / 2);
    assert.equal(reportedLoss(pattern, { loss: mean, bptt }, 1), (22 / 4 + 17 / 2) / 2);
  });

  it('skips a window whose backward part has no target', () => {
    const early = patternOf(8, (t) => (t % 4 === 0 ? 1 : undefined));
    assert.ok(Number.isNaN(reportedLoss(early, { loss: sum, bptt: { forward: 4, backward: 3 } }, 1)));
    assert.equal(reportedLoss(early, { loss: sum, bptt: { forward: 4, backward: 4 } }, 1), 1);
    assert.equal(reportedLoss(early, { loss: sum, bptt: { forward: 4, backward: 9 } }, 1), 1);
  });

  it('is in the unit of the loss for text too: a window of 5 characters costs 5·ln V when summed', () => {
    const text = 'abcabcabcab'.repeat(10);
    const uniform = (written: Omit<Written, 'data'>) =>
      opened({ data: { text: 'a', length: 5 }, batch: 2, ...written }, text).baselines[0]?.value ?? NaN;
    assert.ok(Math.abs(uniform({}) - Math.log(3)) < 1e-15);
    assert.ok(Math.abs(uniform({ loss: { reduction: 'sum' } }) - 5 * Math.log(3)) < 1e-12);
    assert.ok(
      Math.abs(uniform({ loss: { reduction: 'sum' }, bptt: { forward: 4, backward: 2 } }) - 4 * Math.log(3)) < 1e-12,
    );
  });
});
