import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import { formatParameterName } from '../../../src/text/tensorNames';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Model, ShownRun, View } from '../../store/model';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import { withOpacity, type Theme } from '../../theme/theme';
import { withoutValues } from '../absence';
import type { CellDeclaration } from '../cell/cellDeclaration';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import { columnAtUpdate, formatUpdates, isRecorded, joined, notRecorded } from '../loss/lossCurves';
import { memoKey, Memo } from '../memo';
import { selectedParameter } from '../parameterNames';
import { parameterTools } from '../parameterTools';
import { parameterGradientTable } from '../trainingTables';
import { translate } from '../../../src/text/translate';

/** [8] The gradient's norm of every parameter over the updates, the selected one in front. */
export const parameterGradientCell: CellDeclaration<Drawing, ShownRun> = {
  number: 8,
  title: 'Gradient norm per parameter',
  absence: withoutValues(translate`norm of the gradient of a parameter`, 'parameterGradNorm'),
  source: shownRun,
  summary: (run, { model: { view } }) => parameterGradientSummary(run, view),
  readout: (run, { model }) => readout(run, model),
  table: (run, { axis }) => {
    const series = visibleSeries(run, axis.domain);
    return { dependsOn: [run.version, series], make: () => parameterGradientTable(series) };
  },
  picture: {
    kind: 'curves',
    label: translate`Gradient norm of every parameter over updates`,
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

function parameterOf({ info }: ShownRun, view: View): string {
  return selectedParameter(info.layout.parameters, view);
}

function contentOf(run: ShownRun, { model, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const shown = parameterOf(run, model.view);
  const curves = lines.of(memoKey(run.version, series, theme, shown), () => linesOf(series, shown, theme));
  return { curves, yAxis: 'log', yTitle: '‖∂L/∂W‖' };
}

function linesOf(series: DisplaySeries, shown: string, theme: Theme): readonly Curve[] {
  const { scalars, layout } = series;
  const names = layout.parameters;
  const points = (values: Float64Array, width: number, offset: number): Curve['points'] =>
    joined(
      series,
      Array.from({ length: scalars.count }, (_, column) => {
        const y = values[column * width + offset] ?? NaN;
        // A logarithmic axis can't show 0: the line breaks there.
        return { x: scalars.updateOf(column + 0.5), y: y > 0 && y < Infinity ? y : NaN };
      }),
    );
  const norms = scalars.values('parameterGradNorm');
  const others = names.flatMap((name, i) => (name === shown ? [] : [points(norms, names.length, i)]));
  const largest = scalars.stride === 1 ? '' : translate`, largest of ${scalars.stride} updates`;
  return [
    ...others.map((line, i) => ({
      label: i === 0 ? translate`the other parameters` : '',
      points: line,
      color: withOpacity(theme.foreground, 0.3),
      width: 1,
    })),
    {
      label: translate`all parameters`,
      points: points(scalars.values('gradNorm'), 1, 0),
      color: theme.baseline,
      dash: [6, 4],
    },
    {
      label: `${formatParameterName(shown)}${largest}`,
      points: points(norms, names.length, names.indexOf(shown)),
      color: theme.train,
      width: 2,
    },
  ];
}

function normAt(series: DisplaySeries, update: number, name: string): number {
  const column = columnAtUpdate(series, update);
  return series.scalars.column('parameterGradNorm', column)[series.layout.parameters.indexOf(name)] ?? NaN;
}

function readout(run: ShownRun, { hover, view }: Model): string {
  const at = hover?.update ?? view.selection?.update ?? run.status.updates - 1;
  if (at < 0) return translate`No update yet.`;
  const series = seriesAt(run, at);
  const column = columnAtUpdate(series, at);
  const updates = formatUpdates(series, column, run.status.updates);
  if (!isRecorded(series, column)) return `${updates} · ${notRecorded(series)}`;
  const shown = parameterOf(run, view);
  const largest = series.scalars.stride === 1 ? '' : translate`, the largest`;
  return translate`${updates}${largest} · ‖∂L/∂W‖ = ${formatNumber(normAt(series, at, shown))} of ${formatParameterName(shown)}`;
}

/** The selected parameter's gradient beside the largest one at the selected update. */
export function parameterGradientSummary(run: ShownRun, view: View): string {
  const last = run.status.updates - 1;
  if (last < 0) return translate`How large the gradient of every parameter is, before clipping.`;
  const at = view.selection?.update ?? last;
  const series = seriesAt(run, at);
  const shown = parameterOf(run, view);
  const names = series.layout.parameters;
  const largest = names.reduce(
    (best, name) => (normAt(series, at, name) > normAt(series, at, best) ? name : best),
    shown,
  );
  const norm = formatNumber(normAt(series, at, shown));
  const which = at === last ? translate`the last update` : translate`update ${formatExact(at)}`;
  const beside =
    largest === shown
      ? translate`the largest of all`
      : translate`and the largest ${formatNumber(normAt(series, at, largest))}, of ${formatParameterName(largest)}`;
  return translate`At ${which} ‖∂L/∂W‖ of ${formatParameterName(shown)} is ${norm}, ${beside}.`;
}
