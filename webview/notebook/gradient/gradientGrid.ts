import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { Grid } from '../../plot/heatmap/raster';
import type { View } from '../../store/model';

/** The values of the selected quantity and layer: a column per recorded update, a row per time step. */
export function gridOf({ heat, layout }: DisplaySeries, { quantity, layer }: View): Grid {
  const rows = layout.steps;
  const isPerLayer = quantity !== 'lossPerStep';
  return {
    values: heat.values(quantity),
    columns: heat.count,
    width: isPerLayer ? rows * layout.layers : rows,
    offset: isPerLayer ? layer * rows : 0,
    rows,
    stride: heat.stride,
    origin: heat.origin,
  };
}

/** (last − first, T) the columns from `first` to `last` (exclusive). */
export function columnsOf({ values, width, offset, rows }: Grid, first: number, last: number): Float64Array {
  const out = new Float64Array(Math.max(0, last - first) * rows);
  for (let column = first; column < last; column++) {
    out.set(values.subarray(column * width + offset, column * width + offset + rows), (column - first) * rows);
  }
  return out;
}

/** The columns that are visible in a range of updates. */
export function visiblePart(grid: Grid, [from, to]: readonly [number, number]): Float64Array {
  const { stride, origin = 0 } = grid;
  const first = Math.max(0, Math.floor((from - origin) / stride));
  return columnsOf(grid, first, Math.min(grid.columns, Math.ceil((to - origin) / stride)));
}
