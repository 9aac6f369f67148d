import type { ChartDataset } from 'chart.js';
import { bisector } from 'd3-array';

/** One line of a chart. */
export interface Curve {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly color: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Fills down or up to the curve that stands before this one. */
  readonly fillToPrevious?: string;
  readonly dots?: boolean;
}

type LineDataset = ChartDataset<'line', { x: number; y: number }[]>;

/**
 * What chart.js draws of the curves of one chart. A dataset that stays is drawn in place, where a new one is set up from
 * the ground; but chart.js keeps the look of its dots from the first time, so one goes on only as a curve of the same look.
 */
export class Datasets {
  #drawn: readonly { readonly look: string; readonly dataset: LineDataset }[] = [];

  /** One dataset for each curve, in their order, with the points that `domain` needs. */
  of(curves: readonly Curve[], domain: readonly [number, number]): LineDataset[] {
    const free = [...this.#drawn];
    this.#drawn = curves.map((curve) => {
      const look = lookOf(curve);
      const at = free.findIndex((earlier) => earlier.look === look);
      const [earlier] = at < 0 ? [] : free.splice(at, 1);
      const dataset = earlier?.dataset ?? { ...styleOf(curve), data: [] };
      dataset.data = visiblePoints(curve.points, domain);
      return { look, dataset };
    });
    return this.#drawn.map(({ dataset }) => dataset);
  }
}

function lookOf(curve: Curve): string {
  return JSON.stringify(styleOf(curve));
}

function styleOf(curve: Curve): Omit<LineDataset, 'data'> {
  return {
    borderColor: curve.color,
    backgroundColor: curve.fillToPrevious ?? curve.color,
    borderWidth: curve.width ?? 1.5,
    borderDash: [...(curve.dash ?? [])],
    // A line through one point would not be seen.
    pointRadius: curve.dots === true || curve.points.length === 1 ? 2 : 0,
    pointHitRadius: 0,
    fill: curve.fillToPrevious === undefined ? false : '-1',
    spanGaps: curve.dots === true,
    stepped: false,
  };
}

const byX = bisector(({ x }: Curve['points'][number]) => x);

/** The points in sight, which stand in the order of x, and one on either side, so that lines leave the picture where they should. */
function visiblePoints(points: Curve['points'], domain: readonly [number, number]): { x: number; y: number }[] {
  const first = byX.left(points, domain[0]);
  const end = byX.right(points, domain[1]);
  return points.slice(Math.max(0, first - 1), end + 1);
}
