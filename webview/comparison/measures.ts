import { metricLabel } from '../../src/run/series/formatMetric';
import { metricName, metricNamed } from '../../src/run/series/validationMetrics';
import { lossUnit } from '../notebook/loss/lossName';
import { measuresOf, recordedMetrics, valuesOf, type RecordedMetric } from '../notebook/validation/measures';
import type { ShownRun } from '../store/model';
import { isMetricMeasure, metricPrefix, type Measure, type MetricMeasure } from './model';
import { translate } from '../../src/text/translate';

/** What every run has. */
const always: readonly { readonly value: Measure; readonly label: string }[] = [
  { value: 'loss', label: translate`training loss` },
  { value: 'validationLoss', label: translate`validation loss` },
  { value: 'gradNorm', label: translate`‖g‖ before clipping` },
];

/** The quantities that the curves can show of these runs: also those that only some of them have. */
export function offeredMeasures(
  runs: readonly ShownRun[],
): readonly { readonly value: Measure; readonly label: string }[] {
  const names = runs.flatMap(({ series }) => recordedMetrics(series).map(({ metric }) => metricName(metric)));
  const metrics = [...new Set(names)].flatMap((name) => {
    const metric = metricNamed(name);
    // A run's most frequent class is what its accuracy is compared with.
    return metric === undefined || metric.kind === 'mostFrequent'
      ? []
      : [{ value: measureNamed(name), label: translate`validation ${metricLabel(metric)}` }];
  });
  return [...always, ...metrics];
}

/** Whether a higher value of a quantity is the better one. */
export function isHigherBetter(measure: Measure): boolean {
  return isMetricMeasure(measure) && metricNamed(nameOf(measure))?.kind === 'accuracy';
}

/** The name of a quantity in a sentence. */
export function measureLabel(measure: Measure): string {
  const known = always.find(({ value }) => value === measure)?.label;
  if (known !== undefined) return known;
  const metric = isMetricMeasure(measure) ? metricNamed(nameOf(measure)) : undefined;
  return metric === undefined ? measure : translate`validation ${metricLabel(metric)}`;
}

/** The metric of a run; undefined where the run has not recorded it. */
export function recordedMetric({ series }: ShownRun, measure: MetricMeasure): RecordedMetric | undefined {
  return recordedMetrics(series).find(({ metric }) => metricName(metric) === nameOf(measure));
}

/** The values of a metric over the updates of a run. */
export function metricPoints(
  run: ShownRun,
  measure: MetricMeasure,
): readonly { readonly x: number; readonly y: number }[] {
  const recorded = recordedMetric(run, measure);
  const { stride } = run.series.scalars;
  return recorded === undefined
    ? []
    : valuesOf(run.series, recorded).map(({ update, y }) => ({ x: update + stride / 2, y }));
}

/** The unit of a quantity, for the axis. */
export function measureUnit(runs: readonly ShownRun[], measure: Measure): string {
  if (measure === 'gradNorm') return '‖g‖';
  if (!isMetricMeasure(measure)) return `L, ${[...new Set(runs.map(({ info }) => lossUnit(info)))].join(' or ')}`;
  const units = runs.flatMap(({ series, info }) =>
    measuresOf(series, info).flatMap(({ metrics, unit }) =>
      metrics.some(({ metric }) => metricName(metric) === nameOf(measure)) ? [unit] : [],
    ),
  );
  return units[0] ?? '';
}

function measureNamed(name: string): MetricMeasure {
  return `${metricPrefix}${name}`;
}

function nameOf(measure: MetricMeasure): string {
  return measure.slice(metricPrefix.length);
}
