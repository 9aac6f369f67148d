import { html, render } from 'lit-html';
import { buttonTemplate } from './controls';
import { element } from './element';
import './keyHelp.css';

/** The keys and what they do, as `?` lists them. */
const keys: readonly (readonly [string, string])[] = [
  ['← →', 'previous and next update or step t (with Shift: ten at a time)'],
  ['↑ ↓', 'step t in the heatmap; row in a matrix; node of the unrolled net'],
  ['Home End', 'first and last'],
  ['[ ]', 'previous and next update, wherever the focus is'],
  ['Page Up, Page Down', 'previous and next cell'],
  ['Enter', 'in the unrolled net, go to the formula of the node'],
  ['U', 'show the net as its loop, or unrolled in time'],
  ['+ − 0', 'zoom in, zoom out, show all'],
  ['< >', 'train slower or faster: at most 1, 10 or 100 updates a second, or without a limit'],
  ['P', 'present a cell: show it alone, large enough for an audience; Page Up and Page Down go on'],
  ['Esc', 'close this list, show all cells again, or follow the latest update'],
  ['?', 'this list'],
];

/** The dialog that lists the keys. */
export class KeyHelp {
  readonly element = element('dialog', { class: 'key-help', 'aria-label': 'Keys of the notebook' });

  constructor() {
    const close = buttonTemplate({
      label: 'Close',
      onPress: () => {
        this.element.close();
      },
    });
    render(
      html`<h2>Keys</h2>
        <dl>
          ${keys.map(
            ([key, action]) =>
              html`<dt>${key}</dt>
                <dd>${action}</dd>`,
          )}
        </dl>
        ${close}`,
      this.element,
    );
  }

  open(): void {
    if (!this.element.open) this.element.showModal();
  }
}
