import type { AnswerReply, LessonsState } from '../../src/protocol/lessons';

/** What the page of the lessons draws from. */
interface LessonsModel {
  /** undefined until the host's first answer. */
  readonly state: LessonsState | undefined;
  /** What was said of the last answer to the question that is open, or why it can't be checked. */
  readonly reply: AnswerReply | undefined;
  /** Whether an answer is being checked, or a run started. */
  readonly isBusy: boolean;
}

/** Everything that can happen to it. */
type LessonsAction =
  | { readonly kind: 'shown'; readonly state: LessonsState }
  | { readonly kind: 'sent' }
  | { readonly kind: 'replied'; readonly reply: AnswerReply | undefined };

/** The model before the host's first answer. */
export const emptyLessons: LessonsModel = { state: undefined, reply: undefined, isBusy: false };

/** The model after an action. */
export function reduceLessons(model: LessonsModel, action: LessonsAction): LessonsModel {
  switch (action.kind) {
    case 'shown': {
      const [before, now] = [model.state?.open, action.state.open];
      // What was said belongs to one question of one lesson.
      const isSame = before?.id === now?.id && before?.parts.length === now?.parts.length;
      return { ...model, state: action.state, reply: isSame ? model.reply : undefined };
    }
    case 'sent':
      return { ...model, isBusy: true, reply: undefined };
    case 'replied':
      return { ...model, isBusy: false, reply: action.reply };
    default:
      return action satisfies never;
  }
}
