import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from 'chart.js';
import { gutters } from '../trainingAxis';
import { formatPowerOfTen, formatShortNumber, formatExact } from '../../../src/text/numbers';
import { lineNotation } from '../../../src/text/lineNotation';
import type { Theme } from '../../theme/theme';
import { Datasets, type Curve } from './datasets';
import { labelsThatFit } from './tickLabels';
import { titleThatFits } from './axisTitle';

/** Pixels between the panel's edge and the name of the y axis. */
const titleMargin = 6;

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler);

/** The content of a chart. */
export interface CurvesContent {
  readonly curves: readonly Curve[];
  readonly yAxis: 'linear' | 'log';
  /** The name of the y axis, or several that are each shorter than the one before: the first that fits is shown. */
  readonly yTitle: string | readonly [string, ...string[]];
  /** Whether the x axis has numbers; charts over time steps have labels of their own below. */
  readonly xTicks?: boolean;
  /** Whether the plot has vertical grid lines; it has by default. */
  readonly xGrid?: boolean;
  /** Limits of y; those of the data by default. */
  readonly yRange?: readonly [number, number];
}

/** Height of a line of labels, in font sizes. */
const lineHeight = 1.2;

/** Pixels above the plot, and around the numbers below it. */
const [topPadding, tickPadding] = [6, 11];

/** Pixels of a digit on the axes, at the most. */
const digitWidth = 7;

/** What a chart shows, and over which range. */
interface Drawn {
  readonly content: CurvesContent;
  readonly domain: readonly [number, number];
  readonly theme: Theme;
}

/** Curves over updates or time steps, drawn without animation. */
export class CurveChart {
  readonly canvas = document.createElement('canvas');
  readonly #chart: Chart<'line', { x: number; y: number }[]>;
  readonly #datasets = new Datasets();
  /** What the axes depend on, except the visible range. */
  #axes: { readonly key: string; readonly theme: Theme } | undefined;

  #drawn: Drawn | undefined;

