import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipByNorm, divergenceCause, divergenceStory, lacksClip } from '../../../src/diagnosis/divergence';
import { Onset } from '../../../src/diagnosis/onset';
import { parseExperiment } from '../../../src/experiment/parse';
import { describeNonFinite } from '../../../src/trainer/training/training';
import { fixed } from '../experiment/fixed';
import { exampleTraining } from '../trainer/exampleTraining';
import { findingsOf, samples } from './trainedFindings';

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

describe('The story of a divergence', () => {
  const run = { onset: { first: 0.5, began: 4 }, updates: 26, growth: 2 ** 59, steps: 60, lacksClip: true } as const;

  it('says when it began, what grew and what was missing', () => {
    assert.equal(
      divergenceStory(run),
      'It began at update 4: from there on the loss was more than 10 times its first value, 0.500. ' +
        'At the first update the gradient grew 2.00-fold, on average, at each of 59 steps back. ' +
        'Nothing clips the gradient: try "clip": { "norm": 1 }.',
    );
  });

  it('says only what was measured', () => {
    const sudden = { ...run, onset: { first: 0.5, began: null }, growth: 1, lacksClip: false };
    assert.equal(
      divergenceStory(sudden),
      'It came suddenly: up to update 25 the loss was below 10 times its first value, 0.500.',
    );
    assert.equal(divergenceStory({ ...sudden, onset: undefined, growth: undefined }), '');
    assert.equal(divergenceStory({ ...sudden, updates: 1 }), '');
  });

  it('begins where the loss left its first size for good', () => {
    const onset = new Onset();
    const losses = [0.5, 4, 5.1, 6, 0.4, 5, 5.1, 80, Infinity];
    const began = losses.map((loss, update) => {
      onset.add(update, loss);
      return onset.state?.began;
    });
    assert.deepEqual(began, [null, null, 2, 2, null, null, 6, 6, 6]);
    const resumed = new Onset();
    resumed.state = onset.state;
    resumed.add(9, 90);
    assert.equal(resumed.state?.began, 6);
  });

  it('advises a clip only where one could have helped', () => {
    const place = { update: 0, pass: 'forward', tensor: 'h_l0' };
    assert.equal(lacksClip(place, { clip: null }), false);
    assert.equal(lacksClip({ ...place, pass: 'update' }, { clip: null }), true);
    assert.equal(lacksClip({ ...place, update: 3 }, { clip: null }), true);
    assert.equal(lacksClip({ ...place, update: 3 }, { clip: { norm: 1 } }), false);
    assert.equal(lacksClip({ ...place, update: 3, tensor: 'inputs' }, { clip: null }), false);
  });

  it('offers what it advises, and that mends the run', () => {
    const exploding = readFileSync(join(samples, 'exploding.rnn.json'), 'utf8');
    const offered = findingsOf(exploding).find(({ code }) => code === 'nonFinite')?.remedies;
    assert.deepEqual(offered?.at(-1), clipByNorm);
    const parsed = parseExperiment(exploding);
    assert.ok(parsed.kind === 'experiment');
    // As a variant: in place it would contradict the variants of this file that clip by other means.
    const trial = parsed.file.newVariant(clipByNorm, undefined);
    const clipped = findingsOf(fixed(exploding, { title: '', changes: [trial] }) ?? '', trial.name);
    assert.deepEqual(
      clipped.filter(({ code }) => code === 'nonFinite'),
      [],
    );
  });
});
