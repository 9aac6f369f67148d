import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeldOutEvaluation } from '../../../src/trainer/predictions/heldOutEvaluation';
import { predictionErrors } from '../../../src/trainer/predictions/predictionErrors';
import { heldOutByTarget } from '../../../src/trainer/training/heldOutByTarget';
import { openHeldOut } from '../../../src/trainer/predictions/predictionReader';
import { openSource } from '../../../src/data/source';
import { experimentOver, opened } from '../data/openedSource';
import { exampleTraining } from './exampleTraining';

/** An untrained net's held-out loss, predictions and errors for a table. */
function evaluated(text: string, data: Readonly<Record<string, unknown>>) {
  const files = new Map([['a.csv', new TextEncoder().encode(text)]]);
  const { setup } = exampleTraining(
    { data: { csv: 'a.csv', ...data }, model: { cell: 'rnn', hidden: 3 }, training: { steps: 9, batch: 4 } },
    files,
  );
  const heldOut = openHeldOut(setup, files);
  assert.ok(typeof heldOut !== 'string');
  const evaluation = new HeldOutEvaluation(setup.source, heldOut.part, heldOut.table, setup.experiment.loss);
  while (evaluation.advance(setup.learner));
  const predictions = evaluation.finish();
  const errors = predictions.table.targets.map((_, column) => {
    const found = predictionErrors(predictions, column, setup.source.scaling);
    assert.ok(found.kind === 'values');
    return found;
  });
  const baseline = (name: string): number =>
    setup.source.baselines.find((one) => one.name === name && one.heldOut)?.value ?? NaN;
  const loss = setup.learner.evaluate(setup.source.validation())?.loss ?? NaN;
  return { loss, errors, predictions, baseline, byTarget: heldOutByTarget(setup) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const close = (actual: number, expected: number, what: string): void => {
  assert.ok(Math.abs(actual - expected) <= 1e-5 * (1 + Math.abs(expected)), `${what}: ${actual}, not ${expected}`);
};
const column = (values: readonly (number | string)[]): string => `y\n${values.join('\n')}\n`;

/** Forty numbers, some of them replaced. */
const numbers = (missing: readonly number[]): readonly (number | string)[] =>
  Array.from({ length: 40 }, (_, row) =>
    missing.includes(row) ? 'NA' : Math.round(90 * Math.sin(row)) / 10 + row / 4,
  );

describe('The rows of a table that losses and errors count', () => {
  it('are the same for the held-out loss, the errors of the net and those of persistence, whatever is missing', () => {
    const cell = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -99, max: 99 }) },
      { weight: 1, arbitrary: fc.constant('') },
    );
    const rows = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), cell, cell), { minLength: 30, maxLength: 60 });
    let compared = 0;
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('mask', 'interpolate', 'skip'),
        fc.constantFrom(undefined, 's'),
        fc.constantFrom(['x'], ['y', 'z'], ['y']),
        fc.constantFrom(1, 2),
        (table, gaps, sequence, targets, horizon) => {
          const lines = table.map((values, row) => `s${Math.floor(row / 6)},${values.join()}`);
          const data = { csv: 'a.csv', inputs: ['x'], targets, sequence, gaps, horizon, length: 4, validation: 0.4 };
          const text = `s,x,y,z\n${lines.join('\n')}\n`;
          const files = new Map([['a.csv', new TextEncoder().encode(text)]]);
          if (openSource(experimentOver({ data, batch: 1 }), files).kind === 'refused') return;
          const { loss, errors, baseline } = evaluated(text, data);
          if (errors[0]?.count === 0) return;
          compared += 1;
          const squares = (of: 'rmse' | 'persistence'): number =>
            mean(errors.map((error) => (error[of] / error.scaling.scale) ** 2));
          close(squares('rmse'), loss, 'held-out loss');
          close(squares('persistence'), baseline('persistence, held out'), 'persistence');
          for (const { count, persistenceCount } of errors) {
            assert.equal(persistenceCount, count);
            assert.equal(count, errors[0]?.count);
          }
        },
      ),
      { numRuns: 150 },
    );
    assert.ok(compared > 50, `${compared}`);
  });

  it('are those of the losses of single targets, too, which the diagnosis compares', () => {
    const [first, second] = [numbers([33]), numbers([35, 36])];
    const text = `y,z\n${first.map((value, row) => `${value},${second[row]}`).join('\n')}\n`;
    const { errors, byTarget } = evaluated(text, { inputs: ['y', 'z'], gaps: 'mask', length: 4 });
    assert.deepEqual(
      byTarget?.map(({ name }) => name),
      ['y', 'z'],
    );
    for (const [index, { loss, persistence }] of (byTarget ?? []).entries()) {
      const { rmse, persistence: last, scaling } = errors[index] ?? assert.fail();
      close(loss, (rmse / scaling.scale) ** 2, 'loss');
      close(persistence, (last / scaling.scale) ** 2, 'persistence');
    }
    assert.equal(evaluated(column(numbers([])), { inputs: ['y'], length: 4 }).byTarget, undefined);
  });

  it('have measured values only: those that are interpolated count in no loss, baseline, error or σ', () => {
    const missing = [3, 4, 5, 6, 20, 33, 34, 38];
    const values = numbers(missing);
    const measured = values.slice(0, 32).filter((value) => typeof value === 'number');
    const sigma = Math.sqrt(mean(measured.map((value) => (value - mean(measured)) ** 2)));
    const data = { inputs: ['y'], length: 4 };
    for (const gaps of ['interpolate', 'mask']) {
      const { errors, baseline } = evaluated(column(values), { ...data, gaps });
      close(errors[0]?.scaling.scale ?? NaN, sigma, 'σ');
      assert.equal(errors[0]?.count, 8 - 3);
      // The last known value before each measured one.
      const pairs = values.flatMap((value, row) => {
        const before = values.slice(0, row).findLast((one) => typeof one === 'number');
        return row < 32 || typeof value !== 'number' || typeof before !== 'number' ? [] : [value - before];
      });
      close(errors[0]?.persistence ?? NaN, Math.sqrt(mean(pairs.map((one) => one ** 2))), 'persistence');
      const heldOut = values.slice(32).filter((value) => typeof value === 'number');
      close(baseline('mean, held out'), mean(heldOut.map((value) => ((value - mean(measured)) / sigma) ** 2)), 'mean');
    }
  });

  it('are those with a value of every target, also in the baselines', () => {
    const [first, second] = [numbers([2, 35]), numbers([7, 8, 9, 36])];
    const text = `y,z\n${first.map((value, row) => `${value},${second[row]}`).join('\n')}\n`;
    const { baselines } = opened(
      { data: { csv: 'a.csv', inputs: ['y', 'z'], gaps: 'mask', length: 4, normalize: 'none' }, batch: 1 },
      text,
    );
    const both = first.flatMap((value, row) => {
      const other = second[row];
      return typeof value === 'number' && typeof other === 'number' ? [{ row, values: [value, other] }] : [];
    });
    const [training, heldOut] = [both.filter(({ row }) => row < 32), both.filter(({ row }) => row >= 32)];
    const means = [0, 1].map((k) => mean(training.map(({ values }) => values[k] ?? NaN)));
    const loss = (rows: typeof both): number =>
      mean(rows.map(({ values }) => mean(values.map((value, k) => (value - (means[k] ?? NaN)) ** 2))));
    close(baselines.find(({ name }) => name === 'mean')?.value ?? NaN, loss(training), 'training');
    close(baselines.find(({ name }) => name === 'mean, held out')?.value ?? NaN, loss(heldOut), 'held out');
  });

  it('are those of windows without a gap where windows are skipped: no other row is in a baseline', () => {
    // Rows 10 to 12 lie between gaps that are too close for a window of four rows and its target.
    const values = [
      ...Array.from({ length: 9 }, (_, row) => row),
      'NA',
      1000,
      1001,
      1002,
      'NA',
      10,
      11,
      12,
      13,
      14,
      15,
    ];
    const { baselines } = opened(
      { data: { csv: 'a.csv', inputs: ['y'], gaps: 'skip', length: 4, validation: 0, normalize: 'none' }, batch: 1 },
      column(values),
    );
    const targets = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15];
    close(baselines[0]?.value ?? NaN, mean(targets.map((value) => (value - mean(targets)) ** 2)), 'mean');
    close(baselines[1]?.value ?? NaN, 1, 'persistence');
  });
});

