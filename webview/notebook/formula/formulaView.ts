import { formatNumber } from '../../../src/text/numbers';
import { reproduce, type NodeFormula } from '../../net/nodeFormula';
import { signed, type Piece } from '../../net/pieces';
import { element } from '../../ui/element';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import { displayFormula, notation, setNotation } from '../../ui/notation';
import { translate } from '../../../src/text/translate';
import './formula.css';

const mostLines = 4;

/** A formula to show. */
export interface ShownFormula {
  readonly formula: NodeFormula;
  /** A sentence before the comparison with the engine; '' for none. */
  readonly note: string;
  /** What follows the value of a unit, such as the same value in the unit of the data; '' for nothing. */
  readonly afterValue: (unit: number, value: number) => string;
}

/** A formula in the course's notation, then with numbers, compared with the value that the engine computed. */
export class FormulaView {
  readonly element: HTMLElement;
  readonly #symbols = element('p', { class: 'formula-symbols' });
  readonly #meaning = element('p', { class: 'formula-meaning' });
  readonly #lines = element('div', { class: 'formula-lines' });
  readonly #check = element('p', { class: 'formula-check', role: 'status' });
  readonly #unit;
  #units = 1;
  #drawn = '';

  /** @param label the name of the region for screen readers */
  constructor(label: string, onUnit: (unit: number) => void) {
    this.#unit = numberField(
      translate`unit`,
      wholeNumbersTo(() => this.#units - 1),
      onUnit,
    );
    this.element = element(
      'div',
      { class: 'node-formula', role: 'region', 'aria-label': label, tabindex: '-1' },
      element('div', { class: 'formula-head' }, this.#symbols, this.#unit.element),
      this.#meaning,
      this.#lines,
      this.#check,
    );
  }

  /**
   * @param key changes whenever the formula or its numbers change
   * @param make makes the formula; called only when the key or the unit has changed
   */
  update(key: string, unit: number, make: () => ShownFormula): void {
    const whole = `${key}|${unit}`;
    if (whole === this.#drawn) return;
    this.#drawn = whole;
    const { formula, note, afterValue } = make();
    const { units, problem } = formula;
    this.#units = units;
    const shown = Math.min(unit, units - 1);
    this.#unit.element.hidden = units <= mostLines;
    this.#unit.update(shown, true);
    this.#symbols.replaceChildren(...spans(formula.symbols, displayFormula));
    setNotation(this.#meaning, formula.meaning ?? '');
    this.#meaning.hidden = formula.meaning === undefined;
    const listed = units <= mostLines ? Array.from({ length: units }, (_, i) => i) : [shown];
    this.#lines.replaceChildren(...listed.map((one) => lineOf(formula, one, afterValue)));
    const { words, agrees } = problem === undefined ? check(formula) : { words: problem, agrees: true };
    setNotation(this.#check, note + words);
    this.#check.classList.toggle('bad', !agrees);
  }
}

/** What w is in a formula of the loss. */
export function lossWeightNote(weight: number): string {
  return translate`w = ${signed(weight)}: the factor of each term from the loss reduction. `;
}

function lineOf(formula: NodeFormula, unit: number, afterValue: ShownFormula['afterValue']): HTMLElement {
  const left = `${formula.nameOf(unit)} = `;
  if (formula.isAbsent) return element('p', {}, ...notation(left), 'none');
  const number = formula.engineValue(unit);
  const value = formatNumber(number).replace(/^-/, '−');
  const own = afterValue(unit, number);
  if (formula.problem !== undefined) return element('p', {}, ...notation(left), value, own);
  const { pieces, inner } = formula.evaluate(unit);
  const middle = inner === undefined ? ' = ' : ` = ${inner} = `;
  return element('p', {}, ...notation(left), ...spans(pieces, notation), middle, element('strong', {}, value), own);
}

/** @param typeset the symbols as a formula, or numbers with a few symbols as a sentence */
function spans(pieces: readonly Piece[], typeset: typeof notation): readonly HTMLElement[] {
  return pieces.map(({ text, part }) =>
    element('span', part === undefined ? {} : { class: `part-${part}` }, ...typeset(text)),
  );
}

function check(formula: NodeFormula): { readonly words: string; readonly agrees: boolean } {
  const { units, largest, agrees } = reproduce(formula);
  const all = units === 1 ? translate`The value computed` : translate`All ${units} units computed`;
  return {
    agrees,
    words: agrees
      ? units === 1
        ? translate`${all} from these numbers agrees with the engine; the largest difference is ${formatNumber(largest)}.`
        : translate`${all} from these numbers agree with the engine; the largest difference is ${formatNumber(largest)}.`
      : translate`Computed from these numbers, this differs by ${formatNumber(largest)} from the engine’s value: more than rounding explains.`,
  };
}
