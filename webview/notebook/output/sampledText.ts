import { render } from 'lit-html';
import type { Sample } from '../../../src/protocol/output';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import { symbolSeparator } from '../../../src/text/symbols';
import { MagnitudeScale } from '../../plot/heatmap/magnitudeScale';
import { linearLegend } from '../../plot/heatmap/legend';
import type { Table } from '../../plot/table';
import type { Theme } from '../../theme/theme';
import { element, setText } from '../../ui/element';
import { visibleSymbol } from '../formatStep';
import { translate } from '../../../src/text/translate';

/** A sampled symbol and the probability that the network gave it, at temperature 1. */
export interface SampledSymbol {
  readonly symbol: string;
  readonly probability: number;
}

/** The symbols of a sample: characters, or words between blanks where a symbol of the network has several characters. */
export function sampledSymbols(
  { text, probabilities }: Sample,
  symbolNames: readonly string[],
): readonly SampledSymbol[] {
  const symbols = symbolSeparator(symbolNames) === '' ? Array.from(text) : text.split(' ');
  return Array.from(probabilities, (probability, at) => ({ symbol: symbols[at] ?? '', probability }));
}

/** The table behind the sampled text. */
export function sampleTable(sample: Sample, symbolNames: readonly string[]): Table {
  return {
    caption: translate`The sampled text at update ${formatExact(sample.update)}: probability of each symbol at temperature 1`,
    columns: [translate`number`, translate`symbol`, 'p'],
    rows: sampledSymbols(sample, symbolNames).map(({ symbol, probability }, at) => [
      at + 1,
      visibleSymbol(symbol),
      probability,
    ]),
  };
}

/** One symbol with its probability, or without one pointed at the least probable symbol. */
export function formatSampled(symbols: readonly SampledSymbol[], at: number | undefined): string {
  const place =
    at ??
    symbols.reduce(
      (least, { probability }, i) => (probability < (symbols[least]?.probability ?? Infinity) ? i : least),
      0,
    );
  const shown = symbols[place];
  if (shown === undefined) return '';
  const named = translate`${formatExact(place + 1)} of ${formatExact(symbols.length)}, “${visibleSymbol(shown.symbol)}”: p = ${formatNumber(shown.probability)}`;
  return at === undefined ? translate`The least probable symbol is number ${named}.` : translate`Symbol ${named}.`;
}

/** A scale of probabilities: the colours of the heatmaps, from 0 to 1. */
const anyDecades = { from: -1, to: 0 };

/**
 * A sampled text whose symbols are underlined in the colour of their probability. The pointer and, with the focus in the
 * text, the arrow keys show the number.
 */
export class SampledText {
  /** White space counts in it. */
  readonly #text = element('div', {
    class: 'sample',
    role: 'region',
    'aria-label': translate`Sampled text`,
    'aria-description': translate`Left and right arrow: the probability of each symbol`,
    tabindex: '0',
  });
  readonly #readout = element('p', { class: 'output-status', role: 'status' });
  readonly #legend = element('div');
  readonly element = element('div', {}, this.#legend, this.#text, this.#readout);
  #shown: { readonly sample: Sample; readonly theme: Theme } | undefined;
  #symbols: readonly SampledSymbol[] = [];
  #spans: readonly HTMLElement[] = [];
  #at: number | undefined;

  constructor() {
    this.#text.addEventListener('pointerover', ({ target }) => {
      const at = target instanceof HTMLElement ? this.#spans.indexOf(target) : -1;
      this.#point(at < 0 ? undefined : at);
    });
    this.#text.addEventListener('pointerleave', () => {
      this.#point(undefined);
    });
    this.#text.addEventListener('blur', () => {
      this.#point(undefined);
    });
    this.#text.addEventListener('keydown', (event) => {
      this.#handleKey(event);
    });
  }

  update(sample: Sample | undefined, prompt: string, symbolNames: readonly string[], theme: Theme): void {
    this.element.hidden = sample === undefined;
    if (sample === undefined || (sample === this.#shown?.sample && theme === this.#shown.theme)) return;
    this.#shown = { sample, theme };
    const scale = new MagnitudeScale(anyDecades, theme);
    render(linearLegend(scale, translate`probability of each symbol at temperature 1`), this.#legend);
    this.#symbols = sampledSymbols(sample, symbolNames);
    // As text, never as markup: the output of a network is untrusted.
    this.#spans = this.#symbols.map(({ symbol, probability }) => {
      const span = element('span', { class: 'sampled' }, symbol);
      span.style.borderBottomColor = scale.cssAt(Number.isNaN(probability) ? 0 : probability);
      return span;
    });
    const separator = symbolSeparator(symbolNames);
    this.#text.replaceChildren(
      element('span', { class: 'sample-prompt' }, prompt),
      ...this.#spans.flatMap((span, at) => (separator === '' || at === 0 ? [span] : [separator, span])),
    );
    this.#at = undefined;
    this.#point(undefined);
  }

  #handleKey(event: KeyboardEvent): void {
    const last = this.#symbols.length - 1;
    const at = this.#at ?? -1;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last, Escape: undefined }[event.key];
    if (next === undefined || last < 0) {
      if (event.key === 'Escape' && this.#at !== undefined) {
        this.#point(undefined);
        event.stopPropagation();
      }
      return;
    }
    // The keys of the notebook move other selections.
    event.stopPropagation();
    event.preventDefault();
    this.#point(Math.max(0, Math.min(last, next)));
  }

  #point(at: number | undefined): void {
    if (this.#at !== undefined) this.#spans[this.#at]?.classList.remove('pointed');
    this.#at = at;
    if (at !== undefined) this.#spans[at]?.classList.add('pointed');
    setText(this.#readout, formatSampled(this.#symbols, at));
  }
}
