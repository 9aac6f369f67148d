import type { Curve } from './charts/datasets';
import { element } from '../ui/element';

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
  target.replaceChildren(...named.map((curve) => element('span', { class: 'curve-name' }, swatch(curve), curve.label)));
}

function swatch({ color, dash = [], width = 1.5, fillToPrevious, dots }: Curve): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', String(swatchWidth));
  svg.setAttribute('height', '10');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', fillToPrevious === undefined ? 'line' : 'rect');
  if (fillToPrevious === undefined) {
    for (const [name, value] of Object.entries({
      x1: 0,
      x2: swatchWidth,
      y1: 5,
      y2: 5,
      'stroke-width': Math.max(width, 1.5),
    })) {
      line.setAttribute(name, String(value));
    }
    line.setAttribute('stroke', color);
    line.setAttribute('stroke-dasharray', dash.join(' '));
  } else {
    for (const [name, value] of Object.entries({ x: 0, y: 1, width: swatchWidth, height: 8 }))
      line.setAttribute(name, String(value));
    line.setAttribute('fill', fillToPrevious);
  }
  svg.append(line);
  if (dots === true) {
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    for (const [name, value] of Object.entries({ cx: swatchWidth / 2, cy: 5, r: 2.5 }))
      dot.setAttribute(name, String(value));
    dot.setAttribute('fill', color);
    svg.append(dot);
  }
  return svg;
}
