import { briefNumber } from '../../src/protocol/numbers';
import { element, setText } from '../ui/element';

/** What is said of one run where the pointer is. */
export interface ReadRun {
  readonly name: string;
  /** NaN where the run has none there. */
  readonly value: number;
  readonly isLit: boolean;
}

/** Stands for the widest number there is. */
const widest = -8.88e-88;

/**
 * The line that reads every run where the pointer is. It keeps as many lines as its longest words would need, so that the
 * pictures below do not move away under the pointer.
 */
export class SteadyReadout {
  readonly #room = element('span', { class: 'room', 'aria-hidden': 'true' });
  readonly #said = element('span');

  /** @param place of the cell's readout, where it stands */
  constructor(
    place: HTMLElement,
    readonly hint: string,
  ) {
    place.classList.add('steady');
    place.append(this.#room, this.#said);
  }

  /** @param where what is pointed at; undefined where nothing is */
  update(runs: readonly ReadRun[], where: string | undefined): void {
    const longest = runs.map((run) => ({ ...run, value: widest, isLit: true }));
    // What is pointed at is shorter than the hint.
    setText(this.#room, inWords(longest, this.hint));
    setText(this.#said, where === undefined ? this.hint : inWords(runs, where));
  }
}

function inWords(runs: readonly ReadRun[], where: string): string {
  const values = runs.map(({ name, value, isLit }) => {
    const words = `${name}: ${Number.isNaN(value) ? '–' : briefNumber(value)}`;
    return isLit ? `▸ ${words}` : words;
  });
  return [where, ...values].join(' · ');
}
