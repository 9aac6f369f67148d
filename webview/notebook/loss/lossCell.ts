import { least } from 'd3-array';
import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatShortNumber } from '../../../src/text/numbers';
import { isLive } from '../../../src/protocol/run';
import type { CurvesContent } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { fittingAxis } from '../../plot/charts/fittingAxis';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun } from '../../store/model';
import { withOpacity, type Theme } from '../../theme/theme';
import type { Drawing } from '../cell/cellFrame';
import { shownRun } from '../dataSources';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { errorInDataUnit, lossName, lossTitles } from './lossName';
import { trainingMarks, wordsOfMarks } from '../../plot/trainingMarks';
import { CurveControls } from '../../plot/curveControls';
import { lossSummary, type MeasuredLoss } from './lossSummary';
import {
  baselineCurves,
  columnAtUpdate,
  isRecorded,
  joined,
  meanLoss,
  smoothed,
  spreadOfLoss,
  trainPoints,
  notRecorded,
  formatUpdates,
  validationPoints,
} from './lossCurves';
import { memoKey, Memo } from '../memo';
import { lossTable } from '../trainingTables';
import { translate } from '../../../src/text/translate';

/** [1] The loss over the updates: training, validation and baselines. */
export const lossCell: CellDeclaration<Drawing, ShownRun> = {
  number: 1,
  title: 'Loss',
  source: shownRun,
  summary: (run, { model }) => summary(run, model.view.selection?.update ?? run.status.updates - 1),
  readout: (run, { model }) => readout(model, run),
  table: (run, { axis }) => {
    const series = visibleSeries(run, axis.domain);
    return { dependsOn: [run.version, series], make: () => lossTable(series) };
  },
  picture: {
    kind: 'curves',
    label: translate`Loss over updates`,
    height: 'loss',
    dependencies: (run, { model: { view }, axis }) => [
      run.version,
      visibleSeries(run, axis.domain),
      run.info,
      view.lossAxis,
      view.smoothing,
    ],
    content: contentOf,
  },
  parts: ({ store }) => {
    const controls = new CurveControls((view) => {
      store.dispatch({ kind: 'viewChanged', view });
    });
    return {
      tools: {
        elements: controls.elements,
        update: ({ model }) => {
          controls.update(model.view);
        },
      },
    };
  },
};

const lines = new Memo<readonly Curve[]>();
const fitting = new Memo<'linear' | 'log'>();

function contentOf(run: ShownRun, { model: { view }, axis, theme }: Drawing): CurvesContent {
  const series = visibleSeries(run, axis.domain);
  const yAxis =
    view.lossAxis === 'auto'
      ? fitting.of(memoKey(run.version, run.series), () => fittingAxis([trainPoints(run.series)]))
      : view.lossAxis;
  const curves = [
    ...lines.of(memoKey(run.version, series, view.smoothing, theme), () => linesOf(series, view.smoothing, theme)),
    ...baselineCurves(run.info.baselines, axis.domain, theme),
  ];
  return { curves, yAxis, yTitle: lossTitles(run.info, yAxis) };
}

function linesOf(series: DisplaySeries, smoothing: number, theme: Theme): readonly Curve[] {
  const points = trainPoints(series);
  const { stride } = series.scalars;
  const train: Curve = {
    label: stride === 1 ? translate`training` : translate`training, mean of ${stride} updates`,
    points: joined(series, points),
    color: smoothing > 0 ? withOpacity(theme.train, 0.35) : theme.train,
  };
  const spread = spreadOfLoss(series);
  const validation = validationPoints(series);
  return [
    ...(stride === 1
      ? []
      : [
          { label: '', points: joined(series, spread.highest), color: 'transparent' },
          {
            label: translate`lowest to highest of ${stride} updates`,
            points: joined(series, spread.lowest),
            color: 'transparent',
            fillToPrevious: withOpacity(theme.train, 0.2),
          },
        ]),
    train,
    ...(smoothing > 0
      ? [
          {
            label: translate`smoothed: mean of the last ${smoothing} updates`,
            points: joined(series, smoothed(points, smoothing, stride, series.origin === 0)),
            color: theme.train,
            width: 2,
          },
        ]
      : []),
    ...(validation.length === 0
      ? []
      : [{ label: translate`validation`, points: validation, color: theme.validation, dots: true }]),
  ];
}

