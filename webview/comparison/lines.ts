import { spreadOf, type Spread } from '../../src/run/series/spread';
import { columnAtUpdate, joined, meanLoss, smoothed, trainPoints, validationPoints } from '../notebook/loss/lossCurves';
import type { Curve } from '../plot/charts/datasets';
import type { ShownRun } from '../store/model';
import { withOpacity, type Theme } from '../theme/theme';
import type { Outcome } from './formatOutcomes';
import { lineStyle } from './lineStyle';
import { isHigherBetter, metricPoints, recordedMetric } from './measures';
import { isMetricMeasure, type Comparison, type ComparisonView, type Measure, type Member } from './model';
import { spreadCurves, type Point } from './seedCurves';
import { translate } from '../../src/text/translate';

/** A run that has data. */
export type DrawnMember = Member & { readonly run: ShownRun };

/** One line of the curves: a run, or the median over the runs of a group. */
export interface ShownLine {
  /** The id of its run, or of the first run of the group; determines its colour and dashes. */
  readonly id: number;
  readonly name: string;
  /** One, or the runs of the group in the order of their seeds. */
  readonly runs: readonly DrawnMember[];
}

/** The lines in the order of the runs; those of a group are one line if the view says so. */
export function linesOf({
  members,
  groups,
  view,
}: Pick<Comparison, 'members' | 'groups' | 'view'>): readonly ShownLine[] {
  const drawn = members.filter((member): member is DrawnMember => member.run !== undefined);
  const grouped = view.seeds === 'median' ? groups : [];
  return drawn.flatMap((member): ShownLine[] => {
    const group = grouped.find(({ runs }) => runs.includes(member.id));
    if (group === undefined) return [{ id: member.id, name: member.name, runs: [member] }];
    const runs = group.runs.flatMap((id) => drawn.find((one) => one.id === id) ?? []);
    const first = drawn.find(({ id }) => group.runs.includes(id));
    return first === member ? [{ id: member.id, name: group.name, runs }] : [];
  });
}

/** The name of a line, and for a group of how many runs it is the median. */
export function lineLabel({ name, runs }: ShownLine): string {
  return runs.length === 1 ? name : translate`${name}, median of ${runs.length} seeds`;
}

/** Whether a run is one of those of a line. */
export function hasRun({ runs }: ShownLine, id: number | undefined): boolean {
  return runs.some((run) => run.id === id);
}

/** Whether a run is highlighted, or one of the group that is shown as one line. */
export function isLit(
  { groups, view, highlighted }: Pick<Comparison, 'groups' | 'view' | 'highlighted'>,
  id: number,
): boolean {
  if (highlighted === undefined || highlighted === id) return highlighted === id;
  return view.seeds === 'median' && groups.some(({ runs }) => runs.includes(id) && runs.includes(highlighted));
}

/** The spread over the runs of a line at an update; undefined where none has a finite value. */
export function spreadAt({ runs }: ShownLine, update: number, measure: Measure): Spread | undefined {
  return spreadOf(runs.map(({ run }) => valueAt(run, update, measure)));
}

/** The value of a line at an update: that of its run, or the median; NaN where there is none. */
export function lineValueAt(line: ShownLine, update: number, measure: Measure): number {
  const [only, ...others] = line.runs;
  if (others.length === 0) return valueAt(only?.run, update, measure);
  return spreadAt(line, update, measure)?.median ?? NaN;
}

/** The value of a run at an update; NaN where it has none. */
function valueAt(run: ShownRun | undefined, update: number, measure: Measure): number {
  if (run === undefined || update >= run.status.updates) return NaN;
  const column = columnAtUpdate(run.series, update);
  const { scalars, layout } = run.series;
  if (measure === 'loss') return meanLoss(run.series, column);
  if (measure === 'gradNorm') {
    const norms = scalars.values('gradNorm');
    return layout.isSparse === true
      ? lastMeasured(scalars.columnAt(update), (at) => norms[at] ?? NaN)
      : (norms[column] ?? NaN);
  }
  if (isMetricMeasure(measure)) {
    const { index } = recordedMetric(run, measure) ?? {};
    if (index === undefined) return NaN;
    const { width } = scalars.fields.metrics;
    const values = scalars.values('metrics');
    return lastMeasured(column, (at) => values[at * width + index] ?? NaN);
  }
  const values = scalars.values('validationLoss');
  return lastMeasured(column, (at) => values[at] ?? NaN);
}

/** The value at a column: between two validations that of the last one applies. */
function lastMeasured(column: number, valueOf: (column: number) => number): number {
  for (let at = column; at >= 0; at--) if (!Number.isNaN(valueOf(at))) return valueOf(at);
  return NaN;
}

