import type { Grid } from '../plot/heatmap/raster';
import type { DisplaySeries, ScalarField } from '../../src/run/series/displaySeries';
import type { Table } from '../plot/table';

/** The loss over the updates: one row per column of the picture. */
export function lossTable(series: DisplaySeries): Table {
  return scalarTable(series, 'Loss over updates', [
    ['mean loss', (at) => at('lossSum') / at('count')],
    ['lowest', (at) => at('lossMin')],
    ['highest', (at) => at('lossMax')],
    ['validation', (at) => at('validationLoss')],
    ['learning rate', (at) => at('learningRate')],
  ]);
}

/** The gradient's norm over the updates; the largest where a row covers several updates. */
export function clippingTable(series: DisplaySeries): Table {
  return scalarTable(series, 'Gradient norm over updates', [
    ['‖g‖ before clipping', (at) => at('gradNorm')],
    ['‖g‖ after clipping', (at) => at('clippedNorm')],
    ['clipped updates', (at) => at('clips')],
  ]);
}

/** ‖ΔW‖ / ‖W‖ over the updates: a column per parameter; the largest where a row covers several updates. */
export function updateRatioTable(series: DisplaySeries): Table {
  return parameterTable(series, 'updateRatio', 'Update size relative to the weights');
}

/** ‖∂L/∂W‖ over the updates, before clipping: a column per parameter; the largest where a row covers several updates. */
export function parameterGradientTable(series: DisplaySeries): Table {
  return parameterTable(series, 'parameterGradNorm', 'Gradient norm per parameter');
}

function parameterTable(
  { scalars, layout }: DisplaySeries,
  field: 'updateRatio' | 'parameterGradNorm',
  caption: string,
): Table {
  const { stride, count } = scalars;
  return {
    caption: stride === 1 ? caption : `${caption}; a row covers ${stride} updates`,
    columns: [stride === 1 ? 'update' : 'from update', ...layout.parameters],
    rows: Array.from({ length: count }, (_, column) => [scalars.updateOf(column), ...scalars.column(field, column)]),
  };
}

/** The heatmap: a row per update, a column per time step. */
export function gradientTable(
  caption: string,
  { values, columns, width, offset, rows, stride, origin = 0 }: Grid,
): Table {
  return {
    caption,
    columns: ['update', ...Array.from({ length: rows }, (_, t) => `t = ${t}`)],
    rows: Array.from({ length: columns }, (_, column) => [
      origin + column * stride,
      ...Array.from({ length: rows }, (_, t) => values[column * width + offset + t] ?? NaN),
    ]),
  };
}

function scalarTable(
  { scalars }: DisplaySeries,
  caption: string,
  quantities: readonly (readonly [name: string, of: (at: (field: ScalarField) => number) => number])[],
): Table {
  const { stride, count } = scalars;
  return {
    caption: stride === 1 ? caption : `${caption}; a row covers ${stride} updates`,
    columns: [stride === 1 ? 'update' : 'from update', ...quantities.map(([name]) => name)],
    rows: Array.from({ length: count }, (_, column) => {
      const at = (field: ScalarField): number => scalars.column(field, column)[0] ?? NaN;
      return [scalars.updateOf(column), ...quantities.map(([, of]) => of(at))];
    }),
  };
}
