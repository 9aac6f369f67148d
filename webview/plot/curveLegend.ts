import { html, render } from 'lit-html';
import type { Curve } from './charts/datasets';
import { svg } from '../ui/svg';

const swatchWidth = 22;
const shown = new WeakMap<HTMLElement, string>();

/** Draws a legend: a sample of each curve's line and its label. */
export function drawLegend(target: HTMLElement, curves: readonly Curve[]): void {
  const named = curves.filter(({ label }) => label !== '');
  const key = JSON.stringify(
    named.map(({ label, color, dash, fillToPrevious }) => [label, color, dash, fillToPrevious]),
  );
  if (shown.get(target) === key) return;
  shown.set(target, key);
  render(
    named.map((curve) => html`<span class="curve-name">${swatch(curve)}${curve.label}</span>`),
    target,
  );
}

function swatch({ color, dash = [], width = 1.5, fillToPrevious, dots }: Curve): SVGElement {
  const across = { x1: 0, x2: swatchWidth, y1: 5, y2: 5, 'stroke-width': Math.max(width, 1.5) };
  const line =
    fillToPrevious === undefined
      ? svg('line', { ...across, stroke: color, 'stroke-dasharray': dash.join(' ') })
      : svg('rect', { x: 0, y: 1, width: swatchWidth, height: 8, fill: fillToPrevious });
  const dot = dots === true ? [svg('circle', { cx: swatchWidth / 2, cy: 5, r: 2.5, fill: color })] : [];
  return svg('svg', { width: swatchWidth, height: 10, 'aria-hidden': 'true' }, line, ...dot);
}
