import { html, type TemplateResult } from 'lit-html';
import { codicons } from './codicons';

/** The icons of the panel: those of VS Code, and three of its own, drawn here, that VS Code has no sign for. */
const shapes = {
  close: codicons.close,
  play: codicons.play,
  pause: codicons['debug-pause'],
  step: codicons['debug-step-over'],
  stop: codicons['debug-stop'],
  previous: codicons['triangle-left'],
  next: codicons['triangle-right'],
  folded: codicons['chevron-right'],
  unfolded: codicons['chevron-down'],
  keys: codicons['record-keys'],
  table: codicons.table,
  copy: codicons.copy,
  picture: codicons['file-media'],
  present: codicons['screen-full'],
  save: 'M7.25 2h1.5v6.2l2.2-2.2 1.06 1.06L8 11.1 3.99 7.06 5.05 6l2.2 2.2zM2.5 12.5h11V14h-11z',
  latest: 'M2.5 3.5v9L8 8zM8 3.5v9L13.5 8zM13.2 3.5h1.3v9h-1.3z',
  fit: 'M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** An icon in the colour of the surrounding text, as a template. */
export function iconTemplate(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 16 16" class="icon" aria-hidden="true">
    <path d=${shapes[name]} fill="currentColor" />
  </svg>`;
}
