import { html, render } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { reasonOf } from '../../src/protocol/channel';
import type { AnswerReply, LessonAction, LessonsHostContract } from '../../src/protocol/lessons';
import { connectHost, reportFaults } from '../page/host';
import { renderLoop } from '../page/renderLoop';
import { Store } from '../store/store';
import { element } from '../ui/element';
import { listTemplate } from './lessonList';
import { lessonTemplate } from './lessonPage';
import { emptyLessons, reduceLessons } from './model';
import { translate } from '../../src/text/translate';
import './lessons.css';

/** The page of the lessons: connects to the host, requests the state and then follows events. */
export function showLessons(root: HTMLElement): void {
  const { channel } = connectHost<LessonsHostContract>();
  const report = reportFaults(channel);
  const store = new Store(emptyLessons, reduceLessons);
  const place = element('div', { class: 'lessons' });
  root.append(place);

  /** Sends a request; why it failed is said where the answer would be. */
  const send = (request: Promise<AnswerReply | undefined>): void => {
    store.dispatch({ kind: 'sent' });
    request.then(
      (reply) => {
        store.dispatch({ kind: 'replied', reply });
      },
      (error: unknown) => {
        store.dispatch({ kind: 'replied', reply: { isRight: false, message: reasonOf(error) } });
      },
    );
  };
  const open = (id: string): void => {
    send(channel.request('open', { id }));
  };
  const edit = (id: string): void => void channel.request('edit', { id }).catch(report);
  channel.on('show', (state) => {
    store.dispatch({ kind: 'shown', state });
  });
  let focused = '';
  renderLoop(root, store, ({ state, reply, isBusy }) => {
    const lesson = state?.open;
    if (state === undefined) render(html`<p>${translate`Loading lessons…`}</p>`, place);
    else if (lesson === undefined) render(listTemplate(state, { open, edit }), place);
    else {
      const { id } = lesson;
      const requests = {
        close: () => void channel.request('close', undefined).catch(report),
        open,
        start: (does: LessonAction['does']) => {
          send(channel.request('start', { id, does }));
        },
        answer: (question: number, text: string) => {
          send(channel.request('answer', { id, question, text }));
        },
        choose: (question: number, choice: number) => {
          send(channel.request('choose', { id, question, choice }));
        },
        reveal: (question: number) => {
          send(channel.request('reveal', { id, question }));
        },
        reset: () => void channel.request('reset', { id }).catch(report),
      };
      render(html`${keyed(id, lessonTemplate(lesson, { reply, isBusy }, requests))}`, place);
    }
    // A reader of the screen goes on where the new text begins.
    const answered =
      lesson?.parts.filter((part) => part.kind === 'question' && part.answered !== undefined).length ?? 0;
    const now = lesson === undefined ? '' : `${lesson.id} ${answered}`;
    if (now === focused) return;
    const isSameLesson = lesson !== undefined && focused.startsWith(`${lesson.id} `);
    focused = now;
    if (lesson === undefined) scrollTo(0, 0);
    else if (isSameLesson) [...place.querySelectorAll<HTMLElement>('.lesson-answer')].at(-1)?.focus();
    else {
      scrollTo(0, 0);
      place.querySelector<HTMLElement>('h1')?.focus();
    }
  });
  channel.request('ready', undefined).then((state) => {
    store.dispatch({ kind: 'shown', state });
  }, report);
}
