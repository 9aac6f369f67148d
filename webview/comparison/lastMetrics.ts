import { metricNamed, type ValidationMetric } from '../../src/run/series/validationMetrics';
import type { Member } from './model';

/** Metrics that the tables of a comparison show: a table may have very many targets. */
export const maxShownMetrics = 8;

/** A metric that one of the runs records at least. */
export interface SharedMetric {
  readonly name: string;
  readonly metric: ValidationMetric;
}

/** The metrics of the runs, each once; what a constant answer has is no outcome. */
export function metricsOf(members: readonly Member[]): readonly SharedMetric[] {
  const names = new Set(members.flatMap(({ run }) => run?.series.layout.metrics ?? []));
  return [...names].flatMap((name) => {
    const metric = metricNamed(name);
    return metric === undefined || metric.kind === 'mostFrequent' ? [] : [{ name, metric }];
  });
}

/** The value of a metric at the last validation of a run; NaN where it has none. */
export function lastMetric({ run }: Member, name: string): number {
  const index = run?.series.layout.metrics?.indexOf(name) ?? -1;
  if (run === undefined || index < 0) return NaN;
  const { scalars } = run.series;
  for (let column = scalars.count - 1; column >= 0; column--) {
    const value = scalars.column('metrics', column)[index] ?? NaN;
    if (!Number.isNaN(value)) return value;
  }
  return NaN;
}

/** Whether a run was validated by an earlier version, which recorded the loss only. */
export function isUnrecorded({ run, status }: Member): boolean {
  return run !== undefined && run.series.layout.metrics === undefined && status?.validationLoss !== undefined;
}
