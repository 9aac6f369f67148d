import Papa from 'papaparse';
import { formatShortNumber } from '../../src/text/numbers';
import { element } from '../ui/element';

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

/** A table for the panel: the first rows, and a note on the number of rows left out. */
export function tableElement({ caption, columns, rows }: Table): HTMLElement {
  const shown = rows.slice(0, mostRowsShown);
  const left = rows.length - shown.length;
  const words =
    left === 0 ? caption : `${caption}: the first ${shown.length} of ${rows.length} rows; copying includes all`;
  const head = element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)));
  const body = shown.map((row) =>
    element(
      'tr',
      {},
      ...row.map((value, i) =>
        i === 0 ? element('th', { scope: 'row' }, textOf(value)) : element('td', {}, textOf(value)),
      ),
    ),
  );
  const table = element(
    'table',
    { class: 'parameters' },
    element('caption', {}, words),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
  // A wide table scrolls, which needs the focus to scroll by keys.
  return element('div', { class: 'parameter-table', tabindex: '0', role: 'region', 'aria-label': caption }, table);
}

function textOf(value: string | number): string {
  if (typeof value === 'string') return value;
  return Number.isNaN(value) ? '–' : formatShortNumber(value);
}
