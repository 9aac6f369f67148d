import { gutters } from './trainingAxis';
import { movedInto } from './zoomedRange';

/** Where time steps stand on screen; the same for all pictures of sequence time. Every step is equally wide. */
export interface SequenceAxis {
  /** T */
  readonly steps: number;
  /** Visible steps, where the first begins and the last ends; fractions of a step while it is zoomed. */
  readonly domain: readonly [number, number];
  /** All that can be visible: 0 and T. */
  readonly whole: readonly [number, number];
  /** Pixels of the plot itself. */
  readonly width: number;
}

/** Fewest steps that zooming leaves in sight. */
export const fewestSteps = 3;

/** The axis for T steps in an element of this width; `range` is what is to be in sight, all where it is left out. */
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

/** The same axis with another part in sight: keys come faster than pictures are drawn. */
export function withRange(axis: SequenceAxis, range: readonly [number, number] | undefined): SequenceAxis {
  return { ...axis, domain: range === undefined ? axis.whole : clampRange(range, axis.steps) };
}

/** A range of as many steps as there are room for in T, moved to lie within it: sequences differ in length. */
function clampRange([from, to]: readonly [number, number], steps: number): readonly [number, number] {
  const span = Math.min(steps, Math.max(Math.min(fewestSteps, steps), to - from));
  return movedInto({ whole: [0, steps] }, from, span);
}

/** Whether all steps are in sight. */
export function showsAll({ domain, whole }: SequenceAxis): boolean {
  return domain[0] <= whole[0] && domain[1] >= whole[1];
}

/** The step under a pixel of the plot. */
export function stepAt({ steps, domain, width }: SequenceAxis, x: number): number {
  const t = Math.floor(domain[0] + (x / width) * (domain[1] - domain[0]));
  return Math.max(0, Math.min(steps - 1, t));
}

/** The pixel where a step begins; left of 0 or right of the width where it is out of sight. */
export function leftOfStep({ domain, width }: SequenceAxis, t: number): number {
  return ((t - domain[0]) / (domain[1] - domain[0])) * width;
}

/** The pixel in the middle of a step. */
export function middleOfStep(axis: SequenceAxis, t: number): number {
  return leftOfStep(axis, t + 0.5);
}

/** Pixels of a step. */
export function widthOfStep({ domain, width }: SequenceAxis): number {
  return width / (domain[1] - domain[0]);
}

/** The steps of which at least a part is in sight. */
export function stepsInSight({ domain, steps }: SequenceAxis): readonly number[] {
  const first = Math.max(0, Math.floor(domain[0]));
  const end = Math.min(steps, Math.ceil(domain[1]));
  return Array.from({ length: end - first }, (_, i) => first + i);
}

/** The range moved as little as it takes to have a step wholly in sight. */
export function rangeIncluding({ domain, steps }: SequenceAxis, t: number): readonly [number, number] {
  const [from, to] = domain;
  const by = t < from ? t - from : t + 1 > to ? t + 1 - to : 0;
  return clampRange([from + by, to + by], steps);
}

const roomForLabel = 34;

/** Steps in sight that are named under the axis: as many as have room, evenly apart. */
export function labelledSteps(axis: SequenceAxis): readonly number[] {
  const { domain, steps, width } = axis;
  const most = Math.max(1, Math.floor(width / roomForLabel));
  const shown = domain[1] - domain[0];
  const every = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => shown / n <= most) ?? steps;
  return stepsInSight(axis).filter((t) => t % every === 0 && t + 0.5 >= domain[0] && t + 0.5 <= domain[1]);
}
