import { formatNumber } from '../../src/text/numbers';
import { element } from '../ui/element';
import { translate } from '../../src/text/translate';

/** The value of one run at the pointer. */
export interface ReadoutEntry {
  readonly name: string;
  /** NaN where the run has no value there. */
  readonly value: number;
  readonly isHighlighted: boolean;
  /** Of a group: the lowest and the highest value, and how many there are. */
  readonly spread?: { readonly lowest: number; readonly highest: number; readonly n: number } | undefined;
}

/** A number with the widest text. */
const widest = -8.88e-88;

/**
 * A readout of all runs at the pointer. It always has the height of its longest possible text, so that the pictures below
 * don't move under the pointer.
 */
export class StableReadout {
  readonly #placeholder = element('span', { class: 'placeholder', 'aria-hidden': 'true' });
  readonly #text = element('span');

  /** @param place the cell's readout element */
  constructor(
    place: HTMLElement,
    readonly hint: string,
  ) {
    place.classList.add('stable');
    place.append(this.#placeholder, this.#text);
  }

  /** @param where the point under the pointer; undefined where there is none */
  update(runs: readonly ReadoutEntry[], where: string | undefined): void {
    const longest = runs.map((run) => ({
      ...run,
      value: widest,
      isHighlighted: true,
      ...(run.spread === undefined ? {} : { spread: { ...run.spread, lowest: widest, highest: widest } }),
    }));
    // The text of a point is shorter than the hint.
    setParts(this.#placeholder, partsOf(longest, this.hint));
    setParts(this.#text, where === undefined ? [this.hint] : partsOf(runs, where));
  }
}

/** Texts and numbers in turns: `update 3`, ` · rnn: `, `0.2`, ` · ▸ lstm: `, `1e-4`. */
function partsOf(runs: readonly ReadoutEntry[], where: string): readonly string[] {
  return [
    where,
    ...runs.flatMap(({ name, value, isHighlighted: isHighlighted, spread }) => [
      ` · ${isHighlighted ? '▸ ' : ''}${name}: `,
      Number.isNaN(value) ? '–' : formatNumber(value),
      ...(spread === undefined
        ? []
        : [
            translate` (n = ${spread.n}), from `,
            formatNumber(spread.lowest),
            translate` to `,
            formatNumber(spread.highest),
          ]),
    ]),
  ];
}

/** Long texts wrap; a number doesn't. */
function setParts(place: HTMLElement, words: readonly string[]): void {
  if (place.textContent === words.join('')) return;
  const [where = '', ...rest] = words;
  place.replaceChildren(
    where,
    ...rest.map((part, i) => (i % 2 === 0 ? part : element('span', { class: 'number' }, part))),
  );
}
