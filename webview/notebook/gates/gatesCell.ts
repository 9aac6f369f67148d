import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatExact, formatPercentage } from '../../../src/text/numbers';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Table } from '../../plot/table';
import type { Model, ShownRun } from '../../store/model';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Theme } from '../../theme/theme';
import { withoutLayers } from '../absence';
import type { CellDeclaration } from '../cell/cellDeclaration';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import { memoKey, Memo } from '../memo';
import { gateShares, shareAt, type GateShare } from './gateShares';
import { translate } from '../../../src/text/translate';

/** [7] The share of values at the ends of every gate and of the candidate over the updates. */
export const gatesCell: CellDeclaration<Drawing, ShownRun> = {
  number: 7,
  title: 'Gate saturation',
  absence: withoutLayers(translate`value of a gate`),
  source: shownRun,
  summary: (run, { model }) => gateSummary(run, model),
  readout: (run, { model }) => readout(run, model),
  table: (run, { model, axis }) => {
    const series = visibleSeries(run, axis.domain);
    return {
      dependsOn: [run.version, series, model.view.layer],
      make: () => gateTable(series, sharesOf(run, series, model)),
    };
  },
  picture: {
    kind: 'curves',
    label: translate`Share of saturated values of every gate over updates`,
    height: 'short',
    dependencies: (run, { model, axis }) => [run.version, visibleSeries(run, axis.domain), model.view.layer],
    content: contentOf,
  },
};

const lines = new Memo<readonly Curve[]>();

function contentOf(run: ShownRun, { model, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const curves = lines.of(memoKey(run.version, series, theme, model.view.layer), () =>
    linesOf(series, sharesOf(run, series, model), theme),
  );
  return { curves, yAxis: 'linear', yTitle: translate`share of values`, yRange: [0, 1] };
}

function sharesOf({ info }: ShownRun, series: DisplaySeries, { view }: Model): readonly GateShare[] {
  return gateShares(series, info, Math.min(view.layer, series.layout.layers - 1));
}

/** Dashed lines are the closed and the dead ends; a gate has one colour. */
function linesOf(series: DisplaySeries, shares: readonly GateShare[], theme: Theme): readonly Curve[] {
  const { heat, layout } = series;
  return shares.map((share) => ({
    label: `${share.name} ${share.end}`,
    points: Array.from({ length: heat.count }, (_, column) => ({
      x: heat.updateOf(column + 0.5),
      y: shareAt(series, share, column),
    })),
    color: theme.runs[layout.saturating.indexOf(share.name) % theme.runs.length] ?? theme.foreground,
    ...(share.end === 'closed' || share.end === 'dead' ? { dash: [5, 4] } : {}),
  }));
}

function gateTable(series: DisplaySeries, shares: readonly GateShare[]): Table {
  const { heat } = series;
  return {
    caption: heat.stride === 1 ? 'Gate saturation' : translate`Gate saturation; a row covers ${heat.stride} updates`,
    columns: [
      heat.stride === 1 ? translate`update` : translate`from update`,
      ...shares.map(({ name, end }) => `${name} ${end}`),
    ],
    rows: Array.from({ length: heat.count }, (_, column) => [
      heat.updateOf(column),
      ...shares.map((share) => shareAt(series, share, column)),
    ]),
  };
}

/** The recorded column of an update; undefined where there is none. */
function columnOf(series: DisplaySeries, update: number): number | undefined {
  const column = series.heat.columnAt(update);
  return column < 0 ? undefined : column;
}

function readout(run: ShownRun, model: Model): string {
  const at = model.hover?.update ?? model.view.selection?.update ?? run.status.updates - 1;
  const series = seriesAt(run, Math.max(0, at));
  const column = columnOf(series, at);
  if (at < 0 || column === undefined) return translate`No update yet.`;
  const parts = sharesOf(run, series, model).map(
    (share) => `${share.name} ${share.end} ${formatPercentage(shareAt(series, share, column))}`,
  );
  const stride = series.heat.stride === 1 ? '' : translate`, largest of ${series.heat.stride} updates`;
  return [translate`update ${formatExact(series.heat.updateOf(column))}${stride}`, ...parts].join(' · ');
}

/** The gate whose values are at one end most, at the selected update. */
export function gateSummary(run: ShownRun, model: Model): string {
  const at = model.view.selection?.update ?? run.status.updates - 1;
  const series = seriesAt(run, Math.max(0, at));
  const column = columnOf(series, at);
  if (at < 0 || column === undefined) return translate`How many values of every gate are nearly 0 or nearly 1.`;
  const shares = sharesOf(run, series, model)
    .map((share) => ({ ...share, value: shareAt(series, share, column) }))
    .filter(({ value }) => !Number.isNaN(value))
    .toSorted((one, other) => other.value - one.value);
  const [most] = shares;
  if (most === undefined) return translate`Nothing was recorded at this update.`;
  const update = formatExact(series.heat.updateOf(column));
  if (most.value === 0) return translate`At update ${update} no value is at an end of its range.`;
  return translate`At update ${update} most is ${most.name}: ${formatPercentage(most.value)} of its values are ${most.end}.`;
}
