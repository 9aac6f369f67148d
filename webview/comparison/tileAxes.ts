import { element, setText } from '../ui/element';
import { formatExact } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/** The axes of one heatmap of the comparison: names and end values. */
export class TileAxes {
  readonly #lastStep = element('span');
  readonly #from = element('span');
  readonly #to = element('span');
  /** Time steps, upwards. */
  readonly steps = element(
    'div',
    { class: 'tile-steps' },
    this.#lastStep,
    element('span', {}, 't'),
    element('span', {}, '0'),
  );
  /** Updates, to the right. */
  readonly updates = element(
    'div',
    { class: 'tile-updates' },
    this.#from,
    element('span', {}, translate`update`),
    this.#to,
  );

  /**
   * @param steps T; undefined where the run has no data yet and its heatmap is empty
   * @param domain the visible updates
   */
  update(steps: number | undefined, [from, to]: readonly [number, number]): void {
    for (const axis of [this.steps, this.updates]) axis.classList.toggle('unknown', steps === undefined);
    setText(this.#lastStep, String((steps ?? 1) - 1));
    setText(this.#from, formatExact(Math.round(from)));
    setText(this.#to, formatExact(Math.round(to)));
  }
}
