import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fourierTransform } from '../../../src/data/table/baselines/fourier';
import { randomFrom } from '../../../src/data/random';
import { autocorrelation, evidentPeriods } from '../../../src/data/table/baselines/seasonality';
import { opened } from './openedSource';

interface Reference {
  readonly values: readonly number[];
  readonly acf: readonly number[];
  readonly tables: readonly Readonly<Record<string, number>>[];
}

/** Computed with NumPy; see baselines_reference.py. */
const reference = JSON.parse(readFileSync('test/fixtures/baselines_reference.json', 'utf8')) as Reference;

const isNear = (value: number, expected: number, message = ''): void => {
  assert.ok(
    Math.abs(value - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${message}: ${value}, not ${expected}`,
  );
};
const column = (values: readonly (number | string)[]): string => `y\n${values.join('\n')}\n`;
const table = { csv: 'a.csv', inputs: ['y'], length: 10 };

describe('The baselines of a table', () => {
  it('are those that NumPy computes from their definitions, on the training part and on the held-out rows', () => {
    for (const { validation, horizon, ...expected } of reference.tables) {
      const { baselines } = opened({ data: { ...table, validation, horizon }, batch: 4 }, column(reference.values));
      assert.deepEqual(
        baselines.map(({ name }) => name),
        Object.keys(expected),
      );
      for (const { name, value, heldOut } of baselines) {
        isNear(value, expected[name] ?? NaN, `${name}, horizon ${horizon}`);
        assert.equal(heldOut, name.endsWith('held out'));
      }
    }
  });

  it('say how they are defined and where they are measured', () => {
    const { baselines } = opened({ data: { ...table, horizon: 14 }, batch: 4 }, column(reference.values));
    assert.deepEqual(
      baselines.filter(({ heldOut }) => heldOut === true).map(({ answer, source }) => [answer, source]),
      [
        ['constant', 'the mean of the training part, measured on the held-out rows'],
        ['persistence', 'row t+14 is row t, measured on the held-out rows'],
        [
          'seasonal',
          'row t+14 is row t−10, the last known one of the same phase (seasonal naive method); the period of 12 rows is the highest autocorrelation of the training part, measured on the held-out rows',
        ],
      ],
    );
  });

  it('have no seasonal persistence where it is persistence, worse than the mean, or without a period', () => {
    const names = (values: readonly (number | string)[], data: object = {}) =>
      opened({ data: { ...table, ...data }, batch: 4 }, column(values)).baselines.map(({ name }) => name);
    assert.ok(!names(reference.values, { horizon: 12 }).some((name) => name.startsWith('seasonal')));
    assert.ok(!names(reference.values.map((_, row) => row)).some((name) => name.startsWith('seasonal')));
    const gaps = reference.values.map((value, row) => (row % 9 === 4 ? 'NA' : value));
    assert.ok(names(gaps, { gaps: 'mask' }).includes('seasonal persistence (12), held out'));
    assert.deepEqual(names(reference.values, { validation: 0 }), ['mean', 'persistence', 'seasonal persistence (12)']);
  });

  it('never look across the start of a sequence', () => {
    const rows = reference.values.map((value, row) => `${row < 120 ? 'a' : 'b'},${row < 120 ? value : value + 1000}`);
    const data = { ...table, sequence: 'id', validation: 0.5, normalize: 'none' };
    const { baselines } = opened({ data, batch: 4 }, `id,y\n${rows.join('\n')}\n`);
    const persistence = baselines.find(({ name }) => name === 'persistence, held out')?.value ?? NaN;
    const second = reference.values.slice(120);
    const expected = second.slice(1).reduce((sum, value, row) => sum + (value - (second[row] ?? 0)) ** 2, 0) / 119;
    assert.ok(Math.abs(persistence - expected) < 1e-6 * expected, `${persistence}, not ${expected}`);
  });

  it('of classes and characters are frequencies, also on held-out data, where an unseen one counts once', () => {
    const classes = ['a', 'a', 'b', 'a', 'b', 'a', 'a', 'b', 'a', 'c'];
    const text = `x,k\n${classes.map((name, row) => `${row},${name}`).join('\n')}\n`;
    const data = { csv: 'a.csv', inputs: ['x'], targets: ['k'], length: 2 };
    const [seen, held] = opened({ data, batch: 1 }, text).baselines;
    isNear(seen?.value ?? NaN, -(5 / 8) * Math.log(5 / 8) - (3 / 8) * Math.log(3 / 8));
    isNear(held?.value ?? NaN, -(Math.log(5 / 8) + Math.log(1 / 8)) / 2);
    const { baselines } = opened({ data: { text: 'a', length: 2, validation: 0.2 }, batch: 1 }, 'aababaababaabacaabca');
    const characters = baselines.find(({ name }) => name === 'character frequencies, held out');
    // Training "aababaababaabaca": 10 a, 5 b, 1 c; of the held-out "abca" all but the first are predicted.
    isNear(characters?.value ?? NaN, -(Math.log(5 / 16) + Math.log(1 / 16) + Math.log(10 / 16)) / 3);
    assert.deepEqual([characters?.answer, characters?.heldOut], ['constant', true]);
  });
});

describe('Persistence of a class column', () => {
  const data = { csv: 'a.csv', inputs: ['x'], targets: ['k'], length: 2, validation: 0.25 };
  const tableOf = (classes: string): string =>
    `x,k\n${Array.from(classes, (name, row) => `${row},class ${name}`).join('\n')}\n`;

  it('gives the last class the probability with which it comes again, and shares the rest', () => {
    // Training "aaabbbccc": of 8 rows with one before, 6 have the same class. Held out "caa": the same, another, the same.
    const { baselines } = opened({ data, batch: 1 }, tableOf('aaabbbccccaa'));
    assert.deepEqual(
      baselines.map(({ name }) => name),
      ['class frequencies', 'class frequencies, held out', 'persistence', 'persistence, held out'],
    );
    isNear(baselines[2]?.value ?? NaN, -0.75 * Math.log(0.75) - 0.25 * Math.log(0.125));
    isNear(baselines[3]?.value ?? NaN, (-2 * Math.log(0.75) - Math.log(0.125)) / 3);
    assert.match(baselines[3]?.source ?? '', /the class of row t with a probability of 75 %, .* on the held-out rows$/);
  });

  it('is finite where the training part always repeats', () => {
    const { baselines } = opened({ data: { ...data, horizon: 2 }, batch: 1 }, tableOf('ababababaaba'));
    assert.ok(baselines.every(({ value }) => Number.isFinite(value)));
    isNear(baselines.find(({ name }) => name === 'persistence')?.value ?? NaN, 0);
  });

  it('is left out where the last class is not the most likely, where it is no better than the frequencies, and without it', () => {
    const names = (classes: string, changes: object = {}): readonly string[] =>
      opened({ data: { ...data, ...changes }, batch: 1 }, tableOf(classes)).baselines.map(({ name }) => name);
    assert.ok(!names('abcabcabcabc').includes('persistence'));
    assert.ok(!names('aaabaaaabaaa').includes('persistence'));
    assert.ok(!names('aaabbbccccaa', { horizon: 0 }).includes('persistence'));
  });
});

describe('The autocorrelation', () => {
  it('is that of statsmodels, without the linear trend', () => {
    const found = autocorrelation(Float64Array.from(reference.values.slice(0, 192)), 24);
    for (const [lag, expected] of reference.acf.entries()) isNear(found[lag] ?? NaN, expected, `lag ${lag}`);
  });

  it('is computed by a transform that is the sum of its definition', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 16, maxLength: 16 }), (numbers) => {
        const series = { real: Float64Array.from(numbers.slice(0, 8)), imaginary: Float64Array.from(numbers.slice(8)) };
        fourierTransform(series);
        for (let k = 0; k < 8; k++) {
          let [real, imaginary] = [0, 0];
          for (let n = 0; n < 8; n++) {
            const angle = (-2 * Math.PI * k * n) / 8;
            const [x, y] = [numbers[n], numbers[8 + n]];
            real += x * Math.cos(angle) - y * Math.sin(angle);
            imaginary += x * Math.sin(angle) + y * Math.cos(angle);
          }
          isNear(series.real[k], real);
          isNear(series.imaginary[k], imaginary);
        }
      }),
    );
  });

  it('shows a short period under slow changes, and a noisy year as 365 days', () => {
    const random = randomFrom(1, 'training');
    let level = 0;
    const hourly = Float64Array.from({ length: 2000 }, (_, hour) => {
      level += 0.1 * random.normal();
      return level + Math.sin((2 * Math.PI * hour) / 24);
    });
    assert.ok(evidentPeriods(hourly).some(({ rows }) => rows === 24));
    const daily = Float64Array.from(
      { length: 1500 },
      (_, day) => Math.sin((2 * Math.PI * day) / 365.25) + 0.5 * random.normal(),
    );
    assert.deepEqual(
      evidentPeriods(daily).map(({ rows }) => rows),
      [365],
    );
  });

  it('shows no period in noise and random walks', () => {
    const random = randomFrom(2, 'training');
    let alarms = 0;
    for (let series = 0; series < 300; series++) {
      let value = 0;
      const memory = [0, 0.9, 1][series % 3] ?? 0;
      const values = Float64Array.from({ length: 300 }, () => (value = memory * value + random.normal()));
      if (evidentPeriods(values).length > 0) alarms += 1;
    }
    assert.ok(alarms <= 3, `${alarms} of 300`);
  });
});
