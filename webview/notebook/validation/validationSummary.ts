import { maxIndex, minIndex } from 'd3-array';
import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatMetric } from '../../../src/run/series/formatMetric';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import type { ShownRun } from '../../store/model';
import { seriesAt } from '../../store/zoomedSeries';
import { columnAtUpdate, formatUpdates } from '../loss/lossCurves';
import { valuesOf, type Measure, type MeasuredAt } from './measures';
import { translate } from '../../../src/text/translate';

/** The updates of a column as text. */
export function formatUpdatesOf(series: DisplaySeries, column: number, updates: number): string {
  return formatUpdates(series, Math.max(0, column), updates);
}

/**
 * What the last validation up to an update measured, beside the best one and what a baseline has; or why there is nothing.
 *
 * @param measure undefined where nothing is recorded
 */
export function validationSummary(run: ShownRun, measure: Measure | undefined, at: number): string {
  if (measure === undefined) return absence(run);
  const series = seriesAt(run, Math.max(0, at));
  const { updates } = run.status;
  const end = series.scalars.updateOf(columnAtUpdate(series, Math.max(0, at)));
  const [main, second] = measure.metrics;
  if (main === undefined) return absence(run);
  const values = valuesOf(series, main).filter(({ update }) => update <= end);
  const last = values.at(-1);
  if (last === undefined) return notYet(run, at);
  const nameOf = ({ update }: MeasuredAt): string => formatUpdates(series, columnAtUpdate(series, update), updates);
  // The whole run: a zoomed part knows only its own validations.
  const earlier = valuesOf(run.series, main).filter(({ update }) => update <= end);
  const best = earlier[measure.isShare ? maxIndex(earlier, ({ y }) => y) : minIndex(earlier, ({ y }) => y)];
  const isBest = best === undefined || (measure.isShare ? last.y >= best.y : last.y <= best.y);
  const bestAt = (word: string): string =>
    isBest
      ? ''
      : translate` (${word} ${formatMetric(main.metric, best.y)} after ${formatUpdates(run.series, columnAtUpdate(run.series, best.update), updates)})`;
  const secondValue =
    second === undefined ? NaN : (valuesOf(series, second).findLast(({ update }) => update <= end)?.y ?? NaN);
  const when = translate`After ${nameOf(last)}`;
  const { metric } = main;
  switch (metric.kind) {
    case 'accuracy':
    case 'mostFrequent':
      return translate`${when}, ${formatMetric(metric, last.y)} of the held-out targets are predicted correctly${bestAt('best')}; always predicting their most frequent class would be correct for ${formatMetric(metric, secondValue)}.`;
    case 'bits':
      return translate`${when}, a held-out character takes ${formatMetric(metric, last.y)} bits${bestAt('lowest')}${lowestBaseline(measure)}.`;
    case 'rmse':
    case 'mae':
      return translate`${when}, the error of ${metric.target} on held-out rows has RMSE ${formatNumber(last.y)}${bestAt('lowest')} and MAE ${formatNumber(secondValue)}, in the column’s unit${lowestBaseline(measure)}.`;
    default:
      return metric satisfies never;
  }
}

function lowestBaseline({ baselines }: Measure): string {
  const lowest = baselines[minIndex(baselines, ({ value }) => value)];
  return lowest === undefined ? '' : translate`; the lowest baseline: ${lowest.name}, ${formatNumber(lowest.value)}`;
}

function notYet({ info, status }: ShownRun, at: number): string {
  if (at < status.updates - 1) return translate`No validation up to update ${formatExact(Math.max(0, at))}.`;
  const next = Math.min(
    info.plannedUpdates,
    info.validateEvery * (Math.floor(status.updates / info.validateEvery) + 1),
  );
  return translate`Nothing measured yet: the first validation is after ${formatExact(next)} updates.`;
}

/** Why a run has no metrics. */
function absence({ info, series }: ShownRun): string {
  if (info.imported !== undefined)
    return translate`No accuracy of held-out data was chosen from the log; a loss of them is drawn with the loss.`;
  if (info.recordedBy !== undefined) {
    return translate`Of held-out data at most the loss is recorded, not accuracy or errors; one that was given is drawn with the loss.`;
  }
  if (info.validateEvery === 0) return translate`This experiment doesn’t validate: training.validateEvery is 0.`;
  if (series.layout.metrics === undefined) {
    return translate`Accuracy and errors of the validations were not recorded: this run was made by an earlier version of Unroll.`;
  }
  return translate`Nothing but the loss is measured on held-out data: there is none, or its numbers have no unit of their own.`;
}
