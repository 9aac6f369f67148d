import { quote } from '../text/quoting';
import type { Expression } from './expression';
import { boundedText, fieldOf, placeKeys, placeOf, textOfField, toleranceOf, type Field } from './fields';
import { LessonError, type Asked, type LessonPlace, type Question, type Tolerance } from './lesson';
import { parseInline, type Inline } from './markdown';

const maxChoices = 6;
const maxShown = 8;
const maxAskLength = 500;
const maxLabelLength = 300;

/** The keys of a question, and how often each can be. */
export const questionKeys = {
  ...{ ask: 1, answer: 1, tolerance: 1, choice: maxChoices, show: maxShown },
  ...placeKeys,
};

/** Where nothing is said, a typed number may be 5 % off. */
const standardTolerance: Tolerance = { kind: 'relative', size: 0.05 };

/** Reads an expression of a line. */
type ReadExpression = (text: string, line: number) => Expression;

/**
 * The question that the fields of a block describe.
 *
 * @param line of the beginning of the block
 * @param place of the lesson
 * @throws LessonError
 */
export function questionOf(fields: readonly Field[], line: number, place: LessonPlace, read: ReadExpression): Question {
  return {
    ask: parseInline(textOfField(fields, 'ask', line, maxAskLength)),
    asked: askedBy(fields, line, read),
    shown: fields
      .filter(({ key }) => key === 'show')
      .map((field) => {
        const { text, expression } = labelled(field, read);
        return { label: text, value: expression };
      }),
    place: { ...place, ...placeOf(fields) },
  };
}

function askedBy(fields: readonly Field[], line: number, read: ReadExpression): Asked {
  const answer = fieldOf(fields, 'answer');
  const choices = fields.filter(({ key }) => key === 'choice');
  const tolerance = fieldOf(fields, 'tolerance');
  if (answer !== undefined && choices.length === 0) {
    return {
      kind: 'number',
      value: read(boundedText(answer, Infinity), answer.line),
      tolerance: tolerance === undefined ? standardTolerance : toleranceOf(tolerance),
    };
  }
  if (answer !== undefined || choices.length < 2) {
    throw new LessonError(
      line,
      'A question has either one answer, such as "answer: norm(dh[0])", or two to six choices, such as "choice: It shrinks => norm(dh[0]) < norm(dh[9])".',
    );
  }
  if (tolerance !== undefined) throw new LessonError(tolerance.line, 'Choices have no tolerance. Delete this line.');
  return {
    kind: 'choice',
    choices: choices.map((field) => {
      const { text, expression } = labelled(field, read);
      return { text, condition: expression };
    }),
  };
}

const arrow = ' => ';

/** A value such as `the last step => norm(dh[2])`: a text, and an expression after the last arrow. */
function labelled(
  field: Field,
  read: ReadExpression,
): { readonly text: readonly Inline[]; readonly expression: Expression } {
  const at = field.value.lastIndexOf(arrow);
  if (at <= 0) {
    throw new LessonError(
      field.line,
      `${field.key} is ${quote(field.value)}. Write a text, =>, and an expression, such as "the last step => norm(dh[2])".`,
    );
  }
  const text = boundedText({ ...field, value: field.value.slice(0, at).trim() }, maxLabelLength);
  return { text: parseInline(text), expression: read(field.value.slice(at + arrow.length), field.line) };
}
