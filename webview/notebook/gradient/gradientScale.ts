import { decadesOf, lowestDecade, unionOf, type Decades } from '../../plot/heatmap/magnitudeScale';
import type { Grid } from '../../plot/heatmap/raster';
import type { ShownRun, View } from '../../store/model';
import { memoKey } from '../memo';
import { columnsOf, gridOf } from './gradientGrid';

/**
 * The decades of the heatmap's colour scale, those of the whole run also while zoomed in. They grow with the run but never
 * shrink by themselves; they start from the scale that was fitted to the visible range, if there is one. Only columns that
 * are new since the last call are measured.
 */
export class GradientScale {
  #decades: { readonly of: string; readonly value: Decades | undefined } = { of: '', value: undefined };
  #version = 0;
  #columns = 0;

  /** undefined where the run has no number to scale. */
  decadesOf(run: ShownRun, view: View): Decades | undefined {
    const grid = gridOf(run.series, view);
    const fitted = view.fittedColours;
    const of = memoKey(run.info, view.quantity, view.layer, fitted);
    const isKnown = this.#decades.of === of;
    const previous = isKnown ? this.#decades.value : fitted;
    if (!isKnown || previous === undefined || run.version !== this.#version) {
      const lowest = lowestDecade(columnsOf(grid, 0, grid.columns), grid.rows);
      const fresh =
        !isKnown && fitted !== undefined
          ? columnsOf(grid, Math.floor(fitted.updates / grid.stride), grid.columns)
          : newColumns(grid, previous === undefined ? 0 : this.#columns - 1);
      this.#decades = { of, value: unionOf(previous, decadesOf(fresh, lowest)) };
    }
    this.#version = run.version;
    this.#columns = grid.columns;
    return this.#decades.value;
  }
}

function newColumns(grid: Grid, from: number): Float64Array {
  // If columns were merged since, indices have changed: measure all of them again.
  return columnsOf(grid, from >= grid.columns ? 0 : Math.max(0, from), grid.columns);
}
