import { html, nothing, type TemplateResult } from 'lit-html';
import { formatNumber } from '../../../src/text/numbers';
import { notationIn } from '../../ui/notationTemplate';
import type { MagnitudeScale } from './magnitudeScale';
import type { SignedScale } from './signedScale';
import { translate } from '../../../src/text/translate';

const gradientStops = 48;
const mostTicks = 5;

/**
 * The legend of a heatmap: the colour scale with its numbers, the colour of 0 and, where the heatmap has any, that of
 * non-finite values.
 */
export function magnitudeLegend(scale: MagnitudeScale, title: string, hasNonFinite: boolean): TemplateResult {
  return html`<div class="legend">
    <span class="legend-title">${notationIn(title)}${translate`, log scale`}</span>
    <div class="legend-scale">
      ${legendBar(scale)}
      <div class="legend-ticks">${ticks(scale)}</div>
    </div>
    <span><i class="legend-swatch" .style=${`background: ${scale.zero}`}></i>${translate`exactly 0`}</span>
    ${
      hasNonFinite
        ? html`<span
            ><i class="legend-swatch hatched" .style=${`--hatch: ${scale.notFinite}`}></i>${translate`NaN or ∞`}</span
          >`
        : nothing
    }
  </div>`;
}

/** The legend of shares: the colour scale from 0 to 1 with its numbers. */
export function linearLegend(scale: MagnitudeScale, title: string): TemplateResult {
  return html`<div class="legend">
    <span class="legend-title">${title}</span>
    <div class="legend-scale">
      ${legendBar(scale)}
      <div class="legend-ticks">
        ${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<span .style=${`left: ${share * 100}%`}>${share}</span>`)}
      </div>
    </div>
  </div>`;
}

/** The legend of signed values: the colours from −limit over 0 to the limit, or about another number in the middle. */
export function signedLegend(scale: SignedScale, title: string, middle = 0): TemplateResult {
  const { limit } = scale;
  const stops = Array.from({ length: gradientStops }, (_, i) => scale.css(limit * ((2 * i) / (gradientStops - 1) - 1)));
  const numbers = [middle - limit, middle, middle + limit].map((value) => formatNumber(value).replace('-', '−'));
  return html`<div class="legend">
    <span class="legend-title">${notationIn(title)}</span>
    <div class="legend-scale">
      <div
        class="legend-bar"
        aria-hidden="true"
        .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}
      ></div>
      <div class="legend-ticks">
        ${numbers.map((text, i) => html`<span .style=${`left: ${i * 50}%`}>${text}</span>`)}
      </div>
    </div>
  </div>`;
}

function legendBar(scale: MagnitudeScale): TemplateResult {
  const stops = Array.from({ length: gradientStops }, (_, i) => scale.cssAt(i / (gradientStops - 1)));
  const style = `background: linear-gradient(to right, ${stops.join(', ')})`;
  return html`<div class="legend-bar" aria-hidden="true" .style=${style}></div>`;
}

function ticks({ decades: { from, to } }: MagnitudeScale): readonly TemplateResult[] {
  const step = Math.max(1, Math.ceil((to - from) / (mostTicks - 1)));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => {
    const exponent = from + i * step;
    // Smaller values have the colour of the low end.
    const power = i === 0 ? '≤ 10' : '10';
    const left = `left: ${((exponent - from) / (to - from)) * 100}%`;
    return html`<span .style=${left}>${power}<sup>${String(exponent).replace('-', '−')}</sup></span>`;
  });
}