describe('Predictions of held-out rows without a value', () => {
  it('are there at the start, in the middle and at the end, where inputs are filled', () => {
    const values = numbers([32, 33, 34, 35, 38, 39]);
    for (const gaps of ['mask', 'interpolate']) {
      for (const targetAt of ['every', 'last']) {
        const { predictions, errors } = evaluated(column(values), { inputs: ['y'], length: 4, gaps, targetAt });
        const [predicted] = predictions.predicted;
        assert.ok(predicted?.subarray(predictions.lead).every(Number.isFinite), `${gaps}, ${targetAt}`);
        assert.equal(errors[0]?.count, 2);
        assert.ok(predictions.persistence[0]?.subarray(predictions.lead).every(Number.isFinite));
      }
    }
  });

  it('have the last known value before the rows that are read for persistence', () => {
    // The lead-in, rows 29 to 31, is missing too.
    const values = numbers([28, 29, 30, 31, 32]);
    const { predictions } = evaluated(column(values), { inputs: ['y'], length: 4, gaps: 'mask' });
    assert.equal(predictions.persistence[0]?.[predictions.lead], values[27]);
    const classes = values.map((_, row) => `${row},${row > 20 && row < 34 ? '' : row % 5 === 0 ? 'a' : 'b'}`);
    const data = { csv: 'a.csv', inputs: ['x'], targets: ['k'], gaps: 'mask', length: 4 };
    const files = new Map([['a.csv', new TextEncoder().encode(`x,k\n${classes.join('\n')}\n`)]]);
    const { setup } = exampleTraining(
      { data, model: { cell: 'rnn', hidden: 3 }, training: { steps: 9, batch: 4 } },
      files,
    );
    const heldOut = openHeldOut(setup, files);
    assert.ok(typeof heldOut !== 'string');
    // Row 20 is of class "a".
    assert.deepEqual(heldOut.table.before, [0]);
  });
});
