import assert from 'node:assert/strict';
import { inputsOf, opened, targetsOf } from './openedSource';

const numbers = {
  sequences: [
    {
      inputs: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      targets: [null, [10], [20]],
    },
    {
      inputs: [
        [7, 8],
        [9, 10],
        [11, 12],
      ],
      targets: [[30], null, [40]],
    },
  ],
};

describe('inline sequences', () => {
  it('are one batch, in order, the same at every update, with no loss where the target is null', () => {
    const source = opened({ data: numbers });
    assert.deepEqual([source.steps, source.batch, source.inputs, source.outputs], [3, 2, 2, 1]);
    for (const batch of [source.next(), source.next()]) {
      assert.deepEqual(inputsOf(batch, 0), [
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      assert.deepEqual(inputsOf(batch, 1), [
        [7, 8],
        [9, 10],
        [11, 12],
      ]);
      assert.deepEqual(targetsOf(batch, 0), [undefined, 10, 20]);
      assert.deepEqual(targetsOf(batch, 1), [30, undefined, 40]);
      assert.deepEqual([...batch.reset], [1, 1]);
    }
    assert.deepEqual([...source.validation()], []);
  });

  it('have as many classes as the highest index requires, and at least two', () => {
    const classes = (...targets: (number | null)[]) =>
      opened({ data: { sequences: [{ inputs: targets.map(() => [0]), targets }] } });
    assert.equal(classes(null, 4, 1).outputs, 5);
    assert.equal(classes(0).outputs, 2);
    assert.equal(classes(0).targetKind, 'classes');
    assert.deepEqual(classes(null, 1).outputNames, ['0', '1']);
  });

  it('may be as long as a file can hold', function () {
    this.timeout(20_000);
    const steps = 150_000;
    const long = { inputs: Array.from({ length: steps }, () => [0]), targets: Array.from({ length: steps }, () => 1) };
    const source = opened({ data: { sequences: [long] } });
    assert.deepEqual([source.steps, source.outputs], [steps, 2]);
  });

  it('have the loss of the best constant as baseline', () => {
    const value = (data: unknown, loss?: unknown) =>
      opened(loss === undefined ? { data } : { data, loss }).baselines[0]?.value ?? NaN;
    // Targets 10, 20, 30, 40: mean 25, squares 225 + 25 + 25 + 225.
    assert.equal(value(numbers), 500 / 4);
    assert.equal(value(numbers, { reduction: 'sum' }), 500 / 2);
    const classes = { sequences: [{ inputs: [[0], [0], [0], [0]], targets: [0, 0, 0, 1] }] };
    assert.ok(Math.abs(value(classes) - (-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25))) < 1e-15);
  });
});
