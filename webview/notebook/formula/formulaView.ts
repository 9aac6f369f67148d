import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { evaluate, reproduce, unevaluable } from '../../net/formula';
import { engineValue, unitsOf, type NodeAt } from '../../net/nodeValues';
import { signed, type Piece } from '../../net/pieces';
import { nodeMeaning, symbolicFormula } from '../../net/symbols';
import { element, setText } from '../../ui/element';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import { notation } from '../../ui/notation';
import { inDataUnit, isScaled } from '../dataUnit';
import { memoKey } from '../memo';
import { visibleSymbol } from '../formatStep';
import './formula.css';

const mostLines = 4;

/** A node's formula in the course's notation, then with numbers, compared with the value that the engine computed. */
export class FormulaView {
  readonly element = element('div', {
    class: 'node-formula',
    role: 'region',
    'aria-label': 'Formula of the selected node',
    tabindex: '-1',
  });
  readonly #symbols = element('p', { class: 'formula-symbols' });
  readonly #lines = element('div', { class: 'formula-lines' });
  readonly #check = element('p', { class: 'formula-check', role: 'status' });
  readonly #unit;
  #units = 1;
  #drawn = '';

  constructor(onUnit: (unit: number) => void) {
    this.#unit = numberField(
      'unit',
      wholeNumbersTo(() => this.#units - 1),
      onUnit,
    );
    this.element.append(
      element('div', { class: 'formula-head' }, this.#symbols, this.#unit.element),
      this.#lines,
      this.#check,
    );
  }

  update(inspection: Inspection, at: NodeAt, unit: number): void {
    const units = unitsOf(inspection, at);
    this.#units = units;
    const shown = Math.min(unit, units - 1);
    this.#unit.element.hidden = units <= mostLines;
    this.#unit.update(shown, true);
    const key = memoKey(inspection, at.node, at.layer, at.t, shown);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#symbols.replaceChildren(...spans(symbolicFormula(inspection, at)));
    this.#symbols.title = nodeMeaning(inspection, at) ?? '';
    const listed = units <= mostLines ? Array.from({ length: units }, (_, i) => i) : [shown];
    const why = unevaluable(inspection, at);
    this.#lines.replaceChildren(...listed.map((one) => lineOf(inspection, at, one, units, why === undefined)));
    const weight = at.node === 'L' && why === undefined ? formatLossWeight(inspection) : '';
    const { words, agrees } = why === undefined ? check(inspection, at) : { words: why, agrees: true };
    setText(this.#check, weight + words);
    this.#check.classList.toggle('bad', !agrees);
  }
}

function lineOf(inspection: Inspection, at: NodeAt, unit: number, units: number, isEvaluable: boolean): HTMLElement {
  const isProbability = at.node === 'y' && inspection.lossKind === 'crossEntropy';
  const symbol = isProbability ? `p(ŷ_{${at.t}})` : `${at.node === 'y' ? 'ŷ' : at.node}_{${at.t}}`;
  const left = `${symbol}${units === 1 ? '' : `[${unitName(inspection, at, unit)}]`} = `;
  const number = engineValue(inspection, at, unit);
  const value = formatNumber(number).replace(/^-/, '−');
  const own = formatOwnUnit(inspection, at, unit, number);
  if (at.t >= inspection.end) return element('p', {}, ...notation(left), 'none');
  if (!isEvaluable) return element('p', {}, ...notation(left), value, own);
  const { pieces, inner } = evaluate(inspection, at, unit);
  const middle = inner === undefined ? ' = ' : ` = ${inner} = `;
  return element('p', {}, ...notation(left), ...spans(pieces), middle, element('strong', {}, value), own);
}

/** The number in the unit of its column, where the net has a scaled one. */
function formatOwnUnit(inspection: Inspection, { node }: NodeAt, unit: number, number: number): string {
  const { scaling } = inspection;
  const rescaling = node === 'x' ? scaling?.inputs[unit] : node === 'y' ? scaling?.targets[unit] : undefined;
  if (rescaling === undefined || !isScaled(inspection)) return '';
  return `, in the unit of the data ${formatNumber(inDataUnit(number, rescaling)).replace(/^-/, '−')}`;
}

function unitName({ outputNames, inputNames }: Inspection, { node }: NodeAt, unit: number): string {
  if (node === 'y') return visibleSymbol(outputNames[unit] ?? '');
  return node === 'x' ? visibleSymbol(inputNames[unit] ?? '') : String(unit);
}

function spans(pieces: readonly Piece[]): readonly HTMLElement[] {
  return pieces.map(({ text, part }) =>
    element('span', part === undefined ? {} : { class: `part-${part}` }, ...notation(text)),
  );
}

function check(inspection: Inspection, at: NodeAt): { readonly words: string; readonly agrees: boolean } {
  const { units, largest, agrees } = reproduce(inspection, at);
  const all = units === 1 ? 'The value computed' : `All ${units} units computed`;
  return {
    agrees,
    words: agrees
      ? `${all} from these numbers ${units === 1 ? 'agrees' : 'agree'} with the engine; the largest difference is ${formatNumber(largest)}.`
      : `Computed from these numbers, this differs by ${formatNumber(largest)} from the engine’s value: more than rounding explains.`,
  };
}

function formatLossWeight({ lossWeight }: Inspection): string {
  return `w = ${signed(lossWeight)}: the factor of each term from the loss reduction. `;
}
