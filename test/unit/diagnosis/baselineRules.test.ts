import assert from 'node:assert/strict';
import { Observations } from '../../../src/diagnosis/observations';
import { hasLearned } from '../../../src/diagnosis/progress';
import { worseThanPersistence } from '../../../src/diagnosis/rules/baselines';
import { causes } from '../../../src/diagnosis/rules/causes';
import type { RunInfo } from '../../../src/run/runInfo';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';

const rows = Array.from({ length: 60 }, (_, row) => Math.sin(row).toFixed(3));
const table = new Map([['waves.csv', new TextEncoder().encode(['level', ...rows].join('\n'))]]);

const baseline = (
  answer: 'constant' | 'persistence' | 'seasonal',
  value: number,
  heldOut = false,
): RunInfo['baselines'][number] => ({
  answer,
  name: heldOut ? `${answer}, held out` : answer,
  value,
  source: '',
  heldOut,
});

/** What a run on a table has observed whose losses go from one value to another, and stay there. */
function observed(losses: {
  readonly first?: number;
  readonly last: number;
  readonly validations?: readonly number[];
  readonly baselines: RunInfo['baselines'];
  readonly horizon?: number;
  /** What the losses are above and below their mean, in turns. */
  readonly noise?: number;
}): Observations {
  const { first = 1, last, validations = [], baselines, horizon = 1, noise = 0 } = losses;
  const data = { csv: 'waves.csv', inputs: ['level'], length: 6, horizon };
  const { setup } = exampleTraining({ data, training: { steps: 400, batch: 3 } }, table);
  const info = runInfoOf(setup, undefined, undefined, 1);
  const observations = new Observations(setup.experiment, { ...info, baselines });
  const updates = 400;
  for (let update = 0; update < updates; update++) {
    const loss = (update < 40 ? first : last) + (update % 2 === 0 ? noise : -noise);
    observations.observe({
      update,
      loss,
      validationLoss: validations[update - updates + validations.length],
      gradNorm: 1,
      clippedNorm: 1,
      clipCoefficient: 1,
      clipped: false,
      learningRate: 0.001,
      seconds: update,
      parameterNorms: info.layout.parameters.map(() => ({
        gradNorm: 1,
        clippedNorm: 1,
        updateNorm: 1e-3,
        weightNorm: 1,
      })),
      record: undefined,
    });
  }
  return observations;
}

describe('Whether a run has learned', () => {
  const training = baseline('constant', 1);
  const heldOut = baseline('constant', 0.8, true);

  it('is asked of the training loss and the constant answer', () => {
    assert.equal(hasLearned(observed({ last: 0.8, baselines: [training] })), true);
    assert.equal(hasLearned(observed({ last: 0.97, baselines: [training] })), false);
  });

  it('is asked of the held-out loss and the constant answer there, too', () => {
    const both = [training, heldOut];
    // A hard training part: 3 % below its mean, but 25 % below that of the held-out rows.
    assert.equal(hasLearned(observed({ first: 1.1, last: 0.97, validations: [0.6], baselines: both })), true);
    assert.equal(hasLearned(observed({ first: 1.1, last: 0.97, validations: [0.79], baselines: both })), false);
    // Held-out rows near a constant answer by chance, while the training loss is no lower than at the start or above the mean.
    assert.equal(hasLearned(observed({ first: 0.97, last: 0.97, validations: [0.6], baselines: both })), false);
    assert.equal(hasLearned(observed({ first: 1.2, last: 1.1, validations: [0.6], baselines: both })), false);
    // A clear fall below both constants, however noisy the batches are: a forecast of the Beijing pollution, 24 hours ahead.
    const noisy = { first: 0.962, last: 0.793, noise: 1, validations: [0.6], baselines: both };
    assert.equal(hasLearned(observed(noisy)), true);
    // An answer that no net gets below.
    const exact = [training, baseline('constant', 0, true)];
    assert.equal(hasLearned(observed({ first: 1.1, last: 0.97, validations: [0], baselines: exact })), false);
  });
});

describe('The sentence about a run that has not learned', () => {
  const messageOf = (first: number, last: number): string => {
    const baselines = [baseline('constant', 1), baseline('constant', 1.03, true)];
    const observations = observed({ first, last, validations: [0.96], baselines });
    return causes.flatMap((cause) => cause.check(observations)?.message ?? [])[0] ?? '';
  };

  it('says of a loss below the constant answer that it was there from the start', () => {
    const message = messageOf(0.88, 0.88);
    assert.match(
      message,
      /is 0\.880, against 1\.00 .*; on the held-out data it is 0\.960, against 1\.03\. In the first updates it was [\d.]+\./,
    );
    assert.match(message, /In the first updates it was 0\.880\. /);
    assert.doesNotMatch(messageOf(1.2, 1.01), /In the first updates/);
  });
});

