import type { OpenCell } from '../experiment/schema/openCells';
import type { Block, Inline } from './markdown';
import type { Expression } from './expression';

/** What a lesson shows in the panel of its run; every key is optional, and a question's replace those of its lesson. */
export interface LessonPlace {
  /** A variant of the experiment; undefined is the experiment itself. */
  readonly variant?: string | undefined;
  /** From 0. */
  readonly update?: number | undefined;
  /** Sequence of the batch, from 0. */
  readonly sequence?: number | undefined;
  /** Layer of the net, from 0. */
  readonly layer?: number | undefined;
  /** Time step, from 0. */
  readonly step?: number | undefined;
  readonly cell?: OpenCell | undefined;
}

/** A quantity of the run that is shown with the answer. */
interface ShownQuantity {
  readonly label: readonly Inline[];
  readonly value: Expression;
}

/** How far a typed number may be from the engine's: a share of it, or an amount. */
export interface Tolerance {
  readonly kind: 'relative' | 'absolute';
  /** A share of 1, such as 0.05 for 5 %, or an amount. */
  readonly size: number;
}

/** One of the answers to choose from, right if its condition holds in the run. */
interface AnswerChoice {
  readonly text: readonly Inline[];
  readonly condition: Expression;
}

/** What a question asks for: a number, or one of several answers. */
export type Asked =
  | { readonly kind: 'number'; readonly value: Expression; readonly tolerance: Tolerance }
  | { readonly kind: 'choice'; readonly choices: readonly AnswerChoice[] };

/** A question about a number of the run, which is asked before the number is shown. */
export interface Question {
  readonly ask: readonly Inline[];
  readonly asked: Asked;
  readonly shown: readonly ShownQuantity[];
  /** Of the lesson, with the question's own keys. */
  readonly place: LessonPlace;
}

/** A part of a lesson, in its order; what follows a question is shown once that is answered. */
export type LessonPart =
  | { readonly kind: 'text'; readonly blocks: readonly Block[] }
  | { readonly kind: 'question'; readonly question: Question };

/** The experiment of a lesson: a sample that comes with the extension, or a file, relative to that of the lesson. */
export type LessonExperiment =
  { readonly kind: 'sample'; readonly name: string } | { readonly kind: 'file'; readonly path: string };

/** A lesson as its file has it. */
export interface Lesson {
  readonly title: string;
  readonly experiment: LessonExperiment;
  readonly place: LessonPlace;
  readonly parts: readonly LessonPart[];
}

/** Why a file is no lesson: one message, and the line that it is about, from 1. */
export interface LessonProblem {
  readonly line: number;
  readonly message: string;
}

/** A problem of a lesson's file, thrown while it is read. */
export class LessonError extends Error {
  override readonly name = 'LessonError';

  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** The questions of a lesson, in their order. */
export function questionsOf({ parts }: Lesson): readonly Question[] {
  return parts.flatMap((part) => (part.kind === 'question' ? [part.question] : []));
}
