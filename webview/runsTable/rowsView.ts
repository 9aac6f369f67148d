import { html, nothing, render, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { RunsTableRow } from '../../src/protocol/runsTable';
import { element } from '../ui/element';
import type { Column } from './columns';
import { translate } from '../../src/text/translate';

/** Rows above and below the visible ones that are there, too. */
const overscan = 8;

/** What the rows can ask for. */
export interface RowsCommands {
  readonly open: (folder: string) => void;
  readonly select: (folders: readonly string[], isSelected: boolean) => void;
  readonly sort: (column: Column) => void;
}

/** What is shown of the table. */
export interface ShownRows {
  readonly rows: readonly RunsTableRow[];
  readonly columns: readonly Column[];
  /** The id of a column. */
  readonly sortBy: string;
  readonly isDescending: boolean;
  readonly selected: ReadonlySet<string>;
}

/** The rows of the table in a part that scrolls. Only those that can be seen are elements: there may be thousands. */
export class RowsView {
  readonly element = element('div', { class: 'runs-scroll' });
  #shown: ShownRows | undefined;
  /** In pixels; measured once there is a row. */
  #rowHeight = 24;

  constructor(readonly commands: RowsCommands) {
    this.element.addEventListener('scroll', () => {
      this.#draw();
    });
    new ResizeObserver(() => {
      this.#draw();
    }).observe(this.element);
    this.element.addEventListener('keydown', (event) => {
      this.#moveFocus(event);
    });
  }

  update(shown: ShownRows): void {
    this.#shown = shown;
    this.#draw();
  }

  #draw(): void {
    if (this.#shown === undefined) return;
    this.#render(this.#shown);
    const row = this.element.querySelector<HTMLElement>('tbody tr[aria-rowindex]');
    const height = row?.offsetHeight ?? 0;
    if (height === 0 || height === this.#rowHeight) return;
    this.#rowHeight = height;
    this.#render(this.#shown);
  }

  #render({ rows, columns, sortBy, isDescending, selected }: ShownRows): void {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.min(rows.length, Math.floor(scrollTop / this.#rowHeight)) - overscan);
    const last = Math.min(rows.length, Math.ceil((scrollTop + clientHeight) / this.#rowHeight) + overscan);
    // A style in the HTML would be against the page's policy.
    for (const [name, count] of [
      ['--above', first],
      ['--below', rows.length - last],
    ] as const)
      this.element.style.setProperty(name, `${count * this.#rowHeight}px`);
    const isAll = rows.length > 0 && rows.every(({ folder }) => selected.has(folder));
    const selectAll = (): void => {
      this.commands.select(
        rows.map(({ folder }) => folder),
        !isAll,
      );
    };
    render(
      html`<table aria-rowcount=${rows.length + 1} aria-label=${translate`All runs`}>
          <thead>
            <tr aria-rowindex="1">
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label=${translate`Select all`}
                  .checked=${live(isAll)}
                  @change=${selectAll}
                />
              </th>
              ${columns.map((column) => this.#headTemplate(column, column.id === sortBy, isDescending))}
            </tr>
          </thead>
          <tbody>
            <tr class="runs-above" aria-hidden="true"></tr>
            ${repeat(
              rows.slice(first, last).map((row, i) => ({ row, index: first + i })),
              ({ row }) => row.folder,
              ({ row, index }) => this.#rowTemplate(row, index, columns, selected.has(row.folder)),
            )}
            <tr class="runs-below" aria-hidden="true"></tr>
          </tbody>
        </table>
        <p class="runs-none" ?hidden=${rows.length > 0}>${translate`No run fits.`}</p>`,
      this.element,
    );
  }

  #headTemplate(column: Column, isSorted: boolean, isDescending: boolean): TemplateResult {
    const order = isDescending ? 'descending' : 'ascending';
    const press = (): void => {
      this.commands.sort(column);
    };
    return html`<th scope="col" class=${column.isNumeric ? 'number' : ''} aria-sort=${isSorted ? order : 'none'}>
      <button class="runs-sort" title=${translate`Sort by ${column.label}`} @click=${press}>
        ${column.label}<span aria-hidden="true">${isSorted ? (isDescending ? ' ▼' : ' ▲') : ''}</span>
      </button>
    </th>`;
  }

  #rowTemplate(row: RunsTableRow, index: number, columns: readonly Column[], isSelected: boolean): TemplateResult {
    const select = ({ currentTarget }: Event): void => {
      this.commands.select([row.folder], (currentTarget as HTMLInputElement).checked);
    };
    const open = (): void => {
      this.commands.open(row.folder);
    };
    // The header is row 1.
    return html`<tr
      aria-rowindex=${index + 2}
      aria-selected=${isSelected}
      class=${row.isHidden ? 'runs-hidden' : ''}
      data-index=${index}
    >
      <td>
        <input
          type="checkbox"
          aria-label=${translate`Select ${row.name}`}
          .checked=${live(isSelected)}
          @change=${select}
        />
      </td>
      ${columns.map((column) => {
        const text = column.text(row);
        return column.id === 'name'
          ? html`<th scope="row">
              <button class="text-button" title=${translate`Open ${text}`} @click=${open}>${text}</button>
            </th>`
          : html`<td
              class=${column.isNumeric ? 'number' : ''}
              title=${text}
              data-state=${column.id === 'state' ? row.state : nothing}
            >
              ${text}
            </td>`;
      })}
    </tr>`;
  }

  /** The arrow keys move the focus to the same control of the row above or below. */
  #moveFocus(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const control = event.target instanceof HTMLElement ? event.target : undefined;
    const row = control?.closest<HTMLElement>('tr[data-index]');
    const count = this.#shown?.rows.length ?? 0;
    if (step === 0 || control === undefined || row === null || row === undefined) return;
    const next = Number(row.dataset['index']) + step;
    if (next < 0 || next >= count) return;
    event.preventDefault();
    const kind = control.tagName === 'INPUT' ? 'input' : 'button';
    const found = (): HTMLElement | null => this.element.querySelector(`tr[data-index="${next}"] ${kind}`);
    found()?.scrollIntoView({ block: 'nearest' });
    this.#draw();
    found()?.focus();
  }
}
