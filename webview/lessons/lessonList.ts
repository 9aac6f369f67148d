import { html, nothing, type TemplateResult } from 'lit-html';
import type { LessonEntry, LessonsState } from '../../src/protocol/lessons';
import { buttonTemplate } from '../ui/controls';
import { translate } from '../../src/text/translate';

/** What the list asks of the host. */
interface ListRequests {
  readonly open: (id: string) => void;
  readonly edit: (id: string) => void;
}

/** The list of lessons: the course, and those of the workspace. */
export function listTemplate({ entries, hasWorkspace }: LessonsState, requests: ListRequests): TemplateResult {
  const of = (source: LessonEntry['source']): readonly LessonEntry[] =>
    entries.filter((entry) => entry.source === source);
  const own = of('workspace');
  return html`<h1 class="screen-reader-only">${translate`Lessons`}</h1>
    <h2>${translate`The course`}</h2>
    <ol class="lesson-list">
      ${of('course').map((entry) => entryTemplate(entry, requests))}
    </ol>
    ${
      hasWorkspace && own.length > 0
        ? html`<h2>${translate`In this workspace`}</h2>
            <ul class="lesson-list">
              ${own.map((entry) => entryTemplate(entry, requests))}
            </ul>`
        : nothing
    }`;
}

function entryTemplate(
  { id, title, questions, answered, problem }: LessonEntry,
  requests: ListRequests,
): TemplateResult {
  if (problem !== undefined) {
    const edit = {
      label: translate`Open the file`,
      onPress: () => {
        requests.edit(id);
      },
    };
    return html`<li class="lesson-problem">
      <div>${title}</div>
      <p role="note">${translate`Not a lesson.`} ${problem}</p>
      ${buttonTemplate(edit)}
    </li>`;
  }
  const open = (): void => {
    requests.open(id);
  };
  return html`<li>
    <button class="text-button lesson-open" @click=${open}>${title}</button>
    <span class="lesson-progress">${formatProgress(questions, answered)}</span>
  </li>`;
}

/** How much of a lesson is answered: a sign and words, so that no colour is needed. */
function formatProgress(questions: number, answered: number): string {
  if (questions === 0) return '';
  return answered === questions ? translate`✓ done` : translate`${answered} of ${questions} answered`;
}
