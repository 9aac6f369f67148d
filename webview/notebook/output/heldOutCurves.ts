import type { PointRange, Predictions } from '../../../src/protocol/predictions';
import type { Curve } from '../../plot/charts/datasets';
import type { Theme } from '../../theme/theme';
import { translate } from '../../../src/text/translate';

type Points = { readonly x: number; readonly y: number }[];

/** Most visible points whose values are marked with dots. */
const mostDots = 150;

/** True values, predictions and persistence over the rows; interrupted where there is none and between sequences. */
export function heldOutCurves(predictions: Predictions, visiblePoints: number, theme: Theme): readonly Curve[] {
  const { truth, predicted, persistence } = predictions;
  const hasDots = visiblePoints <= mostDots;
  // The first curve is drawn on top.
  const all = [
    {
      label: translate`predicted`,
      points: pointsOf(predictions, predicted),
      color: theme.train,
      dash: [5, 3],
      dots: hasDots,
    },
    { label: translate`true value`, points: pointsOf(predictions, truth), color: theme.validation, dots: hasDots },
    {
      label: translate`persistence`,
      points: pointsOf(predictions, persistence),
      color: theme.baseline,
      width: 1,
      dash: [2, 3],
    },
  ] satisfies readonly Curve[];
  return all
    .filter(({ points }) => points.some(({ y }) => !Number.isNaN(y)))
    .map((curve) => ({ ...curve, hasGaps: true }));
}

/** A point for each row; where rows are merged, one for their lowest and one for their highest value. */
function pointsOf({ from, to, rowsPerPoint, sequences, lead }: Predictions, { least, most }: PointRange): Points {
  // The held-out part of a single sequence continues its lead-in.
  const begins = new Set(lead > 0 ? [] : sequences.map(({ row }) => row));
  const points: Points = [];
  for (let point = 0; point < least.length; point++) {
    const first = from + point * rowsPerPoint;
    const end = Math.min(to, first + rowsPerPoint);
    const x = (first + end) / 2;
    if (point > 0 && beginsIn(begins, first, end)) points.push({ x: first, y: NaN });
    const [low = NaN, high = NaN] = [least[point], most[point]];
    points.push({ x, y: low });
    if (high !== low && !Number.isNaN(high)) points.push({ x, y: high });
  }
  return points;
}

function beginsIn(begins: ReadonlySet<number>, first: number, end: number): boolean {
  for (let row = first; row < end; row++) if (begins.has(row)) return true;
  return false;
}

/** A span of rows. */
export type RowSpan = readonly [from: number, to: number];

/** Consecutive points that are predicted after fewer rows than the warm-up, as spans of rows. */
export function earlySpans({ isEarly, from, to, rowsPerPoint }: Predictions): readonly RowSpan[] {
  const spans: RowSpan[] = [];
  let start: number | undefined;
  for (let point = 0; point <= isEarly.length; point++) {
    if (isEarly[point] === 1) start ??= point;
    else if (start !== undefined) {
      spans.push([from + start * rowsPerPoint, Math.min(to, from + point * rowsPerPoint)]);
      start = undefined;
    }
  }
  return spans;
}
