import { spreadOf, type Spread } from '../../src/run/series/spread';

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The curves of a group: the median of its runs, and the lowest and highest value, at every point. */
export interface SpreadCurves {
  readonly median: readonly Point[];
  readonly lowest: readonly Point[];
  readonly highest: readonly Point[];
}

/**
 * The median and the range of the curves of several runs. Each point is over the runs that have a finite value there: one
 * that has not come so far, or has diverged before, has none.
 *
 * @param curves of each run, with x ascending; runs at different resolutions have different x
 * @param stride updates per point of the result; that of the coarsest run. Points of one run in one stride are averaged
 */
export function spreadCurves(curves: readonly (readonly Point[])[], stride: number): SpreadCurves {
  const columns = new Map<number, number[]>();
  for (const curve of curves) {
    for (const [column, y] of columnMeans(curve, stride)) {
      const values = columns.get(column) ?? [];
      values.push(y);
      columns.set(column, values);
    }
  }
  const spreads = [...columns]
    .sort(([a], [b]) => a - b)
    .flatMap(([column, values]): (Spread & { readonly x: number })[] => {
      const spread = spreadOf(values);
      return spread === undefined ? [] : [{ ...spread, x: (column + 0.5) * stride }];
    });
  const curveOf = (key: 'median' | 'lowest' | 'highest'): Point[] => spreads.map((one) => ({ x: one.x, y: one[key] }));
  return { median: curveOf('median'), lowest: curveOf('lowest'), highest: curveOf('highest') };
}

/** The mean of a curve's finite points in each column of `stride` updates. */
function columnMeans(curve: readonly Point[], stride: number): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { x, y } of curve) {
    if (!Number.isFinite(y)) continue;
    const column = Math.floor(x / stride);
    const { sum, count } = sums.get(column) ?? { sum: 0, count: 0 };
    sums.set(column, { sum: sum + y, count: count + 1 });
  }
  return new Map([...sums].map(([column, { sum, count }]) => [column, sum / count]));
}