  constructor() {
    this.canvas.setAttribute('aria-hidden', 'true');
    this.canvas.classList.add('chart');
    this.#chart = new Chart(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: true,
        // Before the chart is drawn in its new size.
        onResize: () => {
          if (this.#drawn !== undefined) this.#fitAxes(this.#drawn);
        },
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: [],
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: {
          x: { type: 'linear', ticks: { maxRotation: 0, autoSkipPadding: 24, precision: 0 } },
          y: {
            type: 'linear',
            afterFit: (scale) => {
              scale.width = gutters.left - titleMargin;
            },
            ticks: { maxTicksLimit: 6 },
          },
        },
      },
    });
  }

  update(content: CurvesContent, domain: readonly [number, number], theme: Theme): void {
    const chart = this.#chart;
    chart.data.datasets = this.#datasets.of(content.curves, domain);
    this.#drawn = { content, domain, theme };
    this.#fitAxes(this.#drawn);
    // In a page that had no size yet, resizing draws too.
    if (chart.width === 0 && chart.attached) chart.resize();
    else chart.update('none');
  }

  /** Sets the axes if anything that they depend on has changed. */
  #fitAxes({ content, domain, theme }: Drawn): void {
    const { yAxis, yTitle, xTicks = true, xGrid = true, yRange = null } = content;
    const title = this.#titleOf(yTitle, xTicks, theme);
    const key = JSON.stringify([yAxis, title, xTicks, xGrid, yRange]);
    if (key !== this.#axes?.key || theme !== this.#axes.theme) {
      this.#setAxes(content, title, theme);
      this.#axes = { key, theme };
    }
    Object.assign(this.#chart.options.scales?.['x'] ?? {}, { min: domain[0], max: domain[1] });
  }

  /** The title for the height that the y axis has. */
  #titleOf(yTitle: CurvesContent['yTitle'], xTicks: boolean, theme: Theme): string {
    const titles = (typeof yTitle === 'string' ? [yTitle] : yTitle).map(lineNotation);
    const { ctx, height } = this.#chart;
    const size = theme.fontSize - 2;
    const room = height - topPadding - (xTicks ? lineHeight * size + tickPadding : 0);
    // In a page that has no size yet, the title is chosen when it has one.
    if (room <= 0) return titles[0] ?? '';
    ctx.save();
    ctx.font = `${size}px ${theme.fontFamily}`;
    const title = titleThatFits(titles, room, (text) => ctx.measureText(text).width);
    ctx.restore();
    return title;
  }

  #setAxes(content: CurvesContent, title: string, theme: Theme): void {
    this.#chart.options.layout = { padding: { left: titleMargin, right: gutters.right, top: topPadding } };
    const text = { color: theme.faint, font: { family: theme.fontFamily, size: theme.fontSize - 2 } };
    this.#chart.options.scales = {
      x: {
        type: 'linear',
        // A wide last number must not narrow the plot: all plots of training time have the same edges.
        afterFit: (scale) => {
          scale.paddingLeft = 0;
          scale.paddingRight = 0;
        },
        grid: { color: theme.grid, display: content.xGrid ?? true },
        border: { color: theme.border },
        ticks: {
          ...text,
          display: content.xTicks ?? true,
          maxRotation: 0,
          autoSkipPadding: 24,
          precision: 0,
          // The bounds of a zoomed range may be fractional, or so close to a tick that their labels would overlap.
          includeBounds: false,
          callback: updateLabel,
        },
      },
      y: {
        type: content.yAxis === 'log' ? 'logarithmic' : 'linear',
        ...(content.yRange === undefined ? {} : { min: content.yRange[0], max: content.yRange[1] }),
        afterFit: (scale) => {
          scale.width = gutters.left - titleMargin;
          hideOverlappingLabels(scale, lineHeight * text.font.size);
        },
        title: { display: true, text: title, ...text, padding: 0 },
        // Short, so that five digits fit beside the title.
        grid: { color: theme.grid, tickLength: 2 },
        border: { color: theme.border },
        ticks: {
          ...text,
          maxTicksLimit: 6,
          callback: content.yAxis === 'log' ? decadeLabel : (value) => formatShortNumber(Number(value)),
        },
      },
    };
  }

  /** The pixel of a y value from the top of the canvas; NaN before the first drawing. */
  pixelOf(y: number): number {
    return this.#chart.scales['y']?.getPixelForValue(y) ?? NaN;
  }

  resize(): void {
    this.#chart.resize();
  }
}

function hideOverlappingLabels(scale: Scale, height: number): void {
  const labels = scale.ticks.map(({ value, label = '', major = false }) => ({
    pixel: scale.getPixelForValue(value),
    text: String(label),
    isMajor: major,
  }));
  const fits = labelsThatFit(labels, height);
  scale.ticks.forEach((tick, i) => {
    if (fits[i] !== true) tick.label = '';
  });
}

/** Whole updates below their grid lines; at the right end only if the number fits into the gutter. */
function updateLabel(
  this: { readonly min?: number; readonly max?: number; readonly chart?: Pick<Chart, 'width'> },
  value: number | string,
): string {
  const { min = 0, max = 1, chart } = this;
  const number = Number(value);
  if (!Number.isInteger(number)) return '';
  const label = formatExact(number);
  const room = ((max - number) / (max - min)) * ((chart?.width ?? 0) - gutters.left - gutters.right) + gutters.right;
  return room >= (label.length * digitWidth) / 2 ? label : '';
}

/** Only powers of ten are labelled on a logarithmic axis, unless the axis is shorter than two decades. */
function decadeLabel(this: { readonly min?: number; readonly max?: number }, value: number | string): string {
  const number = Number(value);
  const isShort = this.min !== undefined && this.max !== undefined && this.max / this.min < 100;
  const exponent = Math.log10(number);
  if (Math.abs(exponent - Math.round(exponent)) < 1e-9) return formatPowerOfTen(Math.round(exponent));
  return isShort ? formatShortNumber(number) : '';
}
