import assert from 'node:assert/strict';
import { divergenceCause } from '../../../src/diagnosis/divergence';
import { describeNonFinite } from '../../../src/trainer/training/training';
import { exampleTraining } from '../trainer/exampleTraining';

/** The divergence of an experiment at its first update, with the reported cause. */
function firstDivergence(keys: Readonly<Record<string, unknown>>) {
  const training = exampleTraining(keys, new Map(), undefined, 'simd');
  const { experiment } = training.setup;
  while (!training.isFinished) {
    const advance = training.advance();
    if (advance.kind === 'nonFinite') {
      const { keyPath, advice } = divergenceCause(advance.where, experiment);
      const message = describeNonFinite(advance.where, experiment.model, advice);
      return { update: advance.where.update, keyPath, message };
    }
  }
  return assert.fail('it did not diverge');
}

describe('A divergence at the first update', () => {
  it('is attributed to the learning rate if the update produced the first infinity', () => {
    const { update, keyPath, message } = firstDivergence({ optimizer: { kind: 'adam', learningRate: 1e38 } });
    assert.deepEqual([update, keyPath], [0, ['optimizer', 'learningRate']]);
    assert.match(message, /in the update pass.*A smaller optimizer\.learningRate/);
  });

  it('is attributed to the initial weights if they produced it', () => {
    const model = { cell: 'rnn', activation: 'identity', hidden: 4, init: { recurrent: 'normal', gain: 1e30 } };
    const { update, keyPath, message } = firstDivergence({ model });
    assert.deepEqual([update, keyPath], [0, ['model', 'init']]);
    assert.match(message, /It is the first update: check the scale of the data, and model\.init/);
  });

  it('is attributed to the file of weights if they were loaded, and to the data if an input is not finite', () => {
    const { experiment } = exampleTraining().setup;
    const place = { update: 0, pass: 'forward', tensor: 'h_l0' };
    assert.deepEqual(divergenceCause(place, { ...experiment, model: { ...experiment.model, weights: 'w' } }).keyPath, [
      'model',
      'weights',
    ]);
    assert.deepEqual(divergenceCause({ ...place, tensor: 'inputs' }, experiment).keyPath, ['data']);
    assert.deepEqual(divergenceCause({ ...place, update: 3 }, experiment).keyPath, ['optimizer', 'learningRate']);
  });
});
