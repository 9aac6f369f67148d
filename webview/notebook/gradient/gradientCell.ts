import type { TemplateResult } from 'lit-html';
import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import { drawPixels, resizeCanvas } from '../../plot/canvas';
import { magnitudeLegend } from '../../plot/heatmap/legend';
import { MagnitudeScale, type Decades } from '../../plot/heatmap/magnitudeScale';
import { hasNonFinite, rasterize, type Grid } from '../../plot/heatmap/raster';
import { UpdateLabels } from '../../plot/updateLabels';
import { rowAxis } from '../../plot/yAxis';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun, View } from '../../store/model';
import type { Drawing } from '../cell/cellFrame';
import { withoutLayers } from '../absence';
import type { CellDeclaration, CellPart } from '../cell/cellDeclaration';
import { notRecorded } from '../loss/lossCurves';
import { gradientTable } from '../trainingTables';
import { columnsOf, gridOf } from './gradientGrid';
import { GradientTools } from './gradientTools';
import { GradientScale } from './gradientScale';
import { quantityNames } from './quantityNames';
import { translate } from '../../../src/text/translate';
import './gradient.css';

/** What the heatmap shows. */
interface Heatmap {
  readonly run: ShownRun;
  readonly series: DisplaySeries;
  readonly grid: Grid;
  /** The decades of the colour scale. */
  readonly decades: Decades;
}

/** [2] The gradient at every time step of every recorded update; x is training time, y is sequence time. */
export const gradientCell: CellDeclaration<Drawing, Heatmap> = {
  number: 2,
  title: 'Gradient through time',
  absence: withoutLayers(translate`gradient for each time step`),
  source: () => {
    const scale = new GradientScale();
    return {
      dataFor: ({ model: { run, view }, axis }) => {
        if (run === undefined) return undefined;
        const series = visibleSeries(run, axis.domain);
        const decades = scale.decadesOf(run, view) ?? { from: -1, to: 0 };
        return { run, series, grid: gridOf(series, view), decades };
      },
    };
  },
  summary: ({ run }, { model }) => summary(run, model.view),
  readout: ({ run }, { model }) => readout(model, run),
  table: ({ run, series, grid }, { model: { view } }) => ({
    dependsOn: [run.version, series, view.quantity, view.layer],
    make: () => {
      const layer = run.info.layout.layers > 1 ? translate`, layer ${view.layer}` : '';
      return gradientTable(`${quantityNames[view.quantity]}${layer}`, grid);
    },
  }),
  picture: {
    kind: 'canvas',
    label: translate`Gradient norm over updates and time steps`,
    class: 'heat-plot',
    canvasClass: 'heatmap',
    dependencies: ({ run, series, decades }, { model: { view } }) => [
      run.version,
      series,
      view.quantity,
      view.layer,
      decades.from,
      decades.to,
    ],
    legend: ({ grid, decades }, { model, theme }) =>
      magnitudeLegend(new MagnitudeScale(decades, theme), quantityNames[model.view.quantity], hasNonFinite(grid)),
    yAxis: ({ grid: { rows } }) => stepAxis(rows),
    rows: ({ grid }) => grid.rows,
    draw: (canvas, { grid, decades }, { axis, theme }, plotHeight) => {
      const [from, to] = axis.domain;
      const scale = new MagnitudeScale(decades, theme);
      resizeCanvas(canvas, axis.width, plotHeight);
      drawPixels(canvas, (pixels, width, height) => {
        rasterize(grid, { from, to, width, height }, scale, pixels);
      });
    },
  },
  parts: ({ store }) => {
    const labels = new UpdateLabels();
    const below: CellPart<Drawing, Heatmap> = {
      element: labels.element,
      update: (_, { model, axis }) => {
        if (model.view.presented !== undefined) labels.update(axis);
      },
    };
    return { tools: new GradientTools(store), below };
  },
};

/** Labels of the first, the middle and the last time step. */
function stepAxis(rows: number): TemplateResult {
  const middle = Math.floor((rows - 1) / 2);
  const labels = rows > 2 ? [rows - 1, middle, 0] : rows === 2 ? [1, 0] : [0];
  return rowAxis(
    translate`step t`,
    rows,
    labels.map((row) => ({ row, text: String(row) })),
  );
}

function readout({ hover, view }: Model, run: ShownRun): string {
  const point = hover ?? view.selection;
  const update = point?.update ?? run.status.updates - 1;
  const { heat } = seriesAt(run, update);
  const grid = gridOf(seriesAt(run, update), view);
  if (update < 0 || heat.count === 0) return translate`Point at a cell to see its value.`;
  const column = heat.columnAt(update);
  const updates = formatColumn(run, heat.updateOf(column), grid.stride);
  const t = point?.t;
  if (t === undefined) return translate`${updates} · point at a cell to see its step`;
  const value = grid.values[column * grid.width + grid.offset + t] ?? NaN;
  if (columnsOf(grid, column, column + 1).every(Number.isNaN)) return `${updates} · ${notRecorded(run.series)}`;
  const name = quantityNames[view.quantity].replaceAll('_t', `_${t}`);
  return translate`${updates} · step t = ${t} · ${name} = ${Number.isNaN(value) ? translate`no such step` : formatNumber(value)}`;
}

/** The updates of a column; where there are several, the heatmap shows the largest value. */
function formatColumn({ info, status }: ShownRun, first: number, stride: number): string {
  const written = (update: number): string => formatExact(update);
  if (stride === 1) return translate`update ${written(first)}`;
  if (stride === info.recordEvery) return translate`update ${written(first)} (every ${stride} recorded)`;
  const last = Math.min(status.updates, first + stride) - 1;
  return first >= last
    ? translate`update ${formatExact(first)}`
    : translate`updates ${formatExact(first)}–${formatExact(last)}, the largest`;
}

function summary(run: ShownRun, view: View): string {
  const series = seriesAt(run, view.selection?.update ?? run.status.updates - 1);
  const { heat } = series;
  const grid = gridOf(series, view);
  if (grid.columns === 0)
    return translate`How much of the gradient reaches each time step, update by update. Nothing is recorded yet.`;
  const at = heat.columnAt(view.selection?.update ?? Infinity);
  const column = columnsOf(grid, at, at + 1);
  const last = column.findLastIndex((value) => !Number.isNaN(value));
  const first = column[0] ?? NaN;
  const end = column[last] ?? NaN;
  const every = grid.stride === run.info.recordEvery;
  const updates = every
    ? translate`update ${formatExact(heat.updateOf(at))}`
    : formatColumn(run, heat.updateOf(at), grid.stride);
  if (view.quantity === 'lossPerStep')
    return translate`The loss of each step; L_t is ${formatNumber(end)} at step ${last} of ${updates}.`;
  const { bptt } = run.info;
  const cut =
    bptt !== 'full' && bptt.backward < bptt.forward
      ? translate` The gradient is truncated ${bptt.backward} steps before the end: 0 below.`
      : '';
  if (column.every((value) => value === 0 || Number.isNaN(value)))
    return translate`${quantityNames[view.quantity]} at ${updates} is exactly 0 at every step: nothing is learned from it.`;
  return translate`${quantityNames[view.quantity]} at ${updates}: ${formatNumber(end)} at step ${last}, ${formatNumber(first)} at step 0.${cut}`;
}
