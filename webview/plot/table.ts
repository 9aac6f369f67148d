import { html, render, type TemplateResult } from 'lit-html';
import Papa from 'papaparse';
import { lineNotation } from '../../src/text/lineNotation';
import { notationIn } from '../ui/notationTemplate';
import { formatShortNumber } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/** The numbers of a picture. */
export interface Table {
  /** The title of the table. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** NaN is a missing value: a dash in the panel, an empty field in a copy. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Rows that are shown in the panel; a copy has them all. */
const mostRowsShown = 200;

/** A table as CSV (RFC 4180) with full precision; a cell that a spreadsheet would run as a formula is escaped. */
export function csvOf({ columns, rows }: Table): string {
  return Papa.unparse(
    { fields: [...columns], data: rows.map((row) => row.map((value) => (Number.isNaN(value) ? '' : value))) },
    { escapeFormulae: true },
  );
}

/** Draws a table for the panel: the first rows, and a note on the number of rows left out. */
export function drawTable(place: HTMLElement, table: Table): void {
  render(tableTemplate(table), place);
}

function tableTemplate({ caption, columns, rows }: Table): TemplateResult {
  const shown = rows.slice(0, mostRowsShown);
  const left = rows.length - shown.length;
  const words =
    left === 0
      ? caption
      : translate`${caption}: the first ${shown.length} of ${rows.length} rows; copying includes all`;
  const cell = (value: string | number, i: number): TemplateResult =>
    i === 0 ? html`<th scope="row">${textOf(value)}</th>` : html`<td>${textOf(value)}</td>`;
  // A wide table scrolls, which needs the focus to scroll by keys.
  return html`<div class="parameter-table" tabindex="0" role="region" aria-label=${lineNotation(caption)}>
    <table class="parameters">
      <caption>
        ${notationIn(words)}
      </caption>
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col">${notationIn(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function textOf(value: string | number): unknown {
  if (typeof value === 'string') return notationIn(value);
  return Number.isNaN(value) ? '–' : formatShortNumber(value);
}
