import { html, nothing, type TemplateResult } from 'lit-html';
import type { AnswerReply, AnswerShown, LessonAction, LessonShown, QuestionShown } from '../../src/protocol/lessons';
import { buttonTemplate } from '../ui/controls';
import { blocksTemplate, inlineTemplate } from './text';
import { translate } from '../../src/text/translate';

/** What an open lesson asks of the host. */
interface LessonRequests {
  readonly close: () => void;
  readonly open: (id: string) => void;
  readonly start: (does: LessonAction['does']) => void;
  readonly answer: (question: number, text: string) => void;
  readonly choose: (question: number, choice: number) => void;
  readonly reveal: (question: number) => void;
  readonly reset: () => void;
}

/** What is said of the last answer, and whether one is being checked. */
interface AnswerState {
  readonly reply: AnswerReply | undefined;
  readonly isBusy: boolean;
}

/** The lesson that is open: its parts up to the next question. */
export function lessonTemplate(lesson: LessonShown, state: AnswerState, requests: LessonRequests): TemplateResult {
  const { title, parts, isComplete, next, run, actions } = lesson;
  return html`<nav>${buttonTemplate({ label: translate`All lessons`, icon: 'previous', onPress: requests.close })}</nav>
    <h1 tabindex="-1">${title}</h1>
    <div class="lesson-run">
      <p>${run}</p>
      ${actionsTemplate(actions, state, requests)}
    </div>
    ${parts.map((part) =>
      part.kind === 'text'
        ? html`<div class="lesson-text">${blocksTemplate(part.blocks)}</div>`
        : questionTemplate(part, state, requests),
    )}
    ${isComplete ? endTemplate(next, requests) : nothing}`;
}

/** The buttons about a run, the first one marked. */
function actionsTemplate(
  actions: readonly LessonAction[],
  { isBusy }: AnswerState,
  { start }: LessonRequests,
): TemplateResult | typeof nothing {
  if (actions.length === 0) return nothing;
  return html`<div class="lesson-buttons">
    ${actions.map(({ does, label }, i) =>
      buttonTemplate({
        label,
        ...(i === 0 ? { appearance: 'primary' } : {}),
        isEnabled: !isBusy,
        onPress: () => {
          start(does);
        },
      }),
    )}
  </div>`;
}

function endTemplate(next: string | undefined, { open, reset, close }: LessonRequests): TemplateResult {
  const onward =
    next === undefined
      ? { label: translate`All lessons`, onPress: close }
      : {
          label: translate`Next lesson`,
          onPress: () => {
            open(next);
          },
        };
  return html`<footer class="lesson-end">
    <p>${translate`✓ This lesson is done.`}</p>
    ${buttonTemplate({ ...onward, appearance: 'primary' })}
    ${buttonTemplate({ label: translate`Answer again`, hint: translate`Forget the answers to this lesson`, onPress: reset })}
  </footer>`;
}

function questionTemplate(question: QuestionShown, state: AnswerState, requests: LessonRequests): TemplateResult {
  const { index, ask, answered } = question;
  const id = `question-${index}`;
  return html`<section class="lesson-question" aria-labelledby=${id}>
    <p id=${id} class="lesson-ask"><span class="lesson-label">${translate`Question`}</span> ${inlineTemplate(ask)}</p>
    ${answered === undefined ? openTemplate(question, id, state, requests) : answeredTemplate(answered)}
  </section>`;
}

function answeredTemplate({ outcome, answer, value, quantities }: AnswerShown): TemplateResult {
  const sign = outcome === 'right' ? translate`✓ Right` : translate`Shown`;
  const given = answer === '' ? nothing : html`. ${translate`Your answer:`} ${answer}`;
  return html`<div class="lesson-answer" tabindex="-1">
    <p><strong>${sign}:</strong> <span class="lesson-value">${inlineTemplate(value)}</span>${given}</p>
    ${
      quantities.length === 0
        ? nothing
        : html`<dl>
            ${quantities.map(
              (quantity) =>
                html`<div>
                  <dt>${inlineTemplate(quantity.label)}</dt>
                  <dd>${quantity.value}</dd>
                </div>`,
            )}
          </dl>`
    }
  </div>`;
}

function openTemplate(
  { index, choices, tolerance }: QuestionShown,
  id: string,
  state: AnswerState,
  requests: LessonRequests,
): TemplateResult {
  const { reply, isBusy } = state;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const given = fields.get('answer');
    if (typeof given !== 'string' || given === '') return;
    if (choices.length > 0) requests.choose(index, Number(given));
    else requests.answer(index, given);
  };
  const reveal = {
    label: choices.length > 0 ? translate`Show the answer` : translate`Show the number`,
    isEnabled: !isBusy,
    onPress: () => {
      requests.reveal(index);
    },
  };
  return html`<form @submit=${submit}>
    ${choices.length > 0 ? choicesTemplate(choices, id) : fieldTemplate(id, tolerance, reply?.isRight === false)}
    <div class="lesson-buttons">
      <button type="submit" class="lesson-check" ?disabled=${isBusy}>${translate`Check`}</button>
      ${buttonTemplate(reveal)}
    </div>
    <p class="lesson-reply" id=${`${id}-reply`} role="status">
      ${isBusy ? translate`Computing…` : (reply?.message ?? '')}
    </p>
    ${isBusy ? nothing : actionsTemplate(reply?.actions ?? [], state, requests)}
  </form>`;
}

function fieldTemplate(id: string, tolerance: string, isInvalid: boolean): TemplateResult {
  return html`<input
      class="lesson-input"
      name="answer"
      type="text"
      inputmode="text"
      autocomplete="off"
      maxlength="40"
      placeholder=${translate`a number`}
      aria-labelledby=${id}
      aria-describedby=${`${id}-tolerance ${id}-reply`}
      aria-invalid=${String(isInvalid)}
    />
    <p id=${`${id}-tolerance`} class="lesson-tolerance">${tolerance}</p>`;
}

function choicesTemplate(choices: QuestionShown['choices'], id: string): TemplateResult {
  return html`<div role="radiogroup" aria-labelledby=${id} aria-describedby=${`${id}-reply`}>
    ${choices.map(
      (choice, i) =>
        html`<label class="lesson-choice"
          ><input type="radio" name="answer" value=${i} /> <span>${inlineTemplate(choice)}</span></label
        >`,
    )}
  </div>`;
}