function pointsOf(run: ShownRun, measure: Measure): readonly Point[] {
  if (isMetricMeasure(measure)) return metricPoints(run, measure);
  const { series } = run;
  switch (measure) {
    case 'loss':
      return joined(series, trainPoints(series));
    case 'validationLoss':
      return validationPoints(series);
    case 'gradNorm': {
      const { stride } = series.scalars;
      const norms = Array.from(series.scalars.values('gradNorm'), (y, column) => ({ x: (column + 0.5) * stride, y }));
      return joined(series, norms);
    }
    default:
      return measure satisfies never;
  }
}

/** All points of the lines, without smoothing. */
export function allPoints(lines: readonly ShownLine[], measure: Measure): readonly (readonly Point[])[] {
  return lines.flatMap(({ runs }) => runs.map(({ run }) => pointsOf(run, measure)));
}

function shownPoints(run: ShownRun, { measure, smoothing }: ComparisonView): readonly Point[] {
  const points = pointsOf(run, measure);
  const isSmooth = smoothing > 0 && !isOfValidation(measure);
  return isSmooth ? smoothed(points, smoothing, run.series.scalars.stride) : points;
}

/** Whether a quantity is measured at validations only. */
function isOfValidation(measure: Measure): boolean {
  return measure === 'validationLoss' || isMetricMeasure(measure);
}

/**
 * What a line comes to, see Outcome; of a group of seeds, the median over its runs. Values that are not finite are left
 * out.
 */
export function lineOutcome({ runs }: ShownLine, measure: Measure): Pick<Outcome, 'value' | 'last'> {
  const outcomes = runs.map(({ run }) => runOutcome(run, measure));
  const median = (values: readonly number[]): number => spreadOf(values)?.median ?? NaN;
  const value = median(outcomes.map((outcome) => outcome.value));
  return isOfValidation(measure) ? { value, last: median(outcomes.map(({ last = NaN }) => last)) } : { value };
}

function runOutcome(run: ShownRun, measure: Measure): Pick<Outcome, 'value' | 'last'> {
  const points = pointsOf(run, measure).filter(({ y }) => Number.isFinite(y));
  const values = points.map(({ y }) => y);
  if (isOfValidation(measure)) {
    const best = values.reduce((a, b) => (isHigherBetter(measure) ? Math.max(a, b) : Math.min(a, b)), values[0] ?? NaN);
    return { value: best, last: values.at(-1) ?? NaN };
  }
  const { updates } = run.status;
  const end = points.filter(({ x }) => x >= 0.9 * updates).map(({ y }) => y);
  return { value: spreadOf(end.length === 0 ? values.slice(-1) : end)?.median ?? NaN };
}

/** Updates per point of a line: that of its coarsest run. */
export function strideOf({ runs }: ShownLine): number {
  return Math.max(1, ...runs.map(({ run }) => run.series.scalars.stride));
}

/** The colour of the band of a group. Thin colours are hardly seen on the pure background of a high contrast theme. */
export function bandColour(color: string, isFaded: boolean, { kind }: Pick<Theme, 'kind'>): string {
  const isContrast = kind === 'highContrast' || kind === 'highContrastLight';
  return withOpacity(color, isFaded ? 0.06 : isContrast ? 0.4 : 0.2);
}

/**
 * The curves of the lines; of a group its median, over a band from the lowest to the highest run. The highlighted one is
 * drawn on top.
 */
export function curvesOf(
  lines: readonly ShownLine[],
  { view, highlighted }: Pick<Comparison, 'view' | 'highlighted'>,
  theme: Theme,
): readonly Curve[] {
  const isLit = (line: ShownLine): boolean => hasRun(line, highlighted);
  const ordered = [...lines].sort((a, b) => Number(isLit(a)) - Number(isLit(b)));
  return ordered.flatMap((line): Curve[] => {
    const { color, dash } = lineStyle(line.id, theme);
    const isFaded = highlighted !== undefined && !isLit(line);
    const style = { color: isFaded ? withOpacity(color, 0.25) : color, dash, width: isLit(line) ? 3 : 1.5 };
    const curves = line.runs.map(({ run }) => shownPoints(run, view));
    const [only = []] = curves;
    if (curves.length === 1) return [{ label: line.name, points: only, ...style }];
    const { median, lowest, highest } = spreadCurves(curves, strideOf(line));
    const dots = isOfValidation(view.measure) && median.length < 2;
    const edge = { color: withOpacity(color, isFaded ? 0.15 : 0.6), width: 0.75 };
    return [
      { label: '', points: highest, ...edge },
      { label: '', points: lowest, ...edge, fillToPrevious: bandColour(color, isFaded, theme) },
      { label: lineLabel(line), points: median, ...style, ...(dots ? { dots } : {}) },
    ];
  });
}
