import { render } from 'lit-html';
import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import { drawPixels, resizeCanvas } from '../../plot/canvas';
import { gutters } from '../../plot/trainingAxis';
import type { SharedZoom } from '../../plot/zoom';
import { magnitudeLegend } from '../../plot/heatmap/legend';
import { decadesOf, lowestDecade, MagnitudeScale, unionOf, type Decades } from '../../plot/heatmap/magnitudeScale';
import { hasNonFinite, rasterize, type Grid } from '../../plot/heatmap/raster';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { FittedColours, Model, Quantity, ShownRun, View } from '../../store/model';
import type { Store } from '../../store/store';
import { button, choice } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { MeasuredHeight } from '../../ui/measuredHeight';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cellFrame';
import { memoKey } from '../memo';
import { notRecorded } from '../loss/lossCurves';
import { gradientTable } from '../trainingTables';
import { TrainingSurface } from '../../plot/trainingSurface';
import './gradient.css';

const names: Readonly<Record<Quantity, string>> = {
  dh: '‖∂L/∂h_t‖',
  dhLocal: '‖∂L/∂h_t‖ without the path from t+1',
  dc: '‖∂L/∂c_t‖',
  lossPerStep: 'L_t',
};

/** [2] The gradient at every time step of every recorded update; x is training time, y is sequence time. */
export class GradientCell implements NotebookCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #canvas = element('canvas', { class: 'heatmap', 'aria-hidden': 'true' });
  readonly #steps = element('div', { class: 'step-axis', 'aria-hidden': 'true' });
  readonly #legend = element('div');
  readonly #surface: TrainingSurface;
  readonly #height: MeasuredHeight;
  readonly #quantity;
  readonly #layer;
  /** Updates on the axis that is drawn. */
  #domain: readonly [number, number] = [0, 1];
  #decades: { readonly of: string; readonly value: Decades | undefined } = { of: '', value: undefined };
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, toggle: ToggleCell) {
    this.#frame = new CellFrame(2, 'Gradient through time', toggle);
    this.element = this.#frame.element;
    this.#surface = new TrainingSurface(store, zoom, 'Gradient norm over updates and time steps');
    this.#quantity = choice<Quantity>('Show', (quantity) => {
      store.dispatch({ kind: 'viewChanged', view: { quantity } });
    });
    this.#layer = choice<string>('Layer', (layer) => {
      store.dispatch({ kind: 'viewChanged', view: { layer: Number(layer) } });
    });
    const fit = button({
      label: 'Fit the colours to the visible range',
      icon: 'fit',
      appearance: 'icon',
      onPress: () => {
        store.dispatch({ kind: 'viewChanged', view: { fittedColours: this.#fittedColours(store.model) } });
      },
    });
    this.#frame.tools.append(this.#quantity.element, this.#layer.element, fit);
    this.#canvas.style.left = `${gutters.left}px`;
    const plot = element('div', { class: 'plot heat-plot' }, this.#steps, this.#canvas, this.#surface.element);
    this.#height = new MeasuredHeight(plot, () => {
      store.redraw();
    });
    this.#frame.body.append(this.#legend, this.#frame.readout, plot);
  }

  update({ model, axis, theme }: Drawing): void {
    this.#frame.follow(model.view);
    const { run, view } = model;
    this.#domain = axis.domain;
    if (run === undefined) return;
    this.#setOptions(run, view);
    const series = visibleSeries(run, axis.domain);
    const grid = gridOf(series, view);
    this.#surface.update(axis, { rows: grid.rows });
    setText(this.#frame.readout, readout(model, run));
    if (this.#frame.body.hidden) return;
    const decades = this.#scaleDecades(run, view);
    this.#frame.setSummary(summary(run, view));
    this.#frame.setTable(memoKey(run.version, series, view.quantity, view.layer), () =>
      gradientTable(`${names[view.quantity]}${run.info.layout.layers > 1 ? `, layer ${view.layer}` : ''}`, grid),
    );
    const height = this.#height.value;
    const key = memoKey(
      run.version,
      series,
      view.quantity,
      view.layer,
      axis.domain,
      axis.width,
      height,
      theme,
      decades,
      devicePixelRatio,
    );
    if (key === this.#drawn) return;
    this.#drawn = key;
    const scale = new MagnitudeScale(decades ?? { from: -1, to: 0 }, theme);
    render(magnitudeLegend(scale, names[view.quantity], hasNonFinite(grid)), this.#legend);
    this.#drawSteps(grid.rows);
    this.#paint(grid, axis.domain, axis.width, height, scale);
  }

  #setOptions(run: ShownRun, view: View): void {
    const { layers, hasCellState } = run.info.layout;
    const quantities: readonly Quantity[] = hasCellState
      ? ['dh', 'dhLocal', 'dc', 'lossPerStep']
      : ['dh', 'dhLocal', 'lossPerStep'];
    this.#quantity.setOptions(
      quantities.map((value) => ({ value, label: names[value] })),
      view.quantity,
    );
    this.#layer.setOptions(
      Array.from({ length: layers }, (_, l) => ({
        value: String(l),
        label: layers === 1 ? '0 (the only one)' : String(l),
      })),
      String(view.layer),
    );
    this.#layer.element.hidden = layers === 1 || view.quantity === 'lossPerStep';
  }

  /** The scale grows with a run but never shrinks by itself; the button fits it to the visible range. */
  #scaleDecades(run: ShownRun, view: View): Decades | undefined {
    // The colour scale is that of the whole run, also while zoomed in.
    const grid = gridOf(run.series, view);
    const fitted = view.fittedColours;
    const of = memoKey(run.info, view.quantity, view.layer, fitted);
    const isKnown = this.#decades.of === of;
    const previous = isKnown ? this.#decades.value : fitted;
    if (!isKnown || previous === undefined || run.version !== this.#measured) {
      const lowest = lowestDecade(columnsOf(grid, 0, grid.columns), grid.rows);
      const fresh =
        !isKnown && fitted !== undefined
          ? columnsOf(grid, Math.floor(fitted.updates / grid.stride), grid.columns)
          : newColumns(grid, previous === undefined ? 0 : this.#measuredColumns - 1);
      this.#decades = { of, value: unionOf(previous, decadesOf(fresh, lowest)) };
    }
    this.#measured = run.version;
    this.#measuredColumns = grid.columns;
    return this.#decades.value;
  }

  /** The scale of the visible part of the heatmap; undefined where it has no number to scale. */
  #fittedColours({ run, view }: Model): FittedColours | undefined {
    if (run === undefined) return undefined;
    const grid = gridOf(visibleSeries(run, this.#domain), view);
    const seen = visiblePart(grid, this.#domain);
    const decades = decadesOf(seen, lowestDecade(seen, grid.rows));
    return decades && { ...decades, updates: run.status.updates };
  }

  #measured = 0;
  #measuredColumns = 0;

  #drawSteps(rows: number): void {
    const middle = Math.floor((rows - 1) / 2);
    const labels = rows > 2 ? [rows - 1, middle, 0] : rows === 2 ? [1, 0] : [0];
    this.#steps.replaceChildren(
      element('span', { class: 'axis-title' }, 'step t'),
      ...labels.map((t) => {
        const label = element('span', { class: 'step-label' }, String(t));
        label.style.top = `${((rows - t - 0.5) / rows) * 100}%`;
        return label;
      }),
    );
  }

  #paint(
    grid: Grid,
    [from, to]: readonly [number, number],
    plotWidth: number,
    plotHeight: number,
    scale: MagnitudeScale,
  ): void {
    resizeCanvas(this.#canvas, plotWidth, plotHeight);
    drawPixels(this.#canvas, (pixels, width, height) => {
      rasterize(grid, { from, to, width, height }, scale, pixels);
    });
  }
}

