import type { Grid } from '../plot/heatmap/raster';
import type { DisplaySeries, ScalarField } from '../../src/run/series/displaySeries';
import type { Table } from '../plot/table';
import { translate } from '../../src/text/translate';

/** The loss over the updates: one row per column of the picture. */
export function lossTable(series: DisplaySeries): Table {
  return scalarTable(series, translate`Loss over updates`, [
    [translate`mean loss`, (at) => at('lossSum') / at('count')],
    [translate`lowest`, (at) => at('lossMin')],
    [translate`highest`, (at) => at('lossMax')],
    [translate`validation`, (at) => at('validationLoss')],
    [translate`learning rate`, (at) => at('learningRate')],
  ]);
}

/** The gradient's norm over the updates; the largest where a row covers several updates. */
export function clippingTable(series: DisplaySeries): Table {
  return scalarTable(series, translate`Gradient norm over updates`, [
    [translate`‖g‖ before clipping`, (at) => at('gradNorm')],
    [translate`‖g‖ after clipping`, (at) => at('clippedNorm')],
    [translate`clipped updates`, (at) => at('clips')],
  ]);
}

/** ‖ΔW‖ / ‖W‖ over the updates: a column per parameter; the largest where a row covers several updates. */
export function updateRatioTable(series: DisplaySeries): Table {
  return parameterTable(series, 'updateRatio', translate`Update size relative to the weights`);
}

/** ‖∂L/∂W‖ over the updates, before clipping: a column per parameter; the largest where a row covers several updates. */
export function parameterGradientTable(series: DisplaySeries): Table {
  return parameterTable(series, 'parameterGradNorm', translate`Gradient norm per parameter`);
}

function parameterTable(
  { scalars, layout }: DisplaySeries,
  field: 'updateRatio' | 'parameterGradNorm',
  caption: string,
): Table {
  const { stride, count } = scalars;
  return {
    caption: stride === 1 ? caption : translate`${caption}; a row covers ${stride} updates`,
    columns: [stride === 1 ? translate`update` : translate`from update`, ...layout.parameters],
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
    columns: [translate`update`, ...Array.from({ length: rows }, (_, t) => `t = ${t}`)],
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
    caption: stride === 1 ? caption : translate`${caption}; a row covers ${stride} updates`,
    columns: [stride === 1 ? translate`update` : translate`from update`, ...quantities.map(([name]) => name)],
    rows: Array.from({ length: count }, (_, column) => {
      const at = (field: ScalarField): number => scalars.column(field, column)[0] ?? NaN;
      return [scalars.updateOf(column), ...quantities.map(([, of]) => of(at))];
    }),
  };
}
