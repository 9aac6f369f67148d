import { html, type TemplateResult } from 'lit-html';

/** Shapes on a 16 × 16 grid; drawn here because no font is sure to have the symbols of a player. */
const shapes = {
  close: 'M4.2 3 8 6.8 11.8 3 13 4.2 9.2 8l3.8 3.8-1.2 1.2L8 9.2 4.2 13 3 11.8 6.8 8 3 4.2z',
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  step: 'M3 2.5v11l7-5.5zM11 3h2v10h-2z',
  stop: 'M3.5 3.5h9v9h-9z',
  previous: 'M10.5 3.5v9L5 8z',
  next: 'M5.5 3.5v9L11 8z',
  latest: 'M2.5 3.5v9L8 8zM8 3.5v9L13.5 8zM13.2 3.5h1.3v9h-1.3z',
  folded: 'M6 4v8l4-4z',
  unfolded: 'M4 6h8l-4 4z',
  help: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 2.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8zM7.3 10.6h1.4V12H7.3zM8 4C6.5 4 5.5 5 5.5 6.3h1.3c0-.7.5-1.1 1.2-1.1s1.2.4 1.2 1c0 .5-.2.8-.9 1.3-.8.5-1 1-1 2.1h1.3c0-.7.1-.9.8-1.4.8-.5 1.2-1.1 1.2-2C10.6 4.9 9.5 4 8 4z',
  keys: 'M1.5 4h13v8h-13zM2.8 5.3v5.4h10.4V5.3zM4 6.3h1.3v1.2H4zM6.2 6.3h1.3v1.2H6.2zM8.5 6.3h1.3v1.2H8.5zM10.7 6.3H12v1.2h-1.3zM4.5 8.6h7v1.2h-7z',
  table:
    'M2 2.5h12v11H2zM3.3 3.8v1.9h9.4V3.8zM3.3 6.9v2.2h4V6.9zM8.6 6.9v2.2h4.1V6.9zM3.3 10.3v1.9h4v-1.9zM8.6 10.3v1.9h4.1v-1.9z',
  copy: 'M5 1.5h8.5V12H11v2.5H2.5V4H5zM6.3 2.8V4H11v6.7h1.2V2.8zM3.8 5.3v7.9h5.9V5.3z',
  picture:
    'M1.5 2.5h13v11h-13zM2.8 3.8v6.1l3.1-3.1 2.6 2.6 1.5-1.5 3.2 3.2V3.8zM2.8 11.7v.5h10.4v-.3L10 9.7l-1.5 1.5-2.6-2.6zM10.8 4.8a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z',
  present: 'M1.5 2.5h13v9H9l2 3H9.6L8 12l-1.6 2.5H5l2-3H1.5zM2.8 3.8v6.4h10.4V3.8z',
  fit: 'M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** An icon in the colour of the surrounding text, as a template. */
export function iconTemplate(name: IconName): TemplateResult {
  // A hole in a shape is a second outline inside the first.
  return html`<svg viewBox="0 0 16 16" class="icon" aria-hidden="true">
    <path d=${shapes[name]} fill="currentColor" fill-rule="evenodd" />
  </svg>`;
}
