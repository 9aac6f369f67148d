import { formatTolerance } from '../../lessons/answer';
import { questionsOf, type Lesson, type Question } from '../../lessons/lesson';
import type { Inline } from '../../lessons/markdown';
import type { AnswerShown, LessonEntry, LessonShown, QuestionShown } from '../../protocol/lessons';
import { fileNameOf } from '../../session/experimentText';
import type { LessonFile } from './lessonFiles';
import type { LessonProgress, SavedAnswer } from './lessonProgress';
import { translate } from '../../text/translate';

/** A lesson in the list. */
export function entryOf(file: LessonFile, progress: LessonProgress): LessonEntry {
  const { id, source, content } = file;
  if (content.kind === 'refused') {
    const { line, message } = content.problem;
    const problem = translate`Line ${line}: ${message}`;
    return { id, source, title: fileNameOf(file.uri), questions: 0, answered: 0, problem };
  }
  const questions = questionsOf(content.lesson);
  const answered = questions.filter((question) => progress.answer(file, question) !== undefined).length;
  return { id, source, title: content.lesson.title, questions: questions.length, answered, problem: undefined };
}

/** The first question that is not answered; undefined where all are. */
export function nextQuestion(file: LessonFile, lesson: Lesson, progress: LessonProgress): Question | undefined {
  return questionsOf(lesson).find((question) => progress.answer(file, question) === undefined);
}

/** The parts of a lesson up to its next question. */
export function partsShown(file: LessonFile, lesson: Lesson, progress: LessonProgress): LessonShown['parts'] {
  const next = nextQuestion(file, lesson, progress);
  const end = lesson.parts.findIndex((part) => part.kind === 'question' && part.question === next);
  const visible = end < 0 ? lesson.parts : lesson.parts.slice(0, end + 1);
  let index = 0;
  return visible.map((part) =>
    part.kind === 'text' ? part : questionShown(part.question, index++, progress.answer(file, part.question)),
  );
}

function questionShown(question: Question, index: number, saved: SavedAnswer | undefined): QuestionShown {
  const { ask, asked } = question;
  const isChoice = asked.kind === 'choice';
  return {
    kind: 'question',
    index,
    ask,
    choices: isChoice ? asked.choices.map(({ text }) => text) : [],
    tolerance: isChoice ? '' : formatTolerance(asked.tolerance),
    answered: saved && answerShown(question, saved),
  };
}

function answerShown({ asked, shown }: Question, saved: SavedAnswer): AnswerShown {
  const { outcome, answer } = saved;
  const value: readonly Inline[] =
    asked.kind === 'choice' ? (asked.choices[Number(saved.value)]?.text ?? []) : [{ kind: 'text', text: saved.value }];
  const quantities = shown.map(({ label }, i) => ({ label, value: saved.quantities[i] ?? '' }));
  return { outcome, answer, value, quantities };
}
