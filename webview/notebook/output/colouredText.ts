import { cellParts } from '../../store/cellParts';
import { html, render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { symbolAt, symbolSeparator } from '../../../src/text/symbols';
import { signedLegend } from '../../plot/heatmap/legend';
import { SignedScale } from '../../plot/heatmap/signedScale';
import type { Model } from '../../store/model';
import type { Store } from '../../store/store';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import type { CellContext, CellPart } from '../cell/cellDeclaration';
import { foldablePart } from '../cell/foldablePart';
import { tablePart } from '../cell/tablePart';
import { visibleSymbol } from '../formatStep';
import { memoKey } from '../memo';
import { sequenceTitle } from '../probe/probeName';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import type { Output } from './output';
import { formatTextColour, readableOn, textColour, textColours, textColourTable, type TextColour } from './textColour';
import { translate } from '../../../src/text/translate';

interface Coloured {
  readonly inspection: Inspection;
  readonly colour: TextColour;
}

/**
 * The symbols that the inspected sequence reads, coloured by a unit of a state or gate, after Karpathy, Johnson & Li 2015,
 * “Visualizing and understanding recurrent networks”. Pointer and arrow keys move along the time steps of all cells.
 */
export class ColouredTextView {
  readonly element = element('div', { class: 'output-part' });
  readonly #store: Store;
  readonly #of;
  readonly #unit;
  readonly #text = element('div', {
    class: 'sample coloured-text',
    role: 'region',
    'aria-label': translate`Text coloured by a unit`,
    'aria-description': translate`Left and right arrow: the number at each symbol`,
    tabindex: '0',
  });
  readonly #readout = element('p', { class: 'output-status', role: 'status' });
  readonly #table: CellPart<SequenceDrawing, Coloured>;
  #spans: readonly HTMLElement[] = [];
  #coloured: Coloured | undefined;
  #drawn = '';
  #marked: number | undefined;
  #update = 0;

  constructor({ store, toggle }: Pick<CellContext, 'store' | 'toggle'>) {
    this.#store = store;
    this.#of = choice<string>(translate`Colour by`, (chosen) => {
      store.dispatch({ kind: 'viewChanged', view: { textColour: chosen } });
    });
    this.#unit = numberField(
      translate`unit`,
      wholeNumbersTo(() => (this.#coloured?.colour.units ?? 1) - 1),
      (textUnit) => {
        store.dispatch({ kind: 'viewChanged', view: { textUnit } });
      },
    );
    this.#table = foldablePart(
      { toggle },
      cellParts.symbols,
      tablePart(({ inspection, colour }: Coloured) => textColourTable(inspection, colour)),
    );
    this.#listen();
  }

  update(_: Output, drawing: SequenceDrawing): void {
    const { inspection, model, theme } = drawing;
    const isText = inspection.inputKind === 'oneHot';
    this.element.hidden = !isText;
    if (!isText) return;
    this.#update = inspection.update;
    const layer = Math.min(model.view.layer, inspection.layers.length - 1);
    const key = memoKey(inspection, layer, model.view.textColour, model.view.textUnit, theme);
    if (key !== this.#drawn || this.#coloured === undefined) {
      this.#drawn = key;
      this.#coloured = { inspection, colour: textColour(inspection, layer, model.view) };
      this.#draw(this.#coloured, drawing, layer);
    }
    const { colour } = this.#coloured;
    this.#of.setOptions(textColours(inspection, layer), colour.of);
    this.#unit.update(colour.unit, colour.units > 1);
    this.#table.update(this.#coloured, drawing);
    this.#mark(stepInFocus(model, inspection.end), model);
  }

  #draw({ inspection, colour }: Coloured, { theme }: SequenceDrawing, layer: number): void {
    const scale = new SignedScale(colour.limit, theme);
    // As text, never as markup: the symbols come from a file.
    this.#spans = Array.from({ length: inspection.end }, (_, t) => {
      const symbol = symbolAt(inspection, t);
      const span = element('span', {}, symbol === ' ' ? ' ' : visibleSymbol(symbol));
      const value = colour.values[t] ?? NaN;
      const background = Number.isFinite(value) ? scale.css(value - colour.middle) : theme.clip;
      span.style.backgroundColor = background;
      span.style.color = readableOn(background);
      return span;
    });
    const separator = symbolSeparator(inspection.inputNames);
    this.#text.replaceChildren(
      ...this.#spans.flatMap((span, t) => [
        span,
        ...(separator === '' ? [] : [separator]),
        ...(symbolAt(inspection, t) === '\n' ? [element('br', {})] : []),
      ]),
    );
    this.#marked = undefined;
    const of = inspection.layers.length > 1 && colour.of !== 'dx' ? translate` of layer ${layer}` : '';
    render(
      html` <div class="sample-fields">${this.#of.element}${colour.units > 1 ? this.#unit.element : ''}</div>
        ${signedLegend(scale, `${colour.symbol}${of}: ${sequenceTitle(inspection)}`, colour.middle)}${this.#text}${this.#readout}${this.#table.element}`,
      this.element,
    );
  }

  #mark(t: number | undefined, { hover }: Model): void {
    const coloured = this.#coloured;
    if (coloured === undefined) return;
    if (t !== this.#marked) {
      if (this.#marked !== undefined) this.#spans[this.#marked]?.classList.remove('pointed');
      if (t !== undefined) this.#spans[t]?.classList.add('pointed');
      this.#marked = t;
    }
    setNotation(this.#readout, formatTextColour(coloured.inspection, coloured.colour, hover?.t ?? t));
  }

  #listen(): void {
    const store = this.#store;
    this.#text.addEventListener('pointerover', ({ target }) => {
      const t = target instanceof HTMLElement ? this.#spans.indexOf(target) : -1;
      store.dispatch({ kind: 'hoverChanged', point: t < 0 ? undefined : { update: this.#update, t } });
    });
    this.#text.addEventListener('pointerleave', () => {
      store.dispatch({ kind: 'hoverChanged', point: undefined });
    });
    this.#text.addEventListener('click', ({ target }) => {
      const t = target instanceof HTMLElement ? this.#spans.indexOf(target) : -1;
      if (t >= 0) this.#select(t);
    });
    this.#text.addEventListener('keydown', (event) => {
      const last = this.#spans.length - 1;
      const at = store.model.view.selection?.t ?? -1;
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
      if (next === undefined || last < 0) return;
      // The keys of the notebook move other selections.
      event.stopPropagation();
      event.preventDefault();
      this.#select(Math.max(0, Math.min(last, next)));
    });
  }

  #select(t: number): void {
    this.#store.dispatch({ kind: 'hoverChanged', point: undefined });
    this.#store.dispatch({ kind: 'viewChanged', view: { selection: { update: this.#update, t } } });
  }
}
