import { html, type TemplateResult } from 'lit-html';
import { notationIn } from '../ui/notationTemplate';

/** The numbers at the ends of a y axis, from the top, left of bars. */
export function barScale(top: string, bottom: string): TemplateResult {
  return html`<div class="bar-scale" aria-hidden="true"><span>${top}</span><span>${bottom}</span></div>`;
}

/** The label of one of the equally high rows of a heatmap. */
export interface RowLabel {
  /** Index of the row from the bottom. */
  readonly row: number;
  readonly text: string;
}

/** Labels of rows left of a heatmap, and what they number. */
export function rowAxis(title: string, rows: number, labels: readonly RowLabel[]): TemplateResult {
  return html`<div class="step-axis" aria-hidden="true">
    <span class="axis-title">${notationIn(title)}</span>
    ${labels.map(
      ({ row, text }) =>
        html`<span class="step-label" .style=${`top: ${((rows - row - 0.5) / rows) * 100}%`}
          >${notationIn(text)}</span
        >`,
    )}
  </div>`;
}
