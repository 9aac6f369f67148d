import { pictureScale } from '../theme/pictureScale';
import { gutters } from './trainingAxis';
import { movedInto } from './zoomedRange';

/** The axis of time steps, shared by all pictures of sequence time. All steps are equally wide. */
export interface SequenceAxis {
  /** T */
  readonly steps: number;
  /** Visible steps, from the start of the first to the end of the last; fractional while zoomed. */
  readonly domain: readonly [number, number];
  /** The whole range: 0 and T. */
  readonly whole: readonly [number, number];
  /** Pixels of the plot itself. */
  readonly width: number;
}

/** Fewest steps that stay visible when zooming. */
export const fewestSteps = 3;

/** The axis for T steps in an element of this width; without `range` all steps are visible. */
export function sequenceAxis(steps: number, elementWidth: number, range?: readonly [number, number]): SequenceAxis {
  const count = Math.max(1, steps);
  const whole = [0, count] as const;
  return {
    steps: count,
    domain: range === undefined ? whole : clampRange(range, count),
    whole,
    width: Math.max(1, elementWidth - gutters.left - gutters.right),
  };
}

/** The same axis with another visible range: keys may arrive faster than pictures are drawn. */
export function withRange(axis: SequenceAxis, range: readonly [number, number] | undefined): SequenceAxis {
  return { ...axis, domain: range === undefined ? axis.whole : clampRange(range, axis.steps) };
}

/** A range shrunk and moved to lie within 0 and T: sequences differ in length. */
function clampRange([from, to]: readonly [number, number], steps: number): readonly [number, number] {
  const span = Math.min(steps, Math.max(Math.min(fewestSteps, steps), to - from));
  return movedInto({ whole: [0, steps] }, from, span);
}

/** Whether all steps are visible. */
export function showsAll({ domain, whole }: SequenceAxis): boolean {
  return domain[0] <= whole[0] && domain[1] >= whole[1];
}

/** The step under a pixel of the plot. */
export function stepAt({ steps, domain, width }: SequenceAxis, x: number): number {
  const t = Math.floor(domain[0] + (x / width) * (domain[1] - domain[0]));
  return Math.max(0, Math.min(steps - 1, t));
}

/** The pixel where a step starts; below 0 or beyond the width where it is not visible. */
export function startOfStep({ domain, width }: SequenceAxis, t: number): number {
  return ((t - domain[0]) / (domain[1] - domain[0])) * width;
}

/** The pixel in the middle of a step. */
export function middleOfStep(axis: SequenceAxis, t: number): number {
  return startOfStep(axis, t + 0.5);
}

/** Pixels of a step. */
export function widthOfStep({ domain, width }: SequenceAxis): number {
  return width / (domain[1] - domain[0]);
}

/** The steps that are at least partly visible. */
export function visibleSteps({ domain, steps }: SequenceAxis): readonly number[] {
  const first = Math.max(0, Math.floor(domain[0]));
  const end = Math.min(steps, Math.ceil(domain[1]));
  return Array.from({ length: end - first }, (_, i) => first + i);
}

const roomForLabel = 34;

/** Visible steps that are labelled below the axis: as many as fit, evenly spaced. */
export function labelledSteps(axis: SequenceAxis): readonly number[] {
  const { domain, steps, width } = axis;
  const most = Math.max(1, Math.floor(width / (roomForLabel * pictureScale())));
  const shown = domain[1] - domain[0];
  const every = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => shown / n <= most) ?? steps;
  return visibleSteps(axis).filter((t) => t % every === 0 && t + 0.5 >= domain[0] && t + 0.5 <= domain[1]);
}
