import type { RequestReplay } from '../../protocol/replayRequests';
import type { AnswerReply } from '../../protocol/lessons';
import { compareNumbers, comparisonTexts, formatNoNumber, formatQuantity, parseNumber } from '../../lessons/answer';
import type { LessonEvaluator } from '../../lessons/evaluate';
import type { Question } from '../../lessons/lesson';
import type { SavedAnswer } from './lessonProgress';
import { translate } from '../../text/translate';

/** An answer by a person: what was typed, the index of a choice, or none to see the number. */
export type GivenAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'choice'; readonly choice: number }
  | { readonly kind: 'none' };

/** What is said of an answer, and what is saved of it once the question is answered. */
interface CheckedAnswer extends AnswerReply {
  readonly saved: SavedAnswer | undefined;
}

/**
 * Checks an answer against the engine's number.
 *
 * @param request sends requests about the run that the question is about
 * @throws with a readable reason when the run doesn't have the number
 */
export async function checkAnswer(
  question: Question,
  given: GivenAnswer,
  request: RequestReplay,
): Promise<CheckedAnswer> {
  const evaluation = await import('../../lessons/evaluate');
  const evaluator = new evaluation.LessonEvaluator(request, question.place);
  const { asked } = question;
  if (asked.kind === 'number') {
    const typed = given.kind === 'text' ? parseNumber(given.text) : undefined;
    if (given.kind === 'text' && typed === undefined) return refused(formatNoNumber(given.text));
    const value = await finite(evaluator.number(asked.value));
    const compared = typed === undefined ? undefined : compareNumbers(typed, value, asked.tolerance);
    if (compared !== undefined && compared !== 'right') return refused(comparisonTexts[compared]);
    const answer = given.kind === 'text' ? given.text.trim() : '';
    return accepted(question, evaluator, compared === 'right', answer, formatQuantity(value));
  }
  const holding: number[] = [];
  for (const [i, { condition }] of asked.choices.entries()) {
    if ((await evaluator.number(condition)) === 1) holding.push(i);
  }
  const [first] = holding;
  if (first === undefined) {
    throw new Error(translate`None of the answers holds in this run. Was its experiment changed?`);
  }
  const chosen = given.kind === 'choice' ? given.choice : undefined;
  if (chosen !== undefined && !holding.includes(chosen)) return refused(translate`Not this one: try another.`);
  return accepted(question, evaluator, chosen !== undefined, '', String(chosen ?? first));
}

function refused(message: string): CheckedAnswer {
  return { isRight: false, message, saved: undefined };
}

async function accepted(
  { shown }: Question,
  evaluator: LessonEvaluator,
  isRight: boolean,
  answer: string,
  value: string,
): Promise<CheckedAnswer> {
  const quantities: string[] = [];
  for (const quantity of shown) quantities.push(formatQuantity(await evaluator.number(quantity.value)));
  const outcome = isRight ? 'right' : 'shown';
  return { isRight, message: comparisonTexts.right, saved: { outcome, answer, value, quantities } };
}

/** @throws for a number that can't be compared with an answer */
async function finite(value: Promise<number>): Promise<number> {
  const found = await value;
  if (Number.isFinite(found)) return found;
  throw new Error(translate`This number is ${String(found)} in this run: there is nothing to compare an answer with.`);
}