function readout(model: Model, run: ShownRun): string {
  const at = model.hover?.update ?? model.view.selection?.update ?? run.status.updates - 1;
  if (at < 0)
    return isLive(run.status.state) ? translate`Computing the first update…` : translate`This run has no updates.`;
  const series = seriesAt(run, at);
  const column = columnAtUpdate(series, at);
  if (!isRecorded(series, column))
    return `${formatUpdates(series, column, run.status.updates)} · ${notRecorded(series)}`;
  const { isSparse = false } = series.layout;
  // A log has its validations at updates of their own.
  const validation = isSparse
    ? (validationPoints(series).findLast(({ x }) => x <= at + 1)?.y ?? NaN)
    : (series.scalars.column('validationLoss', column)[0] ?? NaN);
  const error = errorInDataUnit(validation, run.info);
  const inUnit = error === undefined ? '' : translate` (RMSE ${formatNumber(error)} in the unit of the data)`;
  const rate = series.scalars.column('learningRate', column)[0] ?? NaN;
  return [
    formatUpdates(series, column, run.status.updates),
    `L = ${formatNumber(meanLoss(series, column))}`,
    ...(Number.isNaN(validation)
      ? []
      : [
          `${isSparse ? translate`last validation` : translate`validation after this update`} ${formatNumber(validation)}${inUnit}`,
        ]),
    ...(Number.isNaN(rate) ? [] : [translate`learning rate ${formatShortNumber(rate)}`]),
    ...wordsOfMarks(trainingMarks(run), series.scalars.updateOf(column), series.scalars.stride),
  ].join(' · ');
}

function summary(run: ShownRun, update: number): string {
  const { info, status } = run;
  const name = lossName(info.loss);
  const isRunning = isLive(status.state);
  const { loss, ...measured } = lossesAt(run, update);
  if (loss === undefined)
    return translate`${name} over the updates; ${isRunning ? translate`nothing measured yet` : translate`nothing measured`}.`;
  return lossSummary({ ...measured, name, loss, baselines: info.baselines });
}

/** The losses of an update: on its batch and, as last measured by then, on held-out data. */
function lossesAt(
  run: ShownRun,
  update: number,
): Omit<MeasuredLoss, 'loss' | 'name' | 'baselines'> & {
  readonly loss: number | undefined;
} {
  const { loss, validationLoss, updates } = run.status;
  if (update >= updates - 1) {
    return {
      loss,
      validationLoss,
      lowest: lowestValidation(run.series, updates),
      batch: run.info.imported === undefined ? translate`the last batch` : translate`the last step of the log`,
    };
  }
  const series = seriesAt(run, update);
  const column = columnAtUpdate(series, update);
  const words = formatUpdates(series, column, updates);
  const end = series.scalars.updateOf(column + 1);
  return {
    loss: meanLoss(series, column),
    validationLoss: validationPoints(series).findLast(({ x }) => x <= end)?.y,
    lowest: lowestValidation(run.series, updates, end),
    batch: series.scalars.stride === 1 ? translate`the batch of ${words}` : translate`the batches of ${words} (mean)`,
  };
}

/** The lowest validation loss measured before the update `end`. */
function lowestValidation(series: DisplaySeries, updates: number, end = Infinity): MeasuredLoss['lowest'] {
  const lowest = least(
    validationPoints(series).filter(({ x }) => x <= end),
    ({ y }) => y,
  );
  return lowest && { value: lowest.y, when: formatUpdates(series, columnAtUpdate(series, lowest.x), updates) };
}
