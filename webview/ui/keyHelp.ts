import { button } from './controls';
import { element } from './element';
import './keyHelp.css';

/** What the keys do, as `?` shows it. */
const keys: readonly (readonly [string, string])[] = [
  ['← →', 'along the picture’s own time: updates above, steps t below (Shift: ten at a time)'],
  ['↑ ↓', 'steps t in the heatmap; rows in a matrix; nodes of the unrolled net'],
  ['Home End', 'first and last'],
  ['[ ]', 'previous and next update, from anywhere'],
  ['Page Up, Page Down', 'previous and next cell'],
  ['Enter', 'select what is pointed at; in the unrolled net, go to the formula of the node'],
  ['U', 'fold the net into its loop, or unfold it'],
  ['+ − 0', 'zoom in, zoom out, show all'],
  ['Esc', 'back: close this, or follow the latest update again'],
  ['?', 'this list'],
];

/** The list of keys, over the notebook until it is closed. */
export class KeyHelp {
  readonly element = element('dialog', { class: 'key-help', 'aria-label': 'Keys of the notebook' });

  constructor() {
    const close = button({
      label: 'Close',
      onPress: () => {
        this.element.close();
      },
    });
    this.element.append(
      element('h2', {}, 'Keys'),
      element('dl', {}, ...keys.flatMap(([key, does]) => [element('dt', {}, key), element('dd', {}, does)])),
      close,
    );
  }

  open(): void {
    if (!this.element.open) this.element.showModal();
  }
}
