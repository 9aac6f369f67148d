import assert from 'node:assert/strict';
import type { Source } from '../../../src/data/source';
import { inputsOf, opened, problemOf, sequencesOf, targetsOf } from './openedSource';

/** Every sequence of some batches: its inputs up to its last target, and its targets. */
function rowsOf(source: Source, batches = 40) {
  const found = new Map<string, { readonly inputs: readonly number[]; readonly targets: readonly unknown[] }>();
  for (let count = 0; count < batches; count++) {
    const batch = source.next();
    for (let sequence = 0; sequence < batch.batch; sequence++) {
      const inputs = inputsOf(batch, sequence).map(([value]) => value ?? NaN);
      const targets = targetsOf(batch, sequence);
      found.set(JSON.stringify(inputs), { inputs, targets });
    }
  }
  return [...found.values()];
}

/** Rows of `id,x,label`: sequence `a` counts from 10, `b` from 20, …; their rows alternate in the file. */
function table(lengths: Readonly<Record<string, number>>, label = (id: string) => id.toUpperCase()): string {
  const rows: string[] = [];
  const names = Object.keys(lengths);
  for (let t = 0; t < Math.max(...Object.values(lengths)); t++) {
    for (const [index, id] of names.entries()) {
      if (t < (lengths[id] ?? 0)) rows.push(`${id},${10 * (index + 1) + t},${label(id)}`);
    }
  }
  return `id,x,label\n${rows.join('\n')}\n`;
}

const base = { csv: 'a.csv', inputs: ['x'], normalize: 'none', sequence: 'id', validation: 0 };

describe('a table with a column of sequences', () => {
  const lengths = { a: 5, b: 3, c: 7 };

  it('has windows within one sequence; a shorter sequence is a window of its own length', () => {
    const source = opened({ data: { ...base, length: 4 }, batch: 3 }, table(lengths));
    assert.equal(source.steps, 4);
    for (const { inputs, targets } of rowsOf(source)) {
      const steps = targets.filter((target) => target !== undefined).length;
      for (let t = 0; t < steps; t++) {
        assert.equal(inputs[t], (inputs[0] ?? 0) + t);
        assert.equal(targets[t], (inputs[t] ?? 0) + 1);
      }
      // After its last step nothing follows.
      assert.ok(inputs.slice(steps).every((value) => value === 0));
      assert.ok(targets.slice(steps).every((target) => target === undefined));
    }
    const starts = new Set(rowsOf(source).map(({ inputs }) => inputs[0]));
    // a has 5 rows: one window of 4 inputs; b has 3: 2 inputs; c has 7: windows at its first three rows.
    assert.deepEqual([...starts].sort(), [10, 20, 30, 31, 32]);
  });

  it('trains on whole sequences with the class of their last row', () => {
    const data = { ...base, targets: ['label'], targetAt: 'last' };
    const source = opened({ data, batch: 4 }, table(lengths));
    assert.deepEqual([source.targetKind, source.outputs, source.steps], ['classes', 3, 7]);
    assert.deepEqual(source.outputNames, ['A', 'B', 'C']);
    const seen = new Map<number, string>();
    for (const { inputs, targets } of rowsOf(source)) {
      const last = targets.findIndex((target) => target !== undefined);
      assert.equal(targets.filter((target) => target !== undefined).length, 1);
      const first = inputs[0] ?? NaN;
      assert.deepEqual(
        inputs.slice(0, last + 1),
        Array.from({ length: last + 1 }, (_, t) => first + t),
      );
      seen.set(first, `${last + 1} ${String(targets[last])}`);
    }
    assert.deepEqual(
      [...seen].sort(([a], [b]) => a - b),
      [
        [10, '5 0'],
        [20, '3 1'],
        [30, '7 2'],
      ],
    );
  });

  it('holds out whole sequences, spread evenly, each of their rows once', () => {
    const source = opened(
      { data: { ...base, length: 4, validation: 0.34 }, batch: 8 },
      table({ a: 5, b: 3, c: 9, d: 4, e: 4, f: 2 }),
    );
    // Of six sequences ⌊6 · 0.34⌋ = 2: the third, where 3 · 0.34 first exceeds 1, and the sixth.
    const heldOut: number[] = [];
    for (const batch of source.validation()) {
      for (let sequence = 0; sequence < batch.batch; sequence++) {
        for (const target of targetsOf(batch, sequence)) if (target !== undefined) heldOut.push(target);
      }
    }
    assert.deepEqual(heldOut, [31, 32, 33, 34, 35, 36, 37, 38, 61]);
    const trained = new Set(rowsOf(source).flatMap(({ inputs }) => inputs.filter((value) => value !== 0)));
    assert.ok([...trained].every((value) => (value < 30 || value >= 40) && value < 60));
    assert.deepEqual(source.table?.sequences, { count: 6, training: 4, least: 2, most: 9 });
  });

  it('takes integers as classes where it is told so, in their numeric order', () => {
    const labels: Readonly<Record<string, string>> = { a: '10', b: '9', c: '-1' };
    const data = { ...base, targets: ['label'], targetAt: 'last', classes: true };
    const source = opened(
      { data, batch: 4 },
      table(lengths, (id) => labels[id] ?? ''),
    );
    assert.deepEqual(source.outputNames, ['-1', '9', '10']);
  });

  it('knows the frequencies of the classes, on both parts', () => {
    const data = { ...base, targets: ['label'], targetAt: 'last', validation: 0.25 };
    const classOf = (id: string) => (id === 'a' || id === 'b' || id === 'd' ? 'yes' : 'no');
    const source = opened({ data, batch: 2 }, table({ a: 2, b: 2, c: 2, d: 2 }, classOf));
    // Training: yes, yes, no. Held out: yes.
    const [training, heldOut] = source.baselines;
    assert.ok(Math.abs((training?.value ?? NaN) - -((2 / 3) * Math.log(2 / 3) + (1 / 3) * Math.log(1 / 3))) < 1e-12);
    assert.ok(Math.abs((heldOut?.value ?? NaN) - -Math.log(2 / 3)) < 1e-12);
    assert.equal(heldOut?.heldOut, true);
  });

  it('is refused without a usable sequence, with a row of no sequence, and with nothing held out', () => {
    assert.match(problemOf({ data: { ...base, horizon: 9 } }, table(lengths)).message, /no sequence for training/);
    assert.match(
      problemOf({ data: base }, 'id,x\na,1\n,2\n').message,
      /row 3 has an empty cell in the column of sequences "id"\. Write which/,
    );
    assert.match(
      problemOf({ data: { ...base, validation: 0.2 } }, table(lengths)).message,
      /holds out none of the 3 sequences/,
    );
  });
});

