import { formatNumber } from '../../src/text/numbers';
import { MagnitudeScale, type MagnitudeKind } from '../plot/heatmap/magnitudeScale';
import type { Theme } from '../theme/theme';
import { svg } from '../ui/svg';
import type { Column, PlacedRow } from './layout';
import type { NetGradient, NetScene } from './netScene';

/** Decades of the scale below the largest norm. */
const decades = 8;

/** Thickness (px) of an arrow at the low end of the scale, and what the high end adds. */
const thickness = { least: 1.5, more: 6 } as const;

/** The smallest share of the scale that an arrow's colour has: one that is not 0 can be told from the background. */
const leastShade = 0.15;

/** How far (px) the head of an arrow reaches, and the least length of an arrow that has one. */
const head = { length: 7, shortest: 13 } as const;

/** Distance (px) of a backward arrow from the forward arrow beside it, whose name is on the other side. */
const beside = 9;

/** Height (px) of the band of steps that have no room for boxes. */
const bandHeight = 6;

/** The colours and thicknesses of gradients up to this norm; it is fixed while other updates are looked at. */
export function gradientScale(largest: number, theme: Theme): MagnitudeScale {
  const to = largest > 0 && Number.isFinite(largest) ? Math.ceil(Math.log10(largest)) : 0;
  return new MagnitudeScale({ from: to - decades, to }, theme);
}

/**
 * The gradient over the net, from the right to the left: ∂L/∂h_t as the frame of h_t, what step t passes to step t−1 as an
 * arrow against W_hh, and what the loss adds as an arrow down into h_t. Thickness and colour are its norm. Steps before
 * `from` are pale: backpropagation has not come there yet.
 */
export function gradientArrows(scene: NetScene): readonly SVGElement[] {
  const { gradient, layout, columns } = scene;
  if (gradient === undefined || scene.hasLoop) return [];
  const at = layout.rows.findIndex(({ row }) => row.node === 'h' && row.layer === gradient.layer);
  const [h, above] = [layout.rows[at], layout.rows[at - 1]];
  if (h === undefined) return [];
  const cell = layout.rows.find(({ row }) => row.node === 'c' && row.layer === gradient.layer);
  return columns.flatMap((column, i) => {
    if (!h.row.isAt(column.t)) return [];
    const parts =
      layout.detail === 'colours'
        ? [band(scene, gradient, h, column)]
        : nodeParts(scene, gradient, { h, above, cell, column, before: columns[i - 1] });
    const isReached = column.t >= gradient.from;
    return [svg('g', { class: isReached ? 'net-gradient' : 'net-gradient not-reached' }, ...parts)];
  });
}

/** One step, its rows, and the step to its left that is in sight. */
interface Step {
  readonly h: PlacedRow;
  /** The row above h: the output, or the layer above. */
  readonly above: PlacedRow | undefined;
  readonly cell: PlacedRow | undefined;
  readonly column: Column;
  readonly before: Column | undefined;
}

function nodeParts(
  { layout }: NetScene,
  { norms, scale }: NetGradient,
  { h, above, cell, column: { t, x }, before }: Step,
): readonly SVGElement[] {
  const half = layout.nodeWidth / 2;
  const total = styleOf(norms.total[t] ?? NaN, scale);
  const frame = svg('rect', {
    class: 'net-gradient-frame',
    x: x - half,
    y: h.top,
    width: layout.nodeWidth,
    height: h.height,
    rx: 3,
    stroke: total.color,
    'stroke-width': Math.max(2, total.width / 2),
  });
  const parts: SVGElement[] = [frame];
  if (layout.detail === 'numbers') {
    const number = formatNumber(norms.total[t] ?? NaN).replace('-', '−');
    parts.push(svg('text', { class: 'net-label', x: x - 5, y: h.top + h.height + 12, 'text-anchor': 'end' }, number));
  }
  if (above !== undefined && (norms.local[t] ?? 0) !== 0) {
    const style = styleOf(norms.local[t] ?? NaN, scale);
    parts.push(...arrow(style, { x: x - beside, y: above.top + above.height }, { x: x - beside, y: h.top }));
  }
  // Without a step to the left in sight, what goes there is drawn up to the edge; nothing goes beyond step 0.
  if (t === 0) return parts;
  const left = before === undefined ? 0 : before.x + half;
  const passes = (row: PlacedRow | undefined, norm: number | undefined): void => {
    if (row === undefined || norm === undefined || x - half - left < 3) return;
    const y = row.top + row.height / 2 + Math.min(beside, row.height / 2 - 2);
    parts.push(...arrow(styleOf(norm, scale), { x: x - half, y }, { x: left, y }));
  };
  passes(h, norms.later[t - 1]);
  if (norms.laterCell.length > 0) passes(cell, norms.laterCell[t - 1]);
  return parts;
}

/** Where a step has no room for boxes, ∂L/∂h_t is a band below h. */
function band({ layout }: NetScene, { norms, scale }: NetGradient, h: PlacedRow, { t, x }: Column): SVGElement {
  const { color } = styleOf(norms.total[t] ?? NaN, scale);
  const width = layout.nodeWidth;
  return svg('rect', { x: x - width / 2, y: h.top + h.height + 3, width, height: bandHeight, fill: color });
}

interface ArrowStyle {
  readonly color: string;
  readonly width: number;
  readonly kind: MagnitudeKind;
}

function styleOf(norm: number, scale: MagnitudeScale): ArrowStyle {
  const kind = scale.kindOf(norm);
  const { least, more } = thickness;
  switch (kind) {
    case 'within': {
      const { from, to } = scale.decades;
      const share = (Math.log10(norm) - from) / (to - from);
      return { kind, color: scale.cssAt(Math.max(leastShade, share)), width: least + more * share };
    }
    case 'above':
      return { kind, color: scale.cssAt(1), width: least + more };
    case 'below':
      return { kind, color: scale.cssAt(leastShade), width: least };
    case 'zero':
      return { kind, color: scale.zero, width: least };
    case 'nothing':
    case 'notFinite':
      return { kind, color: scale.notFinite, width: least + more };
  }
}

/** A point in pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow along an axis; exactly 0 is a dotted line without a head. */
function arrow({ color, width, kind }: ArrowStyle, from: Point, to: Point): readonly SVGElement[] {
  const length = Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
  const hasHead = length >= head.shortest && kind !== 'zero';
  const share = hasHead ? (length - head.length) / length : 1;
  const neck = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  const line = svg('line', {
    x1: from.x,
    y1: from.y,
    x2: neck.x,
    y2: neck.y,
    stroke: color,
    'stroke-width': width,
    ...(kind === 'zero' ? { 'stroke-dasharray': '1.5 2.5' } : {}),
  });
  if (!hasHead) return [line];
  const wide = width / 2 + 3;
  const across = from.y === to.y ? { x: 0, y: wide } : { x: wide, y: 0 };
  const points = [
    `${neck.x - across.x},${neck.y - across.y}`,
    `${neck.x + across.x},${neck.y + across.y}`,
    `${to.x},${to.y}`,
  ].join(' ');
  return [line, svg('polygon', { points, fill: color })];
}