function gridOf({ heat, layout }: DisplaySeries, { quantity, layer }: View): Grid {
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

function columnsOf({ values, width, offset, rows }: Grid, first: number, last: number): Float64Array {
  const out = new Float64Array(Math.max(0, last - first) * rows);
  for (let column = first; column < last; column++) {
    out.set(values.subarray(column * width + offset, column * width + offset + rows), (column - first) * rows);
  }
  return out;
}

function visiblePart(grid: Grid, [from, to]: readonly [number, number]): Float64Array {
  const { stride, origin = 0 } = grid;
  const first = Math.max(0, Math.floor((from - origin) / stride));
  return columnsOf(grid, first, Math.min(grid.columns, Math.ceil((to - origin) / stride)));
}

function newColumns(grid: Grid, from: number): Float64Array {
  // If columns were merged since, indices have changed: measure all of them again.
  return columnsOf(grid, from >= grid.columns ? 0 : Math.max(0, from), grid.columns);
}

function readout({ hover, view }: Model, run: ShownRun): string {
  const point = hover ?? view.selection;
  const update = point?.update ?? run.status.updates - 1;
  const { heat } = seriesAt(run, update);
  const grid = gridOf(seriesAt(run, update), view);
  if (update < 0 || heat.count === 0) return 'Point at a cell to see its value.';
  const column = heat.columnAt(update);
  const updates = formatColumn(run, heat.updateOf(column), grid.stride);
  const t = point?.t;
  if (t === undefined) return `${updates} · point at a cell to see its step`;
  const value = grid.values[column * grid.width + grid.offset + t] ?? NaN;
  if (columnsOf(grid, column, column + 1).every(Number.isNaN)) return `${updates} · ${notRecorded}`;
  const name = names[view.quantity].replaceAll('_t', `_${t}`);
  return `${updates} · step t = ${t} · ${name} = ${Number.isNaN(value) ? 'no such step' : formatNumber(value)}`;
}

/** The updates of a column; where there are several, the heatmap shows the largest value. */
function formatColumn({ info, status }: ShownRun, first: number, stride: number): string {
  const written = (update: number): string => formatExact(update);
  if (stride === 1) return `update ${written(first)}`;
  if (stride === info.recordEvery) return `update ${written(first)} (every ${stride} recorded)`;
  const last = Math.min(status.updates, first + stride) - 1;
  return first >= last
    ? `update ${formatExact(first)}`
    : `updates ${formatExact(first)}–${formatExact(last)}, the largest`;
}

function summary(run: ShownRun, view: View): string {
  const series = seriesAt(run, view.selection?.update ?? run.status.updates - 1);
  const { heat } = series;
  const grid = gridOf(series, view);
  if (grid.columns === 0)
    return 'How much of the gradient reaches each time step, update by update. Nothing is recorded yet.';
  const at = heat.columnAt(view.selection?.update ?? Infinity);
  const column = columnsOf(grid, at, at + 1);
  const last = column.findLastIndex((value) => !Number.isNaN(value));
  const first = column[0] ?? NaN;
  const end = column[last] ?? NaN;
  const updates = formatColumn(run, heat.updateOf(at), grid.stride);
  if (view.quantity === 'lossPerStep')
    return `The loss of each step; L_t is ${formatNumber(end)} at step ${last} of ${updates}.`;
  const { bptt } = run.info;
  const cut =
    bptt !== 'full' && bptt.backward < bptt.forward
      ? ` The gradient is truncated ${bptt.backward} steps before the end: 0 below.`
      : '';
  if (column.every((value) => value === 0 || Number.isNaN(value)))
    return `${names[view.quantity]} at ${updates} is exactly 0 at every step: nothing is learned from it.`;
  return `${names[view.quantity]} over the whole batch at ${updates}: ${formatNumber(end)} at step ${last}, ${formatNumber(first)} at step 0. The gradient flows back downwards.${cut}`;
}
