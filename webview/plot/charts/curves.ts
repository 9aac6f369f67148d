import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import { gutters } from '../trainingAxis';
import { formatPowerOfTen, formatShortNumber } from '../../../src/text/numbers';
import type { Theme } from '../../theme/theme';
import { Datasets, type Curve } from './datasets';

/** Pixels between the panel's edge and the name of the y axis. */
const titleMargin = 6;

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler);

/** What a chart shows. */
export interface CurvesContent {
  readonly curves: readonly Curve[];
  readonly yAxis: 'linear' | 'log';
  readonly yTitle: string;
  /** Whether x has its numbers; where steps are named under several pictures at once it has none. */
  readonly xTicks?: boolean;
  /** Limits of y, where they are not the data's own. */
  readonly yRange?: readonly [number, number];
}

/** Pixels of a digit on the axes, at the most. */
const digitWidth = 7;

/** Curves over one of the two times, drawn in place: nothing animates in. */
export class CurveChart {
  readonly canvas = document.createElement('canvas');
  readonly #chart: Chart<'line', { x: number; y: number }[]>;
  readonly #datasets = new Datasets();
  /** What the axes were set for, but for the part in sight. */
  #axes: { readonly key: string; readonly theme: Theme } | undefined;

  constructor() {
    this.canvas.setAttribute('aria-hidden', 'true');
    this.#chart = new Chart(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: [],
        layout: { padding: { left: titleMargin, right: gutters.right, top: 6 } },
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
    const { yAxis, yTitle, xTicks = true, yRange = null } = content;
    const key = JSON.stringify([yAxis, yTitle, xTicks, yRange]);
    if (key !== this.#axes?.key || theme !== this.#axes.theme) {
      this.#setAxes(content, theme);
      this.#axes = { key, theme };
    }
    Object.assign(chart.options.scales?.['x'] ?? {}, { min: domain[0], max: domain[1] });
    // In a page that had no size yet, taking the size is drawing already.
    if (chart.width === 0 && chart.attached) chart.resize();
    else chart.update('none');
  }

  #setAxes(content: CurvesContent, theme: Theme): void {
    const text = { color: theme.faint, font: { family: theme.fontFamily, size: theme.fontSize - 2 } };
    this.#chart.options.scales = {
      x: {
        type: 'linear',
        // A wide last number must not narrow the plot: all plots of training time share their edges.
        afterFit: (scale) => {
          scale.paddingLeft = 0;
          scale.paddingRight = 0;
        },
        grid: { color: theme.grid },
        border: { color: theme.border },
        ticks: {
          ...text,
          display: content.xTicks ?? true,
          maxRotation: 0,
          autoSkipPadding: 24,
          precision: 0,
          // The ends of what is in sight may lie within an update, or so near a number that the two would run together.
          includeBounds: false,
          callback: updateLabel,
        },
      },
      y: {
        type: content.yAxis === 'log' ? 'logarithmic' : 'linear',
        ...(content.yRange === undefined ? {} : { min: content.yRange[0], max: content.yRange[1] }),
        afterFit: (scale) => {
          scale.width = gutters.left - titleMargin;
        },
        title: { display: true, text: content.yTitle, ...text, padding: 0 },
        // Short, so that five digits have room beside the title.
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

  /** The pixel from the top of the canvas at which a value of y stands; NaN before anything was drawn. */
  pixelOf(y: number): number {
    return this.#chart.scales['y']?.getPixelForValue(y) ?? NaN;
  }

  resize(): void {
    this.#chart.resize();
  }
}

/** Whole updates under their grid lines; at the right end only a number that the gutter has room for. */
function updateLabel(
  this: { readonly min?: number; readonly max?: number; readonly chart?: Pick<Chart, 'width'> },
  value: number | string,
): string {
  const { min = 0, max = 1, chart } = this;
  const number = Number(value);
  if (!Number.isInteger(number)) return '';
  const label = number.toLocaleString('en-US');
  const room = ((max - number) / (max - min)) * ((chart?.width ?? 0) - gutters.left - gutters.right) + gutters.right;
  return room >= (label.length * digitWidth) / 2 ? label : '';
}

/** Only powers of ten are named on a logarithmic axis, unless the axis is shorter than a decade. */
function decadeLabel(this: { readonly min?: number; readonly max?: number }, value: number | string): string {
  const number = Number(value);
  const isShort = this.min !== undefined && this.max !== undefined && this.max / this.min < 100;
  const exponent = Math.log10(number);
  if (Math.abs(exponent - Math.round(exponent)) < 1e-9) return formatPowerOfTen(Math.round(exponent));
  return isShort ? formatShortNumber(number) : '';
}
