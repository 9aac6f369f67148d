import assert from 'node:assert/strict';
import { lessonRunState, untrained, type LessonRunFacts } from '../../../src/panel/lessons/lessonRunState';

const whole: LessonRunFacts = {
  name: 'three-steps.rnn.json',
  state: 'finished',
  updates: 100,
  folder: 'readable',
  saving: 'on',
  changed: [],
};

describe('The run of a lesson', () => {
  const kindOf = (facts: Partial<LessonRunFacts>, update = 0) => lessonRunState({ ...whole, ...facts }, update).kind;
  const sentenceOf = (facts: Partial<LessonRunFacts>, update = 0) =>
    lessonRunState({ ...whole, ...facts }, update).sentence;

  it('answers as long as its folder, its file and its updates are there', () => {
    assert.deepEqual(lessonRunState(whole, 99), {
      sentence: 'three-steps.rnn.json: 100 updates, finished.',
      kind: 'trained',
    });
    assert.equal(untrained('x', 'on').kind, 'untrained');
    assert.equal(kindOf({ state: 'refused' }), 'untrained');
    assert.equal(kindOf({ state: 'diverged' }), 'trained');
  });

  it('has to be trained again when its folder is gone, or was never written', () => {
    assert.equal(kindOf({ folder: 'gone' }), 'unusable');
    assert.match(sentenceOf({ folder: 'gone' }), /folder of this run is gone .* Train it again\.$/);
    assert.equal(kindOf({ folder: 'none' }), 'unusable');
    assert.match(sentenceOf({ folder: 'none' }), /This run isn’t saved, .* Train it again\.$/);
  });

  it('has to be trained again when the file has changed since, and says where', () => {
    const changed = ['training.optimizer.learningRate', 'seed', 'model.hidden'];
    assert.equal(kindOf({ changed }), 'unusable');
    assert.match(sentenceOf({ changed }), /changed since this run \(learningRate, seed, …\).* Train it again\.$/);
  });

  it('has to be trained again when it ended before the update that the lesson is about', () => {
    assert.equal(kindOf({}, 100), 'unusable');
    assert.match(
      sentenceOf({ state: 'interrupted', updates: 7 }, 99),
      /update 99, which the run doesn’t have\. Train it/,
    );
  });

  it('asks for the setting first where a new run would not be saved either', () => {
    const unusable: readonly Partial<LessonRunFacts>[] = [
      { folder: 'none' },
      { folder: 'gone' },
      { changed: ['seed'] },
    ];
    for (const facts of unusable) {
      assert.equal(kindOf({ ...facts, saving: 'off' }), 'unsaved');
      const sentence = sentenceOf({ ...facts, saving: 'off' });
      assert.match(sentence, / Runs aren’t saved: turn on the setting unroll\.keepRecords, then train it again\.$/);
      assert.doesNotMatch(sentence, /Train it again/);
    }
    // A run that is there answers, whatever becomes of the next one.
    assert.equal(kindOf({ saving: 'off' }), 'trained');
    assert.deepEqual(untrained('x', 'off'), {
      sentence: 'x isn’t trained yet. Runs aren’t saved: turn on the setting unroll.keepRecords before you train it.',
      kind: 'unsaved',
    });
    assert.equal(kindOf({ state: 'refused', saving: 'off' }), 'unsaved');
  });

  it('can’t be had where runs can’t be saved', () => {
    assert.equal(kindOf({ folder: 'none', saving: 'unavailable' }), 'unsavable');
    assert.match(sentenceOf({ folder: 'none', saving: 'unavailable' }), /not a file in an open folder, .*inspected\.$/);
    assert.equal(untrained('x', 'unavailable').kind, 'unsavable');
  });

  it('is waited for while it trains, whatever its folder and file say', () => {
    for (const state of ['waiting', 'preparing', 'running', 'paused', 'elsewhere'] as const) {
      assert.equal(kindOf({ state, updates: 3, folder: 'gone', changed: ['seed'] }, 99), 'trained', state);
    }
    assert.match(sentenceOf({ state: 'running', updates: 3 }, 99), /update 99, which comes\.$/);
  });
});
