import assert from 'node:assert/strict';
import { questionsOf } from '../../../src/lessons/lesson';
import { parseLesson } from '../../../src/lessons/parseLesson';
import { checkAnswer, type GivenAnswer } from '../../../src/panel/lessons/lessonQuestions';
import { TrainedSample } from '../lessons/trainedSample';

const text = `---
title: x
sample: three-steps.rnn.json
---
\`\`\`question
ask: How many steps?
answer: steps
tolerance: 0
show: L => loss
\`\`\`
\`\`\`question
ask: Which?
choice: few => steps < 5
choice: many => steps >= 5
\`\`\`
\`\`\`question
ask: None holds
choice: a => steps > 5
choice: b => steps > 6
\`\`\`
\`\`\`question
ask: Not finite
answer: log(0 * loss)
\`\`\`
`;

describe('Checking an answer of a lesson', () => {
  const parsed = parseLesson(new TextEncoder().encode(text));
  assert.ok(parsed.kind === 'lesson');
  const questions = questionsOf(parsed.lesson);
  const sample = new TrainedSample('three-steps.rnn.json', undefined);
  const check = (index: number, given: GivenAnswer) => {
    const question = questions[index];
    assert.ok(question !== undefined);
    return checkAnswer(question, given, sample.request);
  };

  it('keeps the number back until it is answered or asked for', async () => {
    const wrong = await check(0, { kind: 'text', text: '4' });
    assert.deepEqual(wrong, { isRight: false, message: 'Not yet: the magnitude is smaller.', saved: undefined });
    const nothing = await check(0, { kind: 'text', text: 'three' });
    assert.deepEqual([nothing.isRight, nothing.saved], [false, undefined]);
    assert.match(nothing.message, /"three" is not a number/);
    const right = await check(0, { kind: 'text', text: ' 3 ' });
    assert.deepEqual(right.saved, { outcome: 'right', answer: '3', value: '3', quantities: ['1.11'] });
    const asked = await check(0, { kind: 'none' });
    assert.deepEqual(asked.saved, { outcome: 'shown', answer: '', value: '3', quantities: ['1.11'] });
  });

  it('accepts the choice that holds in the run', async () => {
    const wrong = await check(1, { kind: 'choice', choice: 1 });
    assert.deepEqual([wrong.isRight, wrong.saved], [false, undefined]);
    const right = await check(1, { kind: 'choice', choice: 0 });
    assert.deepEqual(right.saved, { outcome: 'right', answer: '', value: '0', quantities: [] });
    const outside = await check(1, { kind: 'choice', choice: 7 });
    assert.equal(outside.isRight, false);
  });

  it('says when there is nothing to compare with', async () => {
    await assert.rejects(check(2, { kind: 'choice', choice: 0 }), /None of the answers holds in this run/);
    await assert.rejects(check(3, { kind: 'text', text: '1' }), /This number is -Infinity in this run/);
  });
});
