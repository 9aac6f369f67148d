import { html, render } from 'lit-html';
import { buttonTemplate } from './controls';
import { element } from './element';
import { translate } from '../../src/text/translate';
import './keyHelp.css';

/** The keys and what they do, as `?` lists them. */
const keys: readonly (readonly [string, string])[] = [
  ['← →', translate`previous and next update or step t (with Shift: ten at a time)`],
  ['↑ ↓', translate`step t in the heatmap; row in a matrix; node of the unrolled net`],
  ['Home End', translate`first and last`],
  ['[ ]', translate`previous and next update, wherever the focus is`],
  ['Page Up, Page Down', translate`previous and next cell`],
  ['Enter', translate`in the unrolled net, go to the formula of the node`],
  ['U', translate`show the net as its loop, or unrolled in time`],
  ['+ − 0', translate`zoom in, zoom out, show all`],
  ['< >', translate`train slower or faster: at most 1, 10 or 100 updates a second, or without a limit`],
  ['P', translate`present a cell: show it alone, large enough for an audience; Page Up and Page Down go on`],
  ['Esc', translate`close this list, show all cells again, or follow the latest update`],
  ['?', translate`this list`],
];

/** The dialog that lists the keys. */
export class KeyHelp {
  readonly element = element('dialog', { class: 'key-help', 'aria-label': translate`Keys of the notebook` });

  constructor() {
    const close = buttonTemplate({
      label: translate`Close`,
      onPress: () => {
        this.element.close();
      },
    });
    render(
      html`<h2>${translate`Keys`}</h2>
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
