import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { RangeTest } from '../../src/protocol/rangeTest';
import { formatNumber, formatPowerOfTen, formatShortNumber, roundToDigits } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

const height = 300;
const margin = { left: 66, right: 14, top: 12, bottom: 34 } as const;

/** A picture of a range test: its scales, and what is drawn. */
export interface RangePicture {
  /** The rate at a pixel, to two digits; undefined outside the plot. */
  readonly rateAt: (x: number) => number | undefined;
  readonly template: TemplateResult;
}

/**
 * The losses of a range test over the logarithm of the rate.
 *
 * @param width in pixels
 * @param hover a rate that is pointed at
 */
export function rangePicture(test: RangeTest, width: number, hover: number | undefined): RangePicture {
  const { rates, losses, smoothed, suggestion } = test;
  const domain = [Math.log10(rates[0] ?? 1), Math.log10(rates.at(-1) ?? 10)] as const;
  const plot = { width: Math.max(1, width - margin.left - margin.right), height: height - margin.top - margin.bottom };
  const [low, high] = lossRange(test);
  const x = (rate: number): number =>
    margin.left + ((Math.log10(rate) - domain[0]) / Math.max(1e-9, domain[1] - domain[0])) * plot.width;
  const y = (loss: number): number => margin.top + (1 - (loss - low) / (high - low)) * plot.height;
  const line = (values: readonly number[]): string =>
    values.map((value, i) => `${tenths(x(rates[i] ?? NaN))},${tenths(y(Math.min(value, 4 * high)))}`).join(' ');
  const decades = Array.from(
    { length: Math.floor(domain[1]) - Math.ceil(domain[0]) + 1 },
    (_, i) => Math.ceil(domain[0]) + i,
  );
  const mark = (rate: number, kind: string): TemplateResult =>
    svg`<line class=${`range-mark ${kind}`} x1=${x(rate)} x2=${x(rate)} y1=${margin.top} y2=${margin.top + plot.height}></line>`;
  const template = html`<svg
    class="range-picture"
    width=${width}
    height=${height}
    role="img"
    aria-label=${labelOf(test)}
  >
    <clipPath id="range-plot">
      <rect x=${margin.left} y=${margin.top} width=${plot.width} height=${plot.height}></rect>
    </clipPath>
    ${lossTicks(low, high).map(
      (
        loss,
      ) => svg`<line class="range-grid" x1=${margin.left} x2=${margin.left + plot.width} y1=${y(loss)} y2=${y(loss)}></line>
        <text class="range-label" text-anchor="end" x=${margin.left - 6} y=${y(loss) + 4}>${formatShortNumber(loss)}</text>`,
    )}
    ${decades.map(
      (
        decade,
      ) => svg`<line class="range-grid" x1=${x(10 ** decade)} x2=${x(10 ** decade)} y1=${margin.top} y2=${margin.top + plot.height}></line>
        <text class="range-label" text-anchor="middle" x=${x(10 ** decade)} y=${margin.top + plot.height + 16}>${formatPowerOfTen(decade)}</text>`,
    )}
    <text class="range-label" text-anchor="middle" x=${margin.left + plot.width / 2} y=${height - 3}>
      ${translate`learning rate (log)`}
    </text>
    <text class="range-label" x="0" y=${margin.top + 4}>${translate`loss`}</text>
    <g clip-path="url(#range-plot)">
      <polyline class="range-loss" points=${line(losses)}></polyline>
      <polyline class="range-smoothed" points=${line(smoothed)}></polyline>
      ${suggestion === undefined ? nothing : [mark(suggestion.lowest, 'lowest'), mark(suggestion.steepest, 'steepest'), mark(suggestion.rate, 'suggested')]}
      ${hover === undefined ? nothing : mark(hover, 'pointed')}
    </g>
  </svg>`;
  const rateAt = (pixel: number): number | undefined => {
    const share = (pixel - margin.left) / plot.width;
    if (share < 0 || share > 1) return undefined;
    return roundToDigits(10 ** (domain[0] + share * (domain[1] - domain[0])), 2);
  };
  return { rateAt, template };
}

/** Pixels to a tenth: more digits draw the same. */
function tenths(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}

/** The range of losses that is drawn: all of the smoothed ones, but not far above the first. */
function lossRange({ smoothed, losses }: RangeTest): readonly [number, number] {
  const low = Math.min(...smoothed);
  const start = Math.max(...losses.slice(0, 20));
  const high = Math.max(start, Math.min(Math.max(...smoothed), low + 1.5 * (start - low)));
  const pad = 0.05 * (high - low || Math.abs(high) || 1);
  return [low - pad, high + pad];
}

/**
 * The losses that an axis from `low` to `high` names: all multiples of 1, 2 or 5 times a power of ten in it, four to ten.
 * The ends of the axis themselves are no round numbers, and the lower one may be below 0, which no loss is.
 */
export function lossTicks(low: number, high: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(high - low));
  const step = power * ([0.2, 0.5].find((share) => (high - low) / (share * power) < 10) ?? 1);
  const first = Math.ceil(low / step);
  // Without digits that only come from the rounding of a product.
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => roundToDigits((first + i) * step, 12));
}

/** The smoothed loss at a rate, as text. */
export function lossAt({ rates, smoothed }: RangeTest, rate: number): string {
  const after = rates.findIndex((one) => one >= rate);
  const loss = smoothed[after < 0 ? smoothed.length - 1 : after];
  return loss === undefined ? '' : translate`smoothed loss ${formatNumber(loss)}`;
}

function labelOf({ rates, smoothed }: RangeTest): string {
  const [first, last] = [rates[0] ?? NaN, rates.at(-1) ?? NaN];
  return translate`Loss over learning rates from ${formatShortNumber(first)} to ${formatShortNumber(last)}; the smoothed loss is lowest at ${formatShortNumber(rates[smoothed.indexOf(Math.min(...smoothed))] ?? NaN)}.`;
}
