import { formatNumber, formatExact } from '../../src/text/numbers';
import { largestMagnitude } from './heatmap/signedScale';
import type { Theme } from '../theme/theme';
import { element } from '../ui/element';
import { svg } from '../ui/svg';
import { translate } from '../../src/text/translate';

const size = { width: 190, height: 90 } as const;
const bins = 40;

/** One of several distributions on a shared axis. */
export interface Distribution {
  readonly name: string;
  readonly values: Float64Array;
  readonly color: string;
  readonly dash?: string;
}

/** Histograms of the elements of a matrix: one outline per distribution, on one axis that is symmetric about 0. */
export function histogramFigure(title: string, distributions: readonly Distribution[], theme: Theme): HTMLElement {
  const limit = largestMagnitude(...distributions.map(({ values }) => values));
  if (limit === 0) return element('figure', {}, element('figcaption', {}, translate`${title}: every element is 0`));
  const counts = distributions.map(({ values }) => countsOf(values, limit));
  const most = Math.max(...counts.flat());
  const outlines = counts.map((heights, i) => {
    const wide = size.width / heights.length;
    const d = heights
      .map((height, x) => `${x === 0 ? `M0 ${size.height}` : ''}V${size.height * (1 - height / most)}h${wide}`)
      .join('');
    const { color, dash = '' } = distributions[i] ?? { color: theme.foreground };
    return svg('path', {
      d: `${d}V${size.height}`,
      fill: 'none',
      stroke: color,
      'stroke-width': 1.5,
      'stroke-dasharray': dash,
    });
  });
  const middle = svg('line', { x1: size.width / 2, x2: size.width / 2, y1: 0, y2: size.height, stroke: theme.grid });
  const words = translate`from −${formatNumber(limit)} to ${formatNumber(limit)}; highest: ${formatExact(most)} elements`;
  const names = distributions.map(({ name, color, dash = '' }) => {
    const line = svg('line', {
      x1: 0,
      x2: 18,
      y1: 5,
      y2: 5,
      stroke: color,
      'stroke-width': 2,
      'stroke-dasharray': dash,
    });
    return element(
      'span',
      { class: 'curve-name' },
      svg('svg', { width: 18, height: 10, 'aria-hidden': 'true' }, line),
      name,
    );
  });
  const picture = svg(
    'svg',
    { ...size, class: 'histogram', role: 'img', 'aria-label': `${title}, ${words}` },
    middle,
    ...outlines,
  );
  return element(
    'figure',
    { class: 'matrix-figure' },
    element('figcaption', {}, title, distributions.length > 1 ? ': ' : '', ...(distributions.length > 1 ? names : [])),
    picture,
    element('div', { class: 'matrix-scale' }, words),
  );
}

/** The number of finite values in each of the equally wide bins from −limit to limit; the last bin includes its end. */
export function countsOf(values: Float64Array, limit: number): readonly number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const at = Math.min(bins - 1, Math.floor(((value + limit) / (2 * limit)) * bins));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
