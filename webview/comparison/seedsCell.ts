import { html, render } from 'lit-html';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { memoKey } from '../notebook/memo';
import { element } from '../ui/element';
import type { ComparisonCell, ComparisonDrawing } from './comparisonCell';
import { spreadColumns, spreadRows, spreadSummary } from './seedTable';
import { translate } from '../../src/text/translate';

const caption = translate`Median and spread over the seeds`;

/** [4] The outcomes of runs that differ in their seed only: how many, median, quartiles and range. */
export class SeedsCell implements ComparisonCell {
  readonly title = 'Over seeds';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #place = element('div', {
    class: 'parameter-table',
    role: 'region',
    'aria-label': caption,
    tabindex: '0',
  });
  #drawn = '';

  constructor(toggle: ToggleCell) {
    this.#frame = new CellFrame(4, this.title, toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#place);
  }

  update({ model }: ComparisonDrawing): void {
    this.element.hidden = model.groups.length === 0;
    if (model.groups.length === 0) return;
    this.#frame.follow(model.view);
    this.#frame.setSummary(spreadSummary(model));
    const rows = spreadRows(model);
    const columns = [translate`configuration`, ...spreadColumns];
    const drawn = memoKey(rows.map(({ group, cells }) => [group, ...cells].join('\n')));
    this.#frame.setTable(drawn, () => ({ caption, columns, rows: rows.map(({ group, cells }) => [group, ...cells]) }));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    render(
      html`<table class="parameters comparison-table">
        <thead>
          <tr>
            ${columns.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ group, cells }) =>
              html`<tr>
                <th scope="row">${group}</th>
                ${cells.map((text) => html`<td>${text}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`,
      this.#place,
    );
  }
}
