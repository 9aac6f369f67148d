import assert from 'node:assert/strict';
import { storedRangeTestSchema, type RangeTest, type RangeTestProgress } from '../../../src/protocol/rangeTest';
import { smoothLosses, suggestRate } from '../../../src/trainer/training/rateSuggestion';
import { experimentOfTest, findLearningRate, rangeTestUpdates } from '../../../src/trainer/training/rangeTest';
import { exampleExperiment, exampleTraining } from './exampleTraining';

/** Fifty rates per decade, from 1e-6 to 10. */
const rates = Array.from({ length: 351 }, (_, i) => 10 ** (-6 + i / 50));

function suggested(lossAt: (rate: number, i: number) => number): Pick<RangeTest, 'suggestion' | 'reason'> {
  const losses = rates.map(lossAt);
  return suggestRate({ rates, losses, smoothed: losses, end: 'all' });
}

async function test(keys: Readonly<Record<string, unknown>>) {
  const seen: RangeTestProgress[] = [];
  const { optimizer, ...others } = experimentOfTest(exampleExperiment(keys));
  const training = exampleTraining({ ...keys, ...others, optimizer });
  const result = await findLearningRate(training, (progress) => {
    seen.push(progress);
    return Promise.resolve();
  });
  return { result, seen, training };
}

/** The mean of the last losses of a short training. */
function lossAfter(keys: Readonly<Record<string, unknown>>, learningRate: number): number {
  const training = exampleTraining({ ...keys, optimizer: { kind: 'adam', learningRate } });
  let last: readonly number[] = [];
  for (let n = 0; n < 200; n++) {
    const advance = training.advance(() => false, false);
    assert.ok(advance.kind === 'updated');
    last = [...last.slice(-19), advance.record.loss];
  }
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

describe('The rate that a range test suggests', () => {
  it('is a tenth of that of the lowest loss; beside it is that of the steepest descent', () => {
    // Over log₁₀ of the rate: a logistic fall around 1e-3, and from 1e-1 on a rise.
    const { suggestion, reason } = suggested((rate) => {
      const decade = Math.log10(rate);
      return 2 - 1 / (1 + Math.exp(-6 * (decade + 3))) + Math.max(0, decade + 1) ** 2 * 10;
    });
    assert.ok(suggestion !== undefined);
    assert.ok(Math.abs(Math.log10(suggestion.steepest) + 3) < 0.05, `steepest ${suggestion.steepest}`);
    assert.ok(Math.abs(Math.log10(suggestion.lowest) + 1) < 0.05, `lowest ${suggestion.lowest}`);
    assert.equal(suggestion.rate, Number((suggestion.lowest / 10).toPrecision(2)));
    assert.match(reason, /Smith 2017/);
  });

  it('does not exist where the loss does not fall, or by no more than its noise', () => {
    assert.equal(suggested(() => 1).suggestion, undefined);
    const losses = rates.map((_, i) => 1 + 0.3 * Math.sin(1.7 * i * i));
    const { suggestion, reason } = suggestRate({ rates, losses, smoothed: smoothLosses(losses), end: 'all' });
    assert.equal(suggestion, undefined);
    assert.match(reason, /^No rate is suggested: in 351 updates/);
    assert.equal(suggested((_, i) => 1 + 0.001 * i).suggestion, undefined);
  });

  it('is that of smoothed losses: averages with the weights 0.9ⁿ, which sum to 1', () => {
    const losses = [3, 1, 4, 1, 5, 9, 2, 6];
    const expected = losses.map((_, i) => {
      const weights = losses.slice(0, i + 1).map((_loss, j) => 0.9 ** (i - j));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.reduce((total, weight, j) => total + (weight * (losses[j] ?? NaN)) / sum, 0);
    });
    smoothLosses(losses).forEach((value, i) => {
      assert.ok(Math.abs(value - (expected[i] ?? NaN)) < 1e-12, `${value}, not ${expected[i]}`);
    });
  });
});

describe('A range test of the learning rate', () => {
  const sine = { data: { task: 'sine', length: 20 }, model: { cell: 'rnn', hidden: 8 }, clip: null };

  it('makes one update at each rate, fifty per decade, whatever the schedule', async () => {
    const keys = { ...sine, optimizer: { kind: 'adam', learningRate: 0.3, schedule: { cosine: 5 } } };
    const { result, seen } = await test(keys);
    assert.equal(rangeTestUpdates, 351);
    result.rates.forEach((rate, i) => {
      assert.ok(Math.abs(rate / (rates[i] ?? NaN) - 1) < 1e-12, `update ${i}: ${rate}`);
    });
    assert.equal(result.losses.length, result.rates.length);
    assert.deepEqual(seen[0], { done: 1, total: 351 });
  });

  it('finds a rate at which the net learns more than at a hundredth of it', async () => {
    const { result } = await test(sine);
    const rate = result.suggestion?.rate ?? NaN;
    assert.ok(lossAfter(sine, rate) < 0.7 * lossAfter(sine, rate / 100), `rate ${rate}: ${result.reason}`);
  });

  it('ends when the loss has risen, or is no longer finite', async () => {
    const wild = {
      ...sine,
      model: { cell: 'rnn', activation: 'identity', hidden: 8 },
      optimizer: { kind: 'sgd', learningRate: 0.1 },
    };
    const { result } = await test(wild);
    assert.notEqual(result.end, 'all');
    assert.ok(result.rates.length < 351 && result.losses.every(Number.isFinite));
  });
});

describe('A range test that was stored', () => {
  it('is read as it was, and not at all where its curve cannot be drawn', () => {
    const stored = { rates: [0.01, 0.1], losses: [2, 1], smoothed: [2, 1.5], end: 'all', reason: 'It falls.' };
    assert.deepEqual(storedRangeTestSchema.safeParse(stored).data, stored);
    for (const damage of [
      { rates: [0, 0.1] },
      { rates: [0.01] },
      { losses: [2, null] },
      { smoothed: [] },
      { suggestion: { rate: -1, steepest: 0.1, lowest: 0.1 } },
    ])
      assert.equal(storedRangeTestSchema.safeParse({ ...stored, ...damage }).data, undefined, JSON.stringify(damage));
  });
});
