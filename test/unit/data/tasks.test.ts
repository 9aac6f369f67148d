import assert from 'node:assert/strict';
import { allowedNext, reberSymbols } from '../../../src/data/tasks/grammar';
import { sequencesOf, problemOf, opened } from './openedSource';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected} ± ${tolerance}`);
/** Half a unit in the last place of a single-precision number below 2, for each added number. */
const singleRounding = 3 * 2 ** -24;
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const share = <T>(values: readonly T[], holds: (value: T) => boolean) => values.filter(holds).length / values.length;
const onlyLast = (targets: readonly (number | undefined)[]) =>
  targets.slice(0, -1).every((target) => target === undefined);

describe('the adding problem', () => {
  const sequences = sequencesOf(opened({ data: { task: 'adding', length: 11 }, batch: 100 }), 20);

  it('has as target at the last step the sum of the two marked values, one in each half', () => {
    for (const [inputs, targets] of sequences) {
      const marked = inputs.flatMap(([, marker], t) => (marker === 1 ? [t] : []));
      assert.equal(marked.length, 2);
      assert.ok(marked[0] < 5 && marked[1] >= 5, String(marked));
      assert.ok(inputs.every(([, marker]) => marker === 0 || marker === 1));
      assert.ok(onlyLast(targets));
      near(targets[10] ?? NaN, inputs[marked[0]][0] + inputs[marked[1]][0], singleRounding);
    }
  });

  it('draws values from U(0, 1) and positions uniformly', () => {
    const values = sequences.flatMap(([inputs]) => inputs.map(([value]) => value));
    assert.ok(values.every((value) => value >= 0 && value < 1));
    near(meanOf(values), 1 / 2, 0.01);
    near(meanOf(values.map((value) => (value - 0.5) ** 2)), 1 / 12, 0.002);
    for (let t = 0; t < 11; t++)
      near(
        share(sequences, ([inputs]) => inputs[t][1] === 1),
        t < 5 ? 1 / 5 : 1 / 6,
        0.035,
      );
  });
});

describe('copying memory', () => {
  it("has Arjovsky's layout: symbols, blanks, go, blanks; and asks for the symbols again at the end", () => {
    const sequences = sequencesOf(opened({ data: { task: 'copy', symbols: 5, recall: 3, delay: 4 }, batch: 50 }), 10);
    const [blank, go] = [5, 6];
    for (const [inputs, targets] of sequences) {
      const symbols = inputs.map(([symbol]) => symbol);
      assert.equal(symbols.length, 4 + 2 * 3);
      assert.ok(symbols.slice(0, 3).every((symbol) => symbol < blank));
      assert.deepEqual(symbols.slice(3), [blank, blank, blank, go, blank, blank, blank]);
      assert.deepEqual(targets, [...Array<number>(7).fill(blank), ...symbols.slice(0, 3)]);
    }
    const shown = sequences.flatMap(([inputs]) => inputs.slice(0, 3).map(([symbol]) => symbol));
    for (let symbol = 0; symbol < 5; symbol++)
      near(
        share(shown, (other) => other === symbol),
        1 / 5,
        0.04,
      );
  });

  it('has a lag of recall + delay steps', () => {
    assert.equal(opened({ data: { task: 'copy', recall: 3, delay: 4 } }).lag, 7);
  });
});

describe('temporal order', () => {
  const sequences = sequencesOf(opened({ data: { task: 'temporalOrder', length: 40 }, batch: 100 }), 20);

  it('has as target at the last step the order of two symbols among distractors', () => {
    for (const [inputs, targets] of sequences) {
      const special = inputs.flatMap(([symbol], t) => (symbol < 2 ? [t] : []));
      assert.equal(special.length, 2);
      assert.ok(special[0] >= 4 && special[0] <= 8 && special[1] >= 16 && special[1] <= 20, String(special));
      assert.ok(onlyLast(targets));
      assert.equal(targets[39], 2 * inputs[special[0]][0] + inputs[special[1]][0]);
    }
  });

  it('has the symbols where the published code has them, if asked', () => {
    // p0 = randint(int(l·.1)) + int(l·.1), p1 = randint(int(l·.1)) + int(l·.5); randint excludes its bound.
    for (const [length, early, late] of [
      [40, [4, 5, 6, 7], [20, 21, 22, 23]],
      [47, [4, 5, 6, 7], [23, 24, 25, 26]],
    ] as const) {
      const data = { task: 'temporalOrder', length, positions: 'code' };
      const found = sequencesOf(opened({ data, batch: 100 }), 10).map(([inputs]) =>
        inputs.flatMap(([symbol], t) => (symbol < 2 ? [t] : [])),
      );
      const stepsOf = (which: number): readonly number[] =>
        [...new Set(found.map((special) => special[which] ?? -1))].sort((one, other) => one - other);
      assert.deepEqual([stepsOf(0), stepsOf(1)], [early, late]);
    }
  });

  it('draws four classes and four distractors uniformly', () => {
    for (let label = 0; label < 4; label++)
      near(
        share(sequences, ([, targets]) => targets[39] === label),
        1 / 4,
        0.03,
      );
    const distractors = sequences.flatMap(([inputs]) => inputs.slice(21).map(([symbol]) => symbol));
    for (let symbol = 2; symbol < 6; symbol++)
      near(
        share(distractors, (other) => other === symbol),
        1 / 4,
        0.01,
      );
  });
});

describe('parity', () => {
  it('has as target at the last step whether the number of ones is odd', () => {
    const sequences = sequencesOf(opened({ data: { task: 'parity', length: 9 }, batch: 100 }), 10);
    for (const [inputs, targets] of sequences) {
      assert.ok(onlyLast(targets));
      assert.equal(targets[8], (meanOf(inputs.map(([bit]) => bit)) * 9) % 2);
    }
    near(
      share(sequences, ([, targets]) => targets[8] === 1),
      1 / 2,
      0.05,
    );
  });
});

describe('the two-lag echo', () => {
  it('draws every target with probability ½ + ½·x[t−a] − ¼·x[t−b], bits before the first being 0', () => {
    const [a, b] = [2, 5];
    const sequences = sequencesOf(opened({ data: { task: 'echo', lags: [a, b], length: 20 }, batch: 100 }), 50);
    const ones = new Map<string, [ones: number, all: number]>();
    for (const [inputs, targets] of sequences) {
      for (let t = 0; t < 20; t++) {
        const key = [t < a ? 0 : inputs[t - a][0], t < b ? 0 : inputs[t - b][0]].join();
        const [count, all] = ones.get(key) ?? [0, 0];
        ones.set(key, [count + Number(targets[t]), all + 1]);
      }
    }
    const chances = [...ones].map(([key, [count, all]]) => [key, count / all] as const);
    const expected: Readonly<Record<string, number>> = { '0,0': 0.5, '1,0': 1, '0,1': 0.25, '1,1': 0.75 };
    assert.equal(chances.length, 4);
    for (const [key, chance] of chances) near(chance, expected[key] ?? NaN, 0.015);
  });
});

describe('the embedded Reber grammar', () => {
  const spell = (symbols: readonly number[]) => symbols.map((symbol) => reberSymbols[symbol]).join('');
  const source = opened({ data: { task: 'reber' }, batch: 100 });
  const strings = sequencesOf(source, 20).map(([inputs, targets]) => {
    const steps = targets.filter((target) => target !== undefined).length;
    assert.ok(
      targets.slice(steps).every((target) => target === undefined),
      'a gap in the mask',
    );
    return [inputs[0][0], ...targets.slice(0, steps)].map(Number);
  });
  // The inner grammar as a regular expression, derived by hand from the diagram in Hochreiter & Schmidhuber 1997.
  const fromThree = 'T*V(PX T*V)*(PS|V)'.replaceAll(' ', '');
  const inner = `B(TS*X(S|X${fromThree})|P${fromThree})E`;
  const embedded = new RegExp(`^B(T${inner}T|P${inner}P)E$`);

  it('draws only strings of the grammar', () => {
    for (const string of strings) assert.match(spell(string), embedded);
    for (const string of ['BTBTXSETE', 'BPBPVVEPE', 'BTBPVPXVVETE']) assert.match(string, embedded);
    for (const illegal of ['BTBTXSEPE', 'BTBPVPVVETE', 'BTXSE']) assert.doesNotMatch(illegal, embedded);
  });

  it('is 12 symbols long on average, and takes every branch equally often', () => {
    near(meanOf(strings.map((string) => string.length)), 12, 0.2);
    near(
      share(strings, (string) => string[1] === 1),
      1 / 2,
      0.03,
    );
    assert.equal(source.lag, 8);
  });

  it('gives the allowed next symbols: after every prefix exactly those that continue some string', () => {
    const seen = new Map<string, Set<number>>();
    for (const string of strings) {
      for (let k = 1; k < Math.min(string.length, 7); k++) {
        const prefix = string.slice(0, k).join();
        seen.set(prefix, (seen.get(prefix) ?? new Set()).add(string[k]));
      }
    }
    assert.ok(seen.size > 30);
    const often = [...seen].filter(
      ([prefix]) => strings.filter((string) => `${string.join()},`.startsWith(`${prefix},`)).length > 40,
    );
    for (const [prefix, next] of often) {
      assert.deepEqual([...allowedNext(prefix.split(',').map(Number))].sort(), [...next].sort(), prefix);
    }
    assert.deepEqual(allowedNext([0, 0]), []);
  });

  it('can be drawn in batches of any size', function () {
    this.timeout(20_000);
    assert.equal(opened({ data: { task: 'reber' }, batch: 200_000 }).next().batch, 200_000);
  });

  it('gives the allowed next symbols of every step of a batch, and none at steps without a loss', () => {
    const batch = source.next();
    for (let sequence = 0; sequence < batch.batch; sequence++) {
      for (let t = 0; t < batch.steps; t++) {
        const allowed = source.allowedNext?.(batch, sequence, t) ?? [];
        const cell = t * batch.batch + sequence;
        if (batch.mask[cell] === 0) assert.deepEqual(allowed, []);
        else assert.ok(batch.targets.kind === 'classes' && allowed.includes(batch.targets.indices[cell]));
      }
    }
  });
});

describe('the delay task', () => {
  it('has as target the input `lag` steps before, from step `lag` on', () => {
    const sequences = sequencesOf(opened({ data: { task: 'delay', lag: 3, length: 8 }, batch: 200 }), 10);
    for (const [inputs, targets] of sequences) {
      const values = inputs.map(([value]) => value);
      assert.deepEqual(targets, [undefined, undefined, undefined, ...values.slice(0, 5)]);
      assert.ok(values.every((value) => value >= -0.5 && value < 0.5));
    }
    near(meanOf(sequences.map(([inputs]) => inputs[0][0])), 0, 0.02);
  });
});

describe('the noisy sine', () => {
  it('has as target at every step the next value', () => {
    for (const [inputs, targets] of sequencesOf(opened({ data: { task: 'sine', length: 10 }, batch: 20 }), 5)) {
      assert.deepEqual(
        targets.slice(0, -1),
        inputs.slice(1).map(([value]) => value),
      );
    }
  });

  it('is without noise a sine of the period, with random phase', () => {
    const sequences = sequencesOf(opened({ data: { task: 'sine', length: 12, period: 7, noise: 0 }, batch: 200 }), 5);
    const turn = 2 * Math.cos((2 * Math.PI) / 7);
    for (const [inputs] of sequences) {
      const values = inputs.map(([value]) => value);
      for (let t = 2; t < 12; t++) near(values[t], turn * values[t - 1] - values[t - 2], 3 * singleRounding);
    }
    near(meanOf(sequences.map(([inputs]) => inputs[0][0] ** 2)), 1 / 2, 0.03);
  });
});

describe('a task of varying length', () => {
  it('draws a length from the range for each batch', () => {
    const source = opened({ data: { task: 'parity', length: [3, 6] }, batch: 4 });
    assert.equal(source.steps, 6);
    const lengths = Array.from({ length: 400 }, () => source.next().steps);
    for (const length of [3, 4, 5, 6])
      near(
        share(lengths, (other) => other === length),
        1 / 4,
        0.07,
      );
    assert.equal(
      share(lengths, (length) => length < 3 || length > 6),
      0,
    );
  });

  it('is validated on 256 sequences, of another length if one is given', () => {
    const source = opened({ data: { task: 'parity', length: [1, 40], validation: { length: 500 } }, batch: 48 });
    const batches = [...source.validation()];
    assert.equal(
      batches.reduce((total, { batch }) => total + batch, 0),
      256,
    );
    assert.ok(batches.every(({ steps }) => steps === 500));
  });

  it('is rejected before allocation if it is too large for memory', () => {
    const problem = problemOf({ data: { task: 'adding', length: 1_000_000 }, batch: 1_000_000 });
    assert.equal(problem.code, 'batchTooLarge');
    assert.deepEqual(problem.keyPath, ['data', 'length']);
    assert.match(problem.message, /1,000,000 steps × 1,000,000 sequences × 3 per step/);
    problemOf({ data: { task: 'sine', validation: { length: 1_000_000 } }, batch: 1_000_000 });
  });
});
