import { gutters } from './trainingAxis';

/** Where time steps stand on screen; the same for all pictures of sequence time. Every step is equally wide. */
export interface SequenceAxis {
  /** T */
  readonly steps: number;
  /** Pixels of the plot itself. */
  readonly width: number;
}

/** The axis for T steps in an element of this width. */
export function sequenceAxis(steps: number, elementWidth: number): SequenceAxis {
  return { steps: Math.max(1, steps), width: Math.max(1, elementWidth - gutters.left - gutters.right) };
}

/** The step under a pixel of the plot. */
export function stepAt({ steps, width }: SequenceAxis, x: number): number {
  return Math.max(0, Math.min(steps - 1, Math.floor((x / width) * steps)));
}

/** The pixel in the middle of a step. */
export function middleOfStep({ steps, width }: SequenceAxis, t: number): number {
  return ((t + 0.5) / steps) * width;
}

const roomForLabel = 34;

/** Steps that are named under the axis: as many as have room, evenly apart, the first among them. */
export function namedSteps({ steps, width }: SequenceAxis): readonly number[] {
  const most = Math.max(1, Math.floor(width / roomForLabel));
  const every = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => steps / n <= most) ?? steps;
  return Array.from({ length: Math.ceil(steps / every) }, (_, i) => i * every);
}
