import type { ChartDataset } from 'chart.js';
import { bisector } from 'd3-array';

/** One line of a chart. */
export interface Curve {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly color: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  /** The colour of the area between this curve and the previous one. */
  readonly fillToPrevious?: string;
  readonly dots?: boolean;
  /** Whether the line is interrupted at missing values even where it has dots. */
  readonly hasGaps?: boolean;
}

type LineDataset = ChartDataset<'line', { x: number; y: number }[]>;

/**
 * The chart.js datasets of one chart. Reusing a dataset is cheaper than creating one; but chart.js keeps the style of its
 * dots from the first drawing, so a dataset is reused only for a curve of the same style.
 */
export class Datasets {
  #drawn: readonly { readonly look: string; readonly dataset: LineDataset }[] = [];

  /** One dataset per curve, in the same order, with the points that are visible in `domain`. */
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
    // A line through a single point is invisible.
    pointRadius: curve.dots === true || curve.points.length === 1 ? 2 : 0,
    pointHitRadius: 0,
    fill: curve.fillToPrevious === undefined ? false : '-1',
    spanGaps: curve.dots === true && curve.hasGaps !== true,
    stepped: false,
  };
}

const byX = bisector(({ x }: Curve['points'][number]) => x);

/** The visible points, sorted by x, and one on either side, so that lines continue to the edges. */
function visiblePoints(points: Curve['points'], domain: readonly [number, number]): { x: number; y: number }[] {
  const first = byX.left(points, domain[0]);
  const end = byX.right(points, domain[1]);
  return points.slice(Math.max(0, first - 1), end + 1);
}
