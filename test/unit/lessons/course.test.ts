import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareNumbers } from '../../../src/lessons/answer';
import { LessonEvaluator } from '../../../src/lessons/evaluate';
import { questionsOf, type Lesson, type Question } from '../../../src/lessons/lesson';
import { parseLesson } from '../../../src/lessons/parseLesson';
import { textOf } from '../../../src/lessons/markdown';
import { formatNumber } from '../../../src/text/numbers';
import { expectedAnswers } from './expectedAnswers';
import { isSample, TrainedSample } from './trainedSample';
import { textNumbers } from './textNumbers';

const folder = 'media/lessons';

const lessons: readonly (readonly [string, Lesson])[] = readdirSync(folder)
  .sort()
  .map((name) => {
    const parsed = parseLesson(readFileSync(join(folder, name)));
    assert.ok(parsed.kind === 'lesson', `${name}: ${JSON.stringify(parsed)}`);
    return [name, parsed.lesson];
  });

const trained = new Map<string, TrainedSample>();

/** The sample of a lesson; one for each variant, because they are trained once. */
function sampleOf({ experiment }: Lesson, variant: string | undefined): TrainedSample {
  assert.ok(experiment.kind === 'sample');
  const key = JSON.stringify([experiment.name, variant ?? null]);
  const sample = trained.get(key) ?? new TrainedSample(experiment.name, variant);
  trained.set(key, sample);
  return sample;
}

/** The answer to a question: its number, or the index of the only choice that holds. */
async function answerOf(lesson: Lesson, { asked, place, ask }: Question): Promise<number> {
  const evaluator = new LessonEvaluator(sampleOf(lesson, place.variant).request, place);
  if (asked.kind === 'number') return evaluator.number(asked.value);
  const held = await Promise.all(asked.choices.map(async ({ condition }) => evaluator.number(condition)));
  const holding = [...held.keys()].filter((i) => held[i] === 1);
  assert.equal(holding.length, 1, `${textOf(ask)}: ${holding.length} of the choices hold`);
  return holding[0] ?? NaN;
}

describe('The lessons of the course', () => {
  it('are one for each row of the course, each about a sample and with questions', () => {
    assert.equal(lessons.length, 14);
    for (const [name, lesson] of lessons) {
      assert.match(name, /^\d\d-[a-z-]+\.md$/);
      assert.ok(lesson.experiment.kind === 'sample' && isSample(lesson.experiment.name), name);
      assert.ok(questionsOf(lesson).length > 0, name);
      assert.equal(lesson.parts[0]?.kind, 'text', `${name} begins with a text`);
      assert.equal(lesson.parts.at(-1)?.kind, 'text', `${name} ends with an explanation`);
    }
  });

  for (const [name, lesson] of lessons) {
    describe(name, () => {
      it('has the answers that an independent computation gives', async () => {
        const expected = expectedAnswers(name, (variant) => sampleOf(lesson, variant).captured(0));
        const questions = questionsOf(lesson);
        assert.equal(expected.length, questions.length, 'one expected answer for each question');
        for (const [i, question] of questions.entries()) {
          const found = await answerOf(lesson, question);
          const wanted = expected[i] ?? NaN;
          const what = `${textOf(question.ask)}: the engine has ${found}, the independent computation ${wanted}`;
          if (question.asked.kind === 'choice') assert.equal(found, wanted, what);
          else assert.ok(Math.abs(found - wanted) <= 1e-4 * Math.abs(wanted), what);
        }
      });

      it('shows quantities that the run has', async () => {
        for (const { shown, place, ask } of questionsOf(lesson)) {
          const evaluator = new LessonEvaluator(sampleOf(lesson, place.variant).request, place);
          for (const { label, value } of shown) {
            const found = await evaluator.number(value);
            assert.ok(Number.isFinite(found), `${textOf(ask)}, ${textOf(label)}: ${found}`);
          }
        }
      });

      it('says the numbers of the run in its text', async () => {
        const text = readFileSync(join(folder, name), 'utf8').replaceAll('−', '-');
        for (const { said, variant, expression } of textNumbers[name] ?? []) {
          assert.ok(text.includes(said), `${name} doesn't say ${said}`);
          const evaluator = new LessonEvaluator(
            sampleOf(lesson, variant ?? lesson.place.variant).request,
            lesson.place,
          );
          const found = await evaluator.number(expression);
          const written = /-?\d+(?:,\d{3})*(?:\.\d+)?/.exec(said)?.[0].replaceAll(',', '') ?? '';
          // As exact as it is written: half of its last digit.
          const digits = written.split('.')[1]?.length ?? 0;
          assert.ok(
            compareNumbers(Number(written), found, { kind: 'absolute', size: 0.5 * 10 ** -digits }) === 'right',
            `${name} says ${said}; the run has ${formatNumber(found)}`,
          );
        }
      });
    });
  }
});