describe('a sequence without a value in an input', () => {
  const text = 'id,x,y\na,1,1\nb,?,4\na,3,2\nb,?,5\nb,?,6\nc,?,7\nc,?,8\na,,3\n';
  const data = { csv: 'a.csv', inputs: ['x'], targets: ['y'], sequence: 'id', length: 2, horizon: 0, validation: 0 };

  it('is refused where gaps are interpolated, with its row: a net would get no number', () => {
    const problem = problemOf({ data: { ...data, gaps: 'interpolate' }, batch: 1 }, text);
    assert.match(
      problem.message,
      /^Column "x" of "a\.csv" has no value in the sequence that begins in row 3 and in 1 other sequence: there is nothing to interpolate between\. Set "gaps" to "mask" or "skip", or leave out the column\.$/,
    );
    assert.deepEqual([problem.keyPath, problem.dataPlaces?.[0]?.line], [['data', 'inputs', 0], 3]);
  });

  it('gets the mean and an indicator where gaps are masked', () => {
    const source = opened({ data: { ...data, gaps: 'mask', normalize: 'none' }, batch: 1 }, text);
    const [inputs] = sequencesOf(source, 60).find(([, targets]) => targets[0] === 4) ?? [];
    // The mean of the values 1 and 3.
    assert.deepEqual(inputs, [
      [2, 1],
      [2, 1],
    ]);
  });
});

