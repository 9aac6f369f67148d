import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { metricNamed, type ValidationMetric } from '../../../src/run/series/validationMetrics';
import type { RunInfo } from '../../../src/protocol/run';
import { formatNumber } from '../../../src/text/numbers';
import type { View } from '../../store/model';
import { translate } from '../../../src/text/translate';

/** One recorded metric and its place among those of the layout. */
export interface RecordedMetric {
  readonly index: number;
  readonly metric: ValidationMetric;
}

/** What the cell shows: one quantity, its unit on the axis, and what it is compared with. */
export interface Measure {
  /** For the choice. */
  readonly value: string;
  readonly label: string;
  /** Measured numbers, the one that the sentence names first. */
  readonly metrics: readonly RecordedMetric[];
  readonly unit: string;
  /** Whether more is better. */
  readonly isShare: boolean;
  /** What it takes to know nothing of time, in the same unit. */
  readonly baselines: readonly { readonly name: string; readonly value: number }[];
}

/** The metrics that a run records; those that this version doesn't know are left out. */
export function recordedMetrics({ layout }: Pick<DisplaySeries, 'layout'>): readonly RecordedMetric[] {
  return (layout.metrics ?? []).flatMap((name, index) => {
    const metric = metricNamed(name);
    return metric === undefined ? [] : [{ index, metric }];
  });
}

/** The quantities that a run's validations measure, in the order in which they are offered. */
export function measuresOf({ layout }: Pick<DisplaySeries, 'layout'>, info: RunInfo): readonly Measure[] {
  const all = recordedMetrics({ layout });
  const of = (...kinds: readonly ValidationMetric['kind'][]): readonly RecordedMetric[] =>
    all.filter(({ metric }) => kinds.includes(metric.kind));
  const measures: Measure[] = [];
  if (of('bits').length > 0) {
    measures.push({
      value: 'bits',
      label: translate`bits per character`,
      metrics: of('bits'),
      unit: translate`bits per character`,
      isShare: false,
      baselines: info.loss.reduction === 'mean' ? heldOutBaselines(info, (value) => value / Math.LN2) : [],
    });
  }
  if (of('accuracy').length > 0) {
    measures.push({
      value: 'accuracy',
      label: translate`accuracy`,
      metrics: of('accuracy', 'mostFrequent'),
      unit: translate`share of targets`,
      isShare: true,
      baselines: [],
    });
  }
  const targets = new Set(all.flatMap(({ metric }) => ('target' in metric ? [metric.target] : [])));
  for (const target of targets) {
    measures.push({
      value: `error/${target}`,
      label: target,
      metrics: all.filter(({ metric }) => 'target' in metric && metric.target === target),
      unit: translate`error, unit of ${target}`,
      isShare: false,
      baselines: targets.size === 1 ? errorBaselines(info) : [],
    });
  }
  return measures;
}

/** The chosen measure; the first one where none is chosen, or where the run doesn't have it. */
export function chosenMeasure(measures: readonly Measure[], { validationMeasure }: View): Measure | undefined {
  return measures.find(({ value }) => value === validationMeasure) ?? measures[0];
}

/** The baselines on the held-out part, in another unit. */
function heldOutBaselines({ baselines }: RunInfo, convert: (loss: number) => number): Measure['baselines'] {
  return baselines
    .filter(({ heldOut }) => heldOut === true)
    .map(({ name, value }) => ({ name: name.replace(/, held out$/, ''), value: convert(value) }));
}

/** The root of the mean squared errors of the baselines, in the unit of the only target. */
function errorBaselines(info: RunInfo): Measure['baselines'] {
  const scale = info.scaling?.targets[0]?.scale;
  if (info.loss.kind !== 'mse' || info.loss.reduction !== 'mean' || scale === undefined) return [];
  return heldOutBaselines(info, (value) => Math.sqrt(value) * scale).map(({ name, value }) => ({
    name: `RMSE of ${name}`,
    value,
  }));
}

/** A baseline as the label of its line. */
export function baselineLabel({ name, value }: Measure['baselines'][number]): string {
  return `${name}: ${formatNumber(value)}`;
}

/** A measured value and the update it was measured after. */
export interface MeasuredAt {
  readonly update: number;
  readonly y: number;
}

/** The values of a metric in the order of the updates, at the resolution of the series. */
export function valuesOf({ scalars }: DisplaySeries, { index }: RecordedMetric): readonly MeasuredAt[] {
  const values = scalars.values('metrics');
  const { width } = scalars.fields.metrics;
  return Array.from({ length: scalars.count }, (_, column) => ({
    update: scalars.updateOf(column),
    y: values[column * width + index] ?? NaN,
  })).filter(({ y }) => !Number.isNaN(y));
}