describe('A run whose loss is still falling at its end', () => {
  const firstCause = (validations: readonly number[]): string => {
    // As high as the constant answer in training, with the noise of its batches: case 12 of the reported experiments.
    const baselines = [baseline('constant', 0.167)];
    const observations = observed({ first: 1, last: 0.1555, noise: 0.033, validations, baselines });
    return causes.flatMap((cause) => cause.check(observations)?.message ?? [])[0] ?? '';
  };

  it('is told so by its held-out losses, which have no noise of batches', () => {
    assert.match(
      firstCause([0.1414, 0.1404, 0.1397, 0.1339]),
      /The run has not learned: .* The held-out loss is still falling: from 0\.140 to 0\.134 over the last 3 validations\. Train longer\./,
    );
  });

  it('is not told so of held-out losses that stand still, or rise in between', () => {
    for (const validations of [
      [0.1501, 0.15, 0.1499],
      [0.15, 0.16, 0.14],
    ]) {
      assert.match(firstCause(validations), /It has fallen from [\d.]+ to there, and no further\./);
    }
  });
});

describe('A forecast that is better than persistence', () => {
  const better = [baseline('constant', 2), baseline('persistence', 1.5, true)];
  const seasonal = (value: number, period = 24) => ({
    ...baseline('seasonal', value, true),
    name: `seasonal persistence (${period}), held out`,
  });
  const check = (baselines: RunInfo['baselines']) =>
    worseThanPersistence.check(observed({ last: 0.6, validations: [0.7], baselines }));

  it('but worse than seasonal persistence is named, with the length of its windows where they are shorter', () => {
    const found = check([...better, seasonal(0.5)]);
    assert.deepEqual(found?.keyPath, ['data', 'length']);
    assert.match(
      found.message,
      /worse than seasonal persistence, .* of 24 rows: .* loss is 0\.700, and that of seasonal persistence 0\.500\. Its windows of 6 rows are shorter .* set "length" to 24/,
    );
    assert.deepEqual(check([...better, seasonal(0.5, 5)])?.keyPath, ['data', 'inputs']);
    assert.equal(check([...better, seasonal(0.69)]), undefined);
  });

  it('on average, but not for each of its targets, is named with these', () => {
    const observations = observed({ last: 0.6, validations: [0.7], baselines: better });
    const losses = { a: [0.1, 0.5], b: [0.9, 0.3], c: [1, 0.95], d: [0.8, 0.1], e: [5, 0] } as const;
    observations.heldOutByTarget = () =>
      Object.entries(losses).map(([name, [loss, persistence]]) => ({ name, loss, persistence }));
    const found = worseThanPersistence.check(observations);
    assert.deepEqual(found?.keyPath, ['data', 'targets']);
    assert.match(
      found.message,
      /2 of the 5 targets are predicted worse than by persistence, .*: "d" \(loss 0\.800, persistence 0\.100\), "b" \(loss 0\.900, persistence 0\.300\)\. The loss is the mean/,
    );
    observations.heldOutByTarget = () => [{ name: 'a', loss: 1, persistence: 0.95 }];
    assert.equal(worseThanPersistence.check(observations), undefined);
  });
});

describe('A forecast that is no better than persistence', () => {
  const messageOf = (horizon: number, validations: readonly number[]): string => {
    const baselines = [baseline('constant', 2), baseline('persistence', 0.5, true)];
    return worseThanPersistence.check(observed({ last: 0.6, validations, baselines, horizon }))?.message ?? '';
  };

  it('is named with its horizon', () => {
    const next = messageOf(1, [0.7]);
    assert.match(next, /^The net predicts the next row no better than persistence, .* 0\.700, and .* 0\.500\./);
    assert.match(messageOf(24, [0.7]), /^The net predicts the row 24 rows ahead no better than persistence/);
    assert.doesNotMatch(messageOf(24, [0.7]), /next row/);
    assert.equal(messageOf(24, [0.4]), '');
  });

  it('has its lowest loss beside the last one only where they differ', () => {
    assert.match(messageOf(1, [0.6, 0.7]), /its loss is 0\.700 \(0\.600 at its lowest\), and/);
    assert.doesNotMatch(messageOf(1, [0.7, 0.6]), /lowest/);
  });
});
