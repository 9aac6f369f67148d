import * as z from 'zod/mini';
import type { Block, Inline } from '../lessons/markdown';
import { index, nothing } from './requestSchemas';

/** A lesson in the list. */
export interface LessonEntry {
  /** Unique in the list, and the same after a reload. */
  readonly id: string;
  readonly title: string;
  /** The course comes with the extension; other lessons are files of the workspace. */
  readonly source: 'course' | 'workspace';
  readonly questions: number;
  readonly answered: number;
  /** Why its file is refused; the title is then the name of the file. */
  readonly problem: string | undefined;
}

/** A quantity that is shown with the answer to a question. */
interface QuantityShown {
  readonly label: readonly Inline[];
  readonly value: string;
}

/** What is shown once a question is answered. */
export interface AnswerShown {
  /** Whether it was answered, or the number was asked for. */
  readonly outcome: 'right' | 'shown';
  /** What was answered; '' where the number was asked for. */
  readonly answer: string;
  /** The number of the engine, or the choice that holds. */
  readonly value: readonly Inline[];
  readonly quantities: readonly QuantityShown[];
}

/** A question of the lesson that is open. */
export interface QuestionShown {
  readonly kind: 'question';
  /** Among the questions of the lesson. */
  readonly index: number;
  readonly ask: readonly Inline[];
  /** Empty where a number is asked for. */
  readonly choices: readonly (readonly Inline[])[];
  /** How exact a number has to be; '' for choices. */
  readonly tolerance: string;
  /** undefined until it is answered. */
  readonly answered: AnswerShown | undefined;
}

/** A text of the lesson that is open. */
interface TextShown {
  readonly kind: 'text';
  readonly blocks: readonly Block[];
}

/** The lesson that is open. */
export interface LessonShown {
  readonly id: string;
  readonly title: string;
  /** Up to the first question without an answer; what follows comes with the answer. */
  readonly parts: readonly (TextShown | QuestionShown)[];
  readonly isComplete: boolean;
  /** The lesson after it in the list. */
  readonly next: string | undefined;
  /** What the run that its next question is about is doing, such as that it isn't trained yet. */
  readonly run: string;
  /** What can be done about that run, the most useful first. */
  readonly actions: readonly LessonAction[];
}

/**
 * What a button beside the run of a lesson does. `start`: trains it unless it is trained, and shows it; `retrain`: trains
 * it again and shows it; `copySample`: makes a new copy of the sample, trains that and shows it; `openSetting`: shows the
 * setting that saves runs.
 */
export interface LessonAction {
  readonly does: 'start' | 'retrain' | 'copySample' | 'openSetting';
  readonly label: string;
}

/** Everything that the view shows. */
export interface LessonsState {
  readonly entries: readonly LessonEntry[];
  readonly open: LessonShown | undefined;
  /** Whether a workspace is open, in whose files further lessons can be. */
  readonly hasWorkspace: boolean;
}

/** What is said of an answer; the numbers themselves come with the state. */
export interface AnswerReply {
  readonly isRight: boolean;
  readonly message: string;
  /** What mends it where the run is why there is no answer, or one by old numbers. */
  readonly actions?: readonly LessonAction[];
}

const lesson = z.object({ id: z.string().check(z.maxLength(4000)) });
const question = z.extend(lesson, { question: index });

/** The parameters of every request that the page of the lessons can send: a page is not trusted. */
export const lessonsRequests = {
  ready: nothing,
  open: lesson,
  close: nothing,
  start: z.extend(lesson, { does: z.enum(['start', 'retrain', 'copySample', 'openSetting']) }),
  answer: z.extend(question, { text: z.string().check(z.maxLength(200)) }),
  choose: z.extend(question, { choice: index }),
  reveal: question,
  reset: lesson,
  edit: lesson,
};

type Params<Name extends keyof typeof lessonsRequests> = z.infer<(typeof lessonsRequests)[Name]>;

/** What the host of the lessons serves to their page. */
export type LessonsHostContract = {
  requests: {
    /** The first request of a page: when it is loaded, and whenever it becomes visible again. */
    ready: { params: Params<'ready'>; result: LessonsState };
    open: { params: Params<'open'>; result: undefined };
    /** Back to the list. */
    close: { params: Params<'close'>; result: undefined };
    /** Does what the pressed button says, such as training what the next question is about, and shows its run. */
    start: { params: Params<'start'>; result: undefined };
    answer: { params: Params<'answer'>; result: AnswerReply };
    choose: { params: Params<'choose'>; result: AnswerReply };
    /** Shows the number without an answer. */
    reveal: { params: Params<'reveal'>; result: AnswerReply };
    /** Forgets the answers to a lesson. */
    reset: { params: Params<'reset'>; result: undefined };
    /** Opens the file of a lesson of the workspace, at its problem if it has one. */
    edit: { params: Params<'edit'>; result: undefined };
  };
  events: { show: LessonsState };
};
