import type { PointRange, Predictions } from '../../../src/protocol/predictions';
import { startDrawing } from '../../plot/canvas';
import type { Theme } from '../../theme/theme';
import { startOfRow, type RowAxis } from './heldOutAxis';
import { translate } from '../../../src/text/translate';

/** Pixels of a lane and between two. */
const lane = { height: 24, gap: 5 } as const;

/** A lane of classes, or of wrong predictions. */
export interface ClassLane {
  readonly name: string;
  /** Undefined for the lane of wrong predictions. */
  readonly classes: PointRange | undefined;
}

/** The lanes from the top; persistence only where it is defined. */
export function classLanes({ truth, predicted, persistence, horizon }: Predictions): readonly ClassLane[] {
  return [
    { name: translate`true class`, classes: truth },
    { name: translate`predicted`, classes: predicted },
    { name: translate`wrong`, classes: undefined },
    ...(horizon > 0 ? [{ name: translate`persistence`, classes: persistence }] : []),
  ];
}

/** Pixels of all lanes. */
export function heightOfLanes(lanes: readonly ClassLane[]): number {
  return lanes.length * (lane.height + lane.gap);
}

/** The middle of a lane, in pixels from the top. */
export function middleOfLane(index: number): number {
  return index * (lane.height + lane.gap) + lane.height / 2;
}

/** Classes as colours over the rows, and the share of wrong predictions. */
export function drawClassLanes(
  canvas: HTMLCanvasElement,
  predictions: Predictions,
  axis: RowAxis,
  colourOf: (index: number) => string,
  theme: Theme,
): void {
  const lanes = classLanes(predictions);
  const context = startDrawing(canvas, axis.width, heightOfLanes(lanes));
  if (context === undefined) return;
  const { counts, correct, from, to, rowsPerPoint } = predictions;
  for (let point = 0; point < counts.length; point++) {
    const first = from + point * rowsPerPoint;
    const left = startOfRow(axis, first);
    const wide = Math.max(1, startOfRow(axis, Math.min(to, first + rowsPerPoint)) - left);
    if (left + wide < 0 || left > axis.width) continue;
    for (const [index, { classes }] of lanes.entries()) {
      const top = index * (lane.height + lane.gap);
      if (classes === undefined) {
        const [count = 0, right = 0] = [counts[point], correct[point]];
        const tall = count === 0 ? 0 : ((count - right) / count) * lane.height;
        context.fillStyle = theme.error;
        context.fillRect(left, top + lane.height - tall, wide, tall);
      } else {
        const value = classes.least[point] ?? NaN;
        if (Number.isNaN(value)) continue;
        context.fillStyle = colourOf(value);
        context.fillRect(left, top, wide, lane.height);
      }
    }
  }
}
