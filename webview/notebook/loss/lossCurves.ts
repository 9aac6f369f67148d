import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { RunInfo } from '../../../src/protocol/run';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import type { Curve } from '../../plot/charts/datasets';
import type { Theme } from '../../theme/theme';
import { translate } from '../../../src/text/translate';

interface Dot {
  readonly x: number;
  readonly y: number;
}

/**
 * The column of an update in the scalar table. Of a log, which may have a loss at some updates only, the last column up to
 * there that has one; where none has, the column itself.
 */
export function columnAtUpdate({ scalars, layout }: DisplaySeries, update: number): number {
  const column = Math.max(0, scalars.columnAt(update));
  if (layout.isSparse !== true) return column;
  const logged = scalars.values('count').findLastIndex((count, at) => at <= column && count > 0);
  return logged < 0 ? column : logged;
}

/** The updates of a column as text: one, or the first and the last. */
export function formatUpdates({ scalars }: DisplaySeries, column: number, updates: number): string {
  const first = scalars.updateOf(column);
  const last = Math.min(updates, first + scalars.stride) - 1;
  return first >= last
    ? translate`update ${formatExact(first)}`
    : translate`updates ${formatExact(first)}–${formatExact(last)}`;
}

/** Shown for updates without records. */
export function notRecorded({ layout }: Pick<DisplaySeries, 'layout'>): string {
  return layout.isSparse === true
    ? translate`not in the log`
    : translate`not recorded: it couldn’t be written, or the file was damaged later`;
}

/** The points of a line; of a log those with a value, so that the line joins them. */
export function joined<Point extends { readonly y: number }>(
  { layout }: Pick<DisplaySeries, 'layout'>,
  points: readonly Point[],
): readonly Point[] {
  return layout.isSparse === true ? points.filter(({ y }) => !Number.isNaN(y)) : points;
}

/** Whether any update of a column was recorded. */
export function isRecorded({ scalars, layout }: DisplaySeries, column: number): boolean {
  const has = (field: 'gradNorm' | 'validationLoss'): boolean => !Number.isNaN(scalars.column(field, column)[0] ?? NaN);
  if (layout.isSparse === true && (has('gradNorm') || has('validationLoss'))) return true;
  return (scalars.column('count', column)[0] ?? 0) > 0;
}

/** Mean loss of the updates of a column. */
export function meanLoss({ scalars }: DisplaySeries, column: number): number {
  return (scalars.column('lossSum', column)[0] ?? NaN) / (scalars.column('count', column)[0] ?? NaN);
}

/** One point per column, in the middle of its updates. */
function points(series: DisplaySeries, y: (column: number) => number): Dot[] {
  const { scalars } = series;
  return Array.from({ length: scalars.count }, (_, column) => ({ x: scalars.updateOf(column + 0.5), y: y(column) }));
}

/** The training loss, a column's mean. */
export function trainPoints(series: DisplaySeries): Dot[] {
  return points(series, (column) => meanLoss(series, column));
}

/** The lowest and the highest loss within each column. */
export function spreadOfLoss(series: DisplaySeries): { readonly lowest: Dot[]; readonly highest: Dot[] } {
  const lowest = series.scalars.values('lossMin');
  const highest = series.scalars.values('lossMax');
  return {
    lowest: points(series, (column) => lowest[column] ?? NaN),
    highest: points(series, (column) => highest[column] ?? NaN),
  };
}

/** Validation losses where there are any. */
export function validationPoints(series: DisplaySeries): Dot[] {
  const values = series.scalars.values('validationLoss');
  return points(series, (column) => values[column] ?? NaN).filter(({ y }) => !Number.isNaN(y));
}

/**
 * The trailing mean over the last `updates` updates at every point, which uses no later update. Updates that were not
 * recorded are skipped.
 *
 * @param isFromStart whether these are the first updates of the run; otherwise the line starts where the window is full
 */
export function smoothed(dots: readonly Dot[], updates: number, stride: number, isFromStart = true): Dot[] {
  const window = Math.max(1, Math.round(updates / stride));
  let sum = 0;
  let held = 0;
  const count = (y: number, sign: 1 | -1): void => {
    if (Number.isNaN(y)) return;
    sum += sign * y;
    held += sign;
  };
  return dots.map(({ x, y }, i) => {
    count(y, 1);
    if (i >= window) count(dots[i - window]?.y ?? NaN, -1);
    return { x, y: Number.isNaN(y) || (i + 1 < window && !isFromStart) ? NaN : sum / held };
  });
}

const dashes: readonly (readonly number[])[] = [
  [6, 4],
  [2, 3],
  [10, 3, 2, 3],
];

/**
 * Baselines as dashed horizontal lines, labelled with their value. Those on held-out data have the color of the
 * validation loss, which they compare with, and the dashes of their counterpart in training.
 */
export function baselineCurves(
  baselines: RunInfo['baselines'],
  domain: readonly [number, number],
  theme: Theme,
): Curve[] {
  const kinds = [...new Set(baselines.map(kindOf))];
  return baselines.map((baseline) => ({
    label: `${baseline.name}: ${formatNumber(baseline.value)}`,
    points: [
      { x: domain[0], y: baseline.value },
      { x: domain[1], y: baseline.value },
    ],
    color: baseline.heldOut === true ? theme.validation : theme.baseline,
    dash: dashes[kinds.indexOf(kindOf(baseline)) % dashes.length] ?? [],
    width: 1,
  }));
}

/** The name of a baseline without where it was measured. */
function kindOf({ name }: RunInfo['baselines'][number]): string {
  return name.replace(/, held out$/, '');
}
