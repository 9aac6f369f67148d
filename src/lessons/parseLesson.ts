import { formatExact } from '../text/numbers';
import { withoutControls } from '../text/plainText';
import { quote } from '../text/quoting';
import { checkNames } from './evaluate';
import { parseExpression, type Expression } from './expression';
import { fieldOf, placeKeys, placeOf, readFields, textOfField, type Field } from './fields';
import { LessonError, type Lesson, type LessonExperiment, type LessonPart, type LessonProblem } from './lesson';
import { fence, parseMarkdown } from './markdown';
import { questionKeys, questionOf } from './parseQuestion';

/** The result of reading a lesson's file. */
type ParsedLesson =
  { readonly kind: 'lesson'; readonly lesson: Lesson } | { readonly kind: 'refused'; readonly problem: LessonProblem };

/** Most bytes of a lesson's file. */
export const maxLessonBytes = 65_536;
const maxLines = 2000;
const maxLineLength = 2000;
const maxQuestions = 30;
const maxTitleLength = 100;
const maxPathLength = 300;

const frontMatter = '---';
const questionFence = `${fence}question`;

const lessonKeys = { title: 1, sample: 1, experiment: 1, ...placeKeys };

/** Reads a lesson's file. A file that is none is refused with one message. */
export function parseLesson(bytes: Uint8Array): ParsedLesson {
  try {
    return { kind: 'lesson', lesson: readLesson(linesOf(bytes)) };
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    return { kind: 'refused', problem: { line: error.line, message: error.message } };
  }
}

/** The message for a file with too many bytes. */
export function formatTooLong(bytes: number): string {
  return `A lesson has at most ${formatExact(maxLessonBytes)} bytes; this file has ${formatExact(bytes)}. Divide it into several.`;
}

function linesOf(bytes: Uint8Array): readonly string[] {
  if (bytes.length > maxLessonBytes) throw new LessonError(1, formatTooLong(bytes.length));
  const lines = decoded(bytes).replace(/\r\n?/g, '\n').split('\n');
  if (lines.length > maxLines) {
    throw new LessonError(
      maxLines + 1,
      `A lesson has at most ${formatExact(maxLines)} lines; this one has ${formatExact(lines.length)}.`,
    );
  }
  const long = lines.findIndex((line) => line.length > maxLineLength);
  if (long >= 0) {
    throw new LessonError(
      long + 1,
      `A line has at most ${formatExact(maxLineLength)} characters; this one has ${formatExact(lines[long]?.length ?? 0)}.`,
    );
  }
  return lines;
}

function decoded(bytes: Uint8Array): string {
  try {
    return withoutControls(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new LessonError(1, 'This file is no UTF-8 text. Save it as UTF-8.');
  }
}

function readLesson(lines: readonly string[]): Lesson {
  if (lines[0]?.trimEnd() !== frontMatter) {
    throw new LessonError(
      1,
      `A lesson begins with a line ${frontMatter}, then its keys, such as "title: …", and another line ${frontMatter}.`,
    );
  }
  const end = lines.findIndex((line, i) => i > 0 && line.trimEnd() === frontMatter);
  if (end < 0) throw new LessonError(1, `The keys of this lesson have no end: add a line ${frontMatter} after them.`);
  const fields = readFields(lines.slice(1, end), 2, lessonKeys);
  const place = placeOf(fields);
  return {
    title: textOfField(fields, 'title', 1, maxTitleLength),
    experiment: experimentOf(fields),
    place,
    parts: partsOf(lines, end + 1, (block, line) =>
      questionOf(readFields(block, line, questionKeys), line - 1, place, read),
    ),
  };
}

function experimentOf(fields: readonly Field[]): LessonExperiment {
  const [sample, file] = [fieldOf(fields, 'sample'), fieldOf(fields, 'experiment')];
  if ((sample === undefined) === (file === undefined)) {
    const found = sample === undefined ? 'neither' : 'both';
    throw new LessonError(
      file?.line ?? 1,
      `A lesson has either a sample, such as "sample: three-steps.rnn.json", or an experiment, a path from its own folder; this one has ${found}.`,
    );
  }
  if (sample !== undefined) {
    if (!/^[\w-]{1,100}\.rnn\.json$/.test(sample.value)) {
      throw new LessonError(
        sample.line,
        `sample is ${quote(sample.value)}. Write the name of a sample, such as three-steps.rnn.json.`,
      );
    }
    return { kind: 'sample', name: sample.value };
  }
  const path = textOfField(fields, 'experiment', 1, maxPathLength);
  if (!path.endsWith('.rnn.json') || path.startsWith('/') || /[:\\]/.test(path)) {
    throw new LessonError(
      file?.line ?? 1,
      `experiment is ${quote(path)}. Write the path of a *.rnn.json file from the folder of the lesson, with / between folders.`,
    );
  }
  return { kind: 'file', path };
}

/** The texts and questions after the keys. */
function partsOf(
  lines: readonly string[],
  from: number,
  question: (block: readonly string[], line: number) => Extract<LessonPart, { kind: 'question' }>['question'],
): readonly LessonPart[] {
  const parts: LessonPart[] = [];
  let text: string[] = [];
  const endText = (): void => {
    const blocks = parseMarkdown(text.join('\n'));
    if (blocks.length > 0) parts.push({ kind: 'text', blocks });
    text = [];
  };
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!line.startsWith(fence)) {
      text.push(line);
      continue;
    }
    const end = lines.findIndex((later, i) => i > at && later.trimEnd() === fence);
    if (end < 0) throw new LessonError(at + 1, `This block has no end: add a line ${fence} after it.`);
    if (line.trimEnd() === questionFence) {
      endText();
      if (parts.filter(({ kind }) => kind === 'question').length >= maxQuestions) {
        throw new LessonError(at + 1, `A lesson has at most ${maxQuestions} questions. Divide it into several.`);
      }
      parts.push({ kind: 'question', question: question(lines.slice(at + 1, end), at + 2) });
    } else text.push(...lines.slice(at, end + 1));
    at = end;
  }
  endText();
  return parts;
}

/** An expression of a field, which names only what exists. */
function read(text: string, line: number): Expression {
  try {
    const expression = parseExpression(text);
    checkNames(expression);
    return expression;
  } catch (error) {
    throw new LessonError(line, error instanceof Error ? error.message : String(error));
  }
}
