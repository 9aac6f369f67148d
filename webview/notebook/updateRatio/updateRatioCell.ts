import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import { formatParameterName } from '../../../src/text/tensorNames';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun, View } from '../../store/model';
import { updateRatioTable } from '../trainingTables';
import { withOpacity, type Theme } from '../../theme/theme';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import { withoutValues } from '../absence';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { memoKey, Memo } from '../memo';
import { columnAtUpdate, isRecorded, joined, notRecorded, formatUpdates } from '../loss/lossCurves';
import { parameterTools } from '../parameterTools';
import { selectedParameter } from '../parameterNames';
import { translate } from '../../../src/text/translate';

/** A healthy ratio of update to weights. */
const usualRatio = 1e-3;

/** [4] ‖ΔW‖ / ‖W‖ of every parameter over the updates, the selected one in front. */
export const updateRatioCell: CellDeclaration<Drawing, ShownRun> = {
  number: 4,
  title: 'Update ratio',
  absence: withoutValues(translate`change of the weights`, 'updateRatio'),
  source: shownRun,
  summary: (run, { model: { view } }) => summary(run, parameterOf(run, view), view.selection?.update),
  readout: (run, { model }) => readout(model, run, parameterOf(run, model.view)),
  table: (run, { axis }) => {
    const series = visibleSeries(run, axis.domain);
    return { dependsOn: [run.version, series], make: () => updateRatioTable(series) };
  },
  picture: {
    kind: 'curves',
    label: translate`Update size relative to the weights over updates`,
    height: 'short',
    dependencies: (run, { model, axis }) => [
      run.version,
      visibleSeries(run, axis.domain),
      parameterOf(run, model.view),
    ],
    content: contentOf,
  },
  parts: ({ store }) => ({
    tools: parameterTools(store, ({ model: { run } }: Drawing) => run?.info.layout.parameters),
  }),
};

const lines = new Memo<readonly Curve[]>();

function contentOf(run: ShownRun, { model, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const shown = parameterOf(run, model.view);
  const curves = [
    ...lines.of(memoKey(run.version, series, theme, shown), () => linesOf(series, shown, theme)),
    usualCurve(theme, axis.domain),
  ];
  return { curves, yAxis: 'log', yTitle: '‖ΔW‖ / ‖W‖' };
}

function parameterOf({ info }: ShownRun, view: View): string {
  return selectedParameter(info.layout.parameters, view);
}

function linesOf(series: DisplaySeries, shown: string, theme: Theme): readonly Curve[] {
  const { scalars, layout } = series;
  const { stride, count } = scalars;
  const names = layout.parameters;
  const values = scalars.values('updateRatio');
  const line = (parameter: number): Curve['points'] =>
    joined(
      series,
      Array.from({ length: count }, (_, column) => {
        const y = values[column * names.length + parameter] ?? NaN;
        // A logarithmic axis can't show 0: the line breaks there.
        return { x: scalars.updateOf(column + 0.5), y: y > 0 && y < Infinity ? y : NaN };
      }),
    );
  const others = names.flatMap((name, i) => (name === shown ? [] : [line(i)]));
  const largest = stride === 1 ? '' : translate`, largest of ${stride} updates`;
  return [
    ...others.map((points, i) => ({
      label: i === 0 ? translate`the other parameters` : '',
      points,
      color: withOpacity(theme.foreground, 0.3),
      width: 1,
    })),
    {
      label: `${formatParameterName(shown)}${largest}`,
      points: line(names.indexOf(shown)),
      color: theme.train,
      width: 2,
    },
  ];
}

function usualCurve(theme: Theme, domain: readonly [number, number]): Curve {
  return {
    label: translate`10⁻³: typical of healthy training`,
    points: domain.map((x) => ({ x, y: usualRatio })),
    color: theme.baseline,
    dash: [6, 4],
    width: 1,
  };
}

function ratioAt(series: DisplaySeries, update: number, shown: string): number {
  const column = columnAtUpdate(series, update);
  return series.scalars.column('updateRatio', column)[series.layout.parameters.indexOf(shown)] ?? NaN;
}

function readout({ hover, view }: Model, run: ShownRun, shown: string): string {
  const at = hover?.update ?? view.selection?.update ?? run.status.updates - 1;
  if (at < 0) return translate`No update yet.`;
  const series = seriesAt(run, at);
  const column = columnAtUpdate(series, at);
  const updates = formatUpdates(series, column, run.status.updates);
  if (!isRecorded(series, column)) return `${updates} · ${notRecorded(series)}`;
  const largest = series.scalars.stride === 1 ? '' : translate`, the largest`;
  return translate`${updates}${largest} · ‖ΔW‖ / ‖W‖ = ${formatNumber(ratioAt(series, at, shown))} of ${formatParameterName(shown)}`;
}

function summary(run: ShownRun, shown: string, selected: number | undefined): string {
  const last = run.status.updates - 1;
  if (last < 0) return translate`How much each update changes the weights, relative to their norm.`;
  const at = selected ?? last;
  const ratio = ratioAt(seriesAt(run, at), at, shown);
  const which = at === last ? translate`The last update` : translate`Update ${formatExact(at)}`;
  return translate`${which} changed ${formatParameterName(shown)} by ${formatNumber(ratio)} of its norm.`;
}
