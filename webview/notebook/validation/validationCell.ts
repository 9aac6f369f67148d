import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatMetric, metricLabel } from '../../../src/run/series/formatMetric';
import { formatExact } from '../../../src/text/numbers';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Table } from '../../plot/table';
import { choice } from '../../ui/controls';
import type { ShownRun, View } from '../../store/model';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Theme } from '../../theme/theme';
import type { CellDeclaration } from '../cell/cellDeclaration';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import { memoKey, Memo } from '../memo';
import { baselineLabel, chosenMeasure, measuresOf, recordedMetrics, valuesOf, type Measure } from './measures';
import { formatUpdatesOf, validationSummary } from './validationSummary';
import { translate } from '../../../src/text/translate';

/** [9] What the validations measure besides the loss: accuracy, bits per character, errors in the unit of the data. */
export const validationCell: CellDeclaration<Drawing, ShownRun> = {
  number: 9,
  title: 'Validation',
  source: shownRun,
  summary: (run, { model: { view } }) =>
    validationSummary(run, shownMeasure(run, view), view.selection?.update ?? run.status.updates - 1),
  readout: (run, { model }) =>
    readout(run, model.view, model.hover?.update ?? model.view.selection?.update ?? run.status.updates - 1),
  table: (run, { axis }) => {
    if (recordedMetrics(run.series).length === 0) return undefined;
    const series = visibleSeries(run, axis.domain);
    return { dependsOn: [run.version, series], make: () => validationTable(series) };
  },
  picture: {
    kind: 'curves',
    label: translate`Validation over updates`,
    height: 'short',
    dependencies: (run, { model: { view }, axis }) => [
      run.version,
      visibleSeries(run, axis.domain),
      run.info,
      shownMeasure(run, view)?.value,
    ],
    isShown: ({ series }) => recordedMetrics(series).length > 0,
    content: contentOf,
  },
  parts: ({ store }) => {
    const measures = choice<string>(translate`Measure`, (validationMeasure) => {
      store.dispatch({ kind: 'viewChanged', view: { validationMeasure } });
    });
    return {
      tools: {
        elements: [measures.element],
        update: ({ model: { run, view } }) => {
          const all = run === undefined ? [] : measuresOf(run.series, run.info);
          measures.element.hidden = all.length < 2;
          measures.setOptions(
            all.map(({ value, label }) => ({ value, label })),
            chosenMeasure(all, view)?.value ?? '',
          );
        },
      },
    };
  },
};

const lines = new Memo<readonly Curve[]>();

function shownMeasure({ series, info }: ShownRun, view: View): Measure | undefined {
  return chosenMeasure(measuresOf(series, info), view);
}

function contentOf(run: ShownRun, { model: { view }, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const measure = shownMeasure(run, view);
  if (measure === undefined) return { curves: [], yAxis: 'linear', yTitle: '' };
  const measured = lines.of(memoKey(run.version, series, theme, measure.value), () => linesOf(series, measure, theme));
  const curves = [...measured, ...baselinesOf(measure, axis.domain, theme)];
  return { curves, yAxis: 'linear', yTitle: measure.unit, ...(measure.isShare ? { yRange: [0, 1] as const } : {}) };
}

function linesOf(series: DisplaySeries, { metrics }: Measure, theme: Theme): readonly Curve[] {
  const { stride } = series.scalars;
  return metrics.map((recorded, i) => {
    const isBaseline = recorded.metric.kind === 'mostFrequent';
    return {
      label: metricLabel(recorded.metric),
      points: valuesOf(series, recorded).map(({ update, y }) => ({ x: update + stride / 2, y })),
      color: isBaseline ? theme.baseline : i === 0 ? theme.validation : theme.train,
      ...(isBaseline ? { dash: [6, 4], width: 1 } : { dots: true, ...(i === 0 ? {} : { dash: [2, 3] }) }),
    };
  });
}

const dashes: readonly (readonly number[])[] = [
  [6, 4],
  [10, 3, 2, 3],
];

function baselinesOf({ baselines }: Measure, domain: readonly [number, number], theme: Theme): readonly Curve[] {
  return baselines.map((baseline, i) => ({
    label: baselineLabel(baseline),
    points: domain.map((x) => ({ x, y: baseline.value })),
    color: theme.baseline,
    dash: dashes[i % dashes.length] ?? [],
    width: 1,
  }));
}

/** The last values that were measured by an update. */
function readout(run: ShownRun, view: View, at: number): string {
  const measure = shownMeasure(run, view);
  if (at < 0 || measure === undefined) return '';
  const series = seriesAt(run, at);
  const column = Math.max(0, series.scalars.columnAt(at));
  const updates = formatUpdatesOf(series, column, run.status.updates);
  const values = measure.metrics.flatMap((recorded) => {
    const last = valuesOf(series, recorded).findLast(({ update }) => update <= series.scalars.updateOf(column));
    return last === undefined ? [] : [{ ...last, metric: recorded.metric }];
  });
  const [first] = values;
  if (first === undefined) return translate`${updates} · no validation yet`;
  const when =
    first.update === series.scalars.updateOf(column)
      ? translate`validation after it`
      : translate`last validation after ${formatUpdatesOf(series, series.scalars.columnAt(first.update), run.status.updates)}`;
  return `${updates} · ${when}: ${values.map(({ metric, y }) => `${metricLabel(metric)} ${formatMetric(metric, y)}`).join(', ')}`;
}

/** All metrics of every validation: one row for each column of the picture that has one. */
function validationTable(series: DisplaySeries): Table {
  const all = recordedMetrics(series);
  const { stride, count } = series.scalars;
  const rows = Array.from({ length: count }, (_, column) => {
    const values = series.scalars.column('metrics', column);
    return [series.scalars.updateOf(column), ...all.map(({ index }) => values[index] ?? NaN)];
  }).filter(([, ...values]) => values.some((value) => !Number.isNaN(value)));
  return {
    caption:
      stride === 1
        ? translate`Validations`
        : translate`Validations; a row covers ${formatExact(stride)} updates, and has the last one`,
    columns: [
      stride === 1 ? translate`after update` : translate`from update`,
      ...all.map(({ metric }) => metricLabel(metric)),
    ],
    rows,
  };
}