describe('a class column', () => {
  const rows = ['sun', 'rain', 'sun', 'fog', 'rain', 'sun', 'sun', 'fog'];
  const text = `x,w\n${rows.map((name, row) => `${row},${name}`).join('\n')}`;
  const data = { csv: 'a.csv', inputs: ['x'], targets: ['w'], normalize: 'none', length: 3, validation: 0 };

  it('is predicted `horizon` rows later at every step', () => {
    const source = opened({ data, batch: 2 }, text);
    assert.deepEqual(source.outputNames, ['fog', 'rain', 'sun']);
    const indices = rows.map((name) => source.outputNames.indexOf(name));
    for (const { inputs, targets } of rowsOf(source)) {
      assert.deepEqual(
        targets,
        inputs.map((row) => indices[row + 1]),
      );
    }
    for (const { inputs, targets } of rowsOf(opened({ data: { ...data, horizon: 0 }, batch: 2 }, text))) {
      assert.deepEqual(
        targets,
        inputs.map((row) => indices[row]),
      );
    }
  });

  it('has a target at the last step of every window where it is told so', () => {
    for (const { targets } of rowsOf(opened({ data: { ...data, targetAt: 'last' }, batch: 2 }, text))) {
      assert.deepEqual(
        targets.map((target) => target !== undefined),
        [false, false, true],
      );
    }
  });

  it('has no loss where a class is missing, if gaps are masked', () => {
    const gap = text.replace('3,fog', '3,');
    assert.match(problemOf({ data }, gap).message, /1 missing value/);
    const source = opened({ data: { ...data, gaps: 'mask' }, batch: 2 }, gap);
    for (const { inputs, targets } of rowsOf(source)) {
      for (const [t, row] of inputs.entries()) assert.equal(targets[t] === undefined, row + 1 === 3);
    }
  });

  it('with a number among its texts is refused, unless numbers are classes too', () => {
    const mixed = text.replace('4,rain', '4,7');
    assert.match(
      problemOf({ data }, mixed).message,
      /row 6 has "7" in column "w", whose first value is the text "sun"\. If both are names of classes, set "classes" to true/,
    );
    assert.deepEqual(opened({ data: { ...data, classes: true } }, mixed).outputNames, ['7', 'fog', 'rain', 'sun']);
  });

  it('that begins with a number is refused with the same way out, wherever the first text is', () => {
    const mixed = text.replace('0,sun', '0,7');
    assert.match(
      problemOf({ data }, mixed).message,
      /row 3 has "rain" in column "w", which is not a number\. If the values are names of classes, set "classes" to true/,
    );
    assert.equal(opened({ data: { ...data, classes: true } }, mixed).outputs, 4);
    assert.match(problemOf({ data }, 'x,w\n1,2\n2,"3,5"\n3,4\n4,5\n').message, /Set "decimal" to ","/);
  });

  it('of one class, or of texts that the experiment calls numbers, is refused', () => {
    assert.match(
      problemOf({ data }, 'x,w\n1,sun\n2,sun\n3,sun\n4,sun\n').message,
      /Column "w" of "a\.csv" has only the class "sun"/,
    );
    assert.match(
      problemOf({ data, loss: 'mse' }, text).message,
      /row 2 has "sun" in column "w", which is not a number/,
    );
    assert.match(problemOf({ data: { ...data, classes: false } }, text).message, /which is not a number/);
  });

  it('in the place of numbers is reported at the key that names it', () => {
    const at = (more: object, content = text) => {
      const { keyPath, message } = problemOf({ data: { ...data, ...more } }, content);
      return `${keyPath.join('.')}: ${message}`;
    };
    const advice = /which is not a number\. Inputs are columns of numbers\. A column of classes is the only target/;
    assert.match(at({ inputs: ['x', 'w'], targets: ['x'] }), advice);
    const wayOut = /leave the column out, or replace it in the file by a column of 0 and 1 for each of its words/;
    assert.match(at({ inputs: ['x', 'w'], targets: ['x'] }), wayOut);
    assert.match(at({ inputs: ['x', 'w'], targets: ['x'] }), /^data\.inputs\.1: /);
    assert.match(at({ targets: ['w', 'x'] }), /^data\.targets\.0: /);
    assert.match(
      at({ inputs: ['day'], targets: ['x'] }, 'x,day\n1,2020-01-01\n2,2020-01-02\n'),
      /^data\.inputs\.0: .*which is a date and not a number\. Name a column of dates in "time" only/,
    );
  });
});
