import { html, nothing, type TemplateResult } from 'lit-html';
import type { MagnitudeScale } from './magnitudeScale';

const gradientStops = 48;
const mostTicks = 5;

/**
 * The legend of a heatmap: the colour scale with its numbers, the colour of 0 and, where the heatmap has any, that of
 * non-finite values.
 */
export function magnitudeLegend(scale: MagnitudeScale, title: string, hasNonFinite: boolean): TemplateResult {
  const stops = Array.from({ length: gradientStops }, (_, i) => scale.cssAt(i / (gradientStops - 1)));
  return html`<div class="legend">
    <span class="legend-title">${title}, log scale</span>
    <div class="legend-scale">
      <div
        class="legend-bar"
        aria-hidden="true"
        .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}
      ></div>
      <div class="legend-ticks">${ticks(scale)}</div>
    </div>
    <span><i class="legend-swatch" .style=${`background: ${scale.zero}`}></i>exactly 0</span>
    ${
      hasNonFinite
        ? html`<span><i class="legend-swatch hatched" .style=${`--hatch: ${scale.notFinite}`}></i>NaN or ∞</span>`
        : nothing
    }
  </div>`;
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
