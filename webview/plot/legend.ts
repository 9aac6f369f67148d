import { notationIn } from '../ui/notationTemplate';
import { html, nothing, render, svg, type TemplateResult } from 'lit-html';

/** How a line is drawn; its sample in a legend looks the same. */
export interface LegendLine {
  readonly color: string;
  readonly dash?: readonly number[];
  /** Pixels. */
  readonly width?: number;
  /** The colour of the area between this line and the previous one, which replaces the line. */
  readonly fillToPrevious?: string;
  readonly dots?: boolean;
}

/** A line with a name. */
export interface NamedLine extends LegendLine {
  /** '' for a line that the legend leaves out. */
  readonly label: string;
}

/** Long enough for the longest pattern of dashes. */
const sampleWidth = 26;
const leastWidth = 1.5;

/** A sample of a line. */
export function lineSample({ color, dash = [], width = leastWidth, fillToPrevious, dots }: LegendLine): TemplateResult {
  const line =
    fillToPrevious === undefined
      ? svg`<line
          x1="0"
          x2=${sampleWidth}
          y1="5"
          y2="5"
          stroke=${color}
          stroke-width=${Math.max(width, leastWidth)}
          stroke-dasharray=${dash.join(' ')}
        />`
      : svg`<rect x="0" y="1" width=${sampleWidth} height="8" fill=${fillToPrevious} />`;
  const dot = dots === true ? svg`<circle cx=${sampleWidth / 2} cy="5" r="2.5" fill=${color} />` : nothing;
  return html`<svg width=${sampleWidth} height="10" aria-hidden="true">${line}${dot}</svg>`;
}

/** A sample of a line and its name. */
export function lineEntry({ label, ...line }: NamedLine): TemplateResult {
  return html`<span class="curve-name">${lineSample(line)}${notationIn(label)}</span>`;
}

/** A colour and its meaning. */
export function colourEntry(color: string, meaning: string): TemplateResult {
  return html`<span class="curve-name"
    ><i class="legend-swatch" .style=${`background: ${color}`}></i>${notationIn(meaning)}</span
  >`;
}

/** The entries of a legend side by side, where the plot starts. */
export function legendRow(entries: readonly TemplateResult[]): TemplateResult {
  return html`<div class="curve-legend">${entries}</div>`;
}

/** A legend: a sample of each line that has a name, and the name. */
export function lineLegend(lines: readonly NamedLine[]): TemplateResult {
  return legendRow(lines.filter(({ label }) => label !== '').map(lineEntry));
}

/** Draws the entries of a legend in a row that has other elements. */
export function drawLegend(target: HTMLElement, lines: readonly NamedLine[]): void {
  render(lines.filter(({ label }) => label !== '').map(lineEntry), target);
}
