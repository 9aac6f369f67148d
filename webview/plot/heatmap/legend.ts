import { element } from '../../ui/element';
import type { MagnitudeScale } from './magnitudeScale';

const swatches = 48;
const mostTicks = 5;

/** The legend of a heatmap: the colour scale with its numbers, and the colours of 0 and of non-finite values. */
export class Legend {
  readonly element = element('div', { class: 'legend' });
  readonly #bar = element('canvas', {
    class: 'legend-bar',
    width: String(swatches),
    height: '1',
    'aria-hidden': 'true',
  });
  readonly #ticks = element('div', { class: 'legend-ticks' });
  readonly #title = element('span', { class: 'legend-title' });
  readonly #zero = element('i', { class: 'legend-swatch' });
  readonly #notFinite = element('i', { class: 'legend-swatch hatched' });
  #shown = '';

  constructor() {
    const scale = element('div', { class: 'legend-scale' }, this.#bar, this.#ticks);
    const zero = element('span', {}, this.#zero, 'exactly 0');
    const notFinite = element('span', {}, this.#notFinite, 'NaN or ∞');
    this.element.append(this.#title, scale, zero, notFinite);
  }

  /** Redraws only if the scale or the theme has changed. */
  update(scale: MagnitudeScale, title: string): void {
    const { from, to } = scale.decades;
    const key = `${title} ${from} ${to} ${scale.cssAt(0)} ${scale.cssAt(1)} ${scale.zero}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#title.textContent = `${title}, log scale`;
    const context = this.#bar.getContext('2d');
    for (let i = 0; context !== null && i < swatches; i++) {
      context.fillStyle = scale.cssAt(i / (swatches - 1));
      context.fillRect(i, 0, 1, 1);
    }
    const step = Math.max(1, Math.ceil((to - from) / (mostTicks - 1)));
    const ticks: HTMLElement[] = [];
    for (let exponent = from; exponent <= to; exponent += step) {
      // Smaller values have the colour of the low end.
      const power = exponent === from ? '≤ 10' : '10';
      const tick = element('span', {}, power, element('sup', {}, String(exponent).replace('-', '−')));
      tick.style.left = `${((exponent - from) / (to - from)) * 100}%`;
      ticks.push(tick);
    }
    this.#ticks.replaceChildren(...ticks);
    this.#zero.style.background = scale.zero;
    this.#notFinite.style.setProperty('--hatch', scale.notFinite);
  }
}
