import { formatNumber } from '../../src/text/numbers';
import { element } from '../ui/element';

/** What is said of one run where the pointer is. */
export interface ReadoutEntry {
  readonly name: string;
  /** NaN where the run has none there. */
  readonly value: number;
  readonly isHighlighted: boolean;
}

/** Stands for the widest number there is. */
const widest = -8.88e-88;

/**
 * The line that reads every run where the pointer is. It keeps as many lines as its longest words would need, so that the
 * pictures below do not move away under the pointer.
 */
export class StableReadout {
  readonly #placeholder = element('span', { class: 'placeholder', 'aria-hidden': 'true' });
  readonly #text = element('span');

  /** @param place of the cell's readout, where it stands */
  constructor(
    place: HTMLElement,
    readonly hint: string,
  ) {
    place.classList.add('steady');
    place.append(this.#placeholder, this.#text);
  }

  /** @param where what is pointed at; undefined where nothing is */
  update(runs: readonly ReadoutEntry[], where: string | undefined): void {
    const longest = runs.map((run) => ({ ...run, value: widest, isHighlighted: true }));
    // What is pointed at is shorter than the hint.
    setParts(this.#placeholder, partsOf(longest, this.hint));
    setParts(this.#text, where === undefined ? [this.hint] : partsOf(runs, where));
  }
}

/** Words and numbers in turns: `update 3`, ` · rnn: `, `0.2`, ` · ▸ lstm: `, `1e-4`. */
function partsOf(runs: readonly ReadoutEntry[], where: string): readonly string[] {
  return [
    where,
    ...runs.flatMap(({ name, value, isHighlighted: isHighlighted }) => [
      ` · ${isHighlighted ? '▸ ' : ''}${name}: `,
      Number.isNaN(value) ? '–' : formatNumber(value),
    ]),
  ];
}

/** Where words are too long for a line they go on in the next; a number is not torn apart. */
function setParts(place: HTMLElement, words: readonly string[]): void {
  if (place.textContent === words.join('')) return;
  const [where = '', ...rest] = words;
  place.replaceChildren(
    where,
    ...rest.map((part, i) => (i % 2 === 0 ? part : element('span', { class: 'number' }, part))),
  );
}
