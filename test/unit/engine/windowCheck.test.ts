import assert from 'node:assert/strict';
import type { Window } from '../../../src/engine/recurrence/window';
import { allValues, exampleLearner, randomWindow, smallNetwork } from './exampleLearner';

const network = smallNetwork('rnn');
const numbers = randomWindow({ network, loss: 'mse' });
const classes = randomWindow({ network, loss: 'crossEntropy', inputs: 'oneHot' });

function withIndex(window: Window, field: 'inputs' | 'targets', row: number, value: number): Window {
  const indices = Int32Array.from({ length: 21 }, () => 0);
  indices[row] = value;
  return field === 'inputs'
    ? { ...window, inputs: { kind: 'oneHot', indices } }
    : { ...window, targets: { kind: 'classes', indices } };
}

const symbols = { ...numbers, inputs: classes.inputs };

describe('a window that does not fit', () => {
  const cases: readonly [string, Window, RegExp][] = [
    [
      'more sequences',
      randomWindow({ network, loss: 'mse', batch: 4 }),
      /7 steps × 4 sequences.*7 steps × exactly 3 sequences/,
    ],
    ['more steps', randomWindow({ network, loss: 'mse', steps: 8 }), /8 steps × 3 sequences/],
    ['short inputs', { ...numbers, inputs: { kind: 'dense', values: new Float64Array(21) } }, /inputs has 21.*63/],
    ['short targets', { ...numbers, targets: { kind: 'values', values: new Float64Array(41) } }, /targets has 41.*42/],
    ['short mask', { ...numbers, mask: new Uint8Array(20) }, /mask has 20.*21/],
    ['short reset', { ...numbers, reset: new Uint8Array(2) }, /reset has 2.*3/],
    ['classes for mse', { ...numbers, targets: classes.targets }, /mse needs values/],
    ['symbols for a net of numbers', symbols, /inputs are oneHot.*dense/],
    ['a symbol out of range', withIndex(numbers, 'inputs', 7, 3), /input symbol at step 2, sequence 1 is 3.*\[0, 3\)/],
  ];
  for (const [what, window, message] of cases) {
    it(`is rejected without any change: ${what}`, () => {
      const learner = exampleLearner({ network, inputs: window === symbols ? 'dense' : window.inputs.kind });
      const before = allValues(learner);
      assert.throws(() => learner.step(window, { record: false }), message);
      assert.deepEqual(allValues(learner), before);
    });
  }

  it('is rejected if a class is out of range, unless it is masked', () => {
    const learner = exampleLearner({
      network,
      inputs: 'oneHot',
      loss: { kind: 'crossEntropy', reduction: 'mean' },
    });
    const wrong = withIndex(classes, 'targets', 5, -1);
    assert.throws(() => learner.step(wrong, { record: false }), /target class at step 1, sequence 2 is -1.*\[0, 2\)/);
    const mask = wrong.mask.map((value, row) => (row === 5 ? 0 : value));
    assert.equal(learner.step({ ...wrong, mask }, { record: false }).kind, 'updated');
    assert.throws(
      () => learner.step({ ...numbers, inputs: classes.inputs }, { record: false }),
      /crossEntropy needs classes/,
    );
  });

  it('may be shorter than the longest', () => {
    const learner = exampleLearner({ network });
    const short = randomWindow({ network, loss: 'mse', steps: 1 });
    assert.equal(learner.step(short, { record: true }).kind, 'updated');
  });
});
