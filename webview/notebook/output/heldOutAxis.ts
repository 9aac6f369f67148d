import type { Predictions } from '../../../src/protocol/predictions';
import { formatExact } from '../../../src/text/numbers';
import { truncate } from '../../../src/text/quoting';
import { gutters } from '../../plot/trainingAxis';
import { movedInto } from '../../plot/zoomedRange';
import { visibleSymbol } from '../formatStep';

/** Fewest rows that stay visible when zooming. */
export const fewestRows = 5;

/** The axis of the held-out rows, the lead-in included. All rows are equally wide. */
export interface RowAxis {
  /** Visible rows, from the start of the first to the end of the last; fractional while zoomed. */
  readonly domain: readonly [number, number];
  readonly whole: readonly [number, number];
  /** Pixels of the plot itself. */
  readonly width: number;
}

/** The axis of `rows` rows; without `range` all are visible. */
export function rowAxis(rows: number, width: number, range: readonly [number, number] | undefined): RowAxis {
  const whole = [0, Math.max(1, rows)] as const;
  if (range === undefined) return { domain: whole, whole, width };
  const span = Math.min(whole[1], Math.max(Math.min(fewestRows, whole[1]), range[1] - range[0]));
  return { domain: movedInto({ whole }, range[0], span), whole, width };
}

/** The pixel at which a row begins, from the left edge of the plot. */
export function startOfRow({ domain, width }: RowAxis, row: number): number {
  return ((row - domain[0]) / (domain[1] - domain[0])) * width;
}

/** The row under a pixel of the plot. */
export function rowAt({ domain, whole, width }: RowAxis, x: number): number {
  const row = Math.floor(domain[0] + (x / width) * (domain[1] - domain[0]));
  return Math.max(0, Math.min(whole[1] - 1, row));
}

/** The point that shows a row; undefined where no point does. */
export function pointOfRow({ from, to, rowsPerPoint }: Predictions, row: number): number | undefined {
  return row < from || row >= to ? undefined : Math.floor((row - from) / rowsPerPoint);
}

/** The time of a point as the table has it, or its row. */
export function formatPlace({ times, lines }: Predictions, point: number): string {
  const time = times?.[point];
  return time === undefined ? formatExact(lines[point] ?? NaN) : visibleSymbol(truncate(time));
}

/** A label below the axis. */
export interface RowLabel {
  /** Pixels from the left edge of the plot. */
  readonly x: number;
  readonly text: string;
}

/** Pixels of a character of a label, between two labels, and of a label in the left gutter. */
const room = { character: 6.5, between: 22, left: 18 } as const;

/** Times or rows below the axis, as many as fit, evenly spaced. */
export function rowLabels(predictions: Predictions, axis: RowAxis): readonly RowLabel[] {
  const longest = Math.max(...[0, predictions.lines.length - 1].map((point) => formatPlace(predictions, point).length));
  const wide = longest * room.character + room.between;
  const count = Math.max(1, Math.floor(axis.width / wide));
  const span = (axis.domain[1] - axis.domain[0]) / count;
  const every = span <= 1 ? 1 : Math.ceil(span);
  const labels: RowLabel[] = [];
  for (let row = Math.ceil(axis.domain[0] / every) * every; row < axis.domain[1]; row += every) {
    const point = pointOfRow(predictions, row);
    const x = startOfRow(axis, row + 0.5);
    const half = (longest * room.character) / 2;
    // A label may extend into the gutters, but not over the name of the axis or beyond the panel.
    if (point === undefined || x < half - room.left || x > axis.width + gutters.right - half) continue;
    labels.push({ x, text: formatPlace(predictions, point) });
  }
  if (labels.length > 0) return labels;
  const middle = pointOfRow(predictions, rowAt(axis, axis.width / 2));
  return middle === undefined ? [] : [{ x: axis.width / 2, text: formatPlace(predictions, middle) }];
}
