import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { Model } from '../store/model';
import { pictureScale } from '../theme/pictureScale';

/** Pixels left and right of the plots, so that all start and end at the same x; they grow with the type of the page. */
export const gutters = {
  get left(): number {
    return 66 * pictureScale();
  },
  get right(): number {
    return 14 * pictureScale();
  },
};

const shortestSpan = 16;

/** Fewest updates that stay visible when zooming. */
export const fewestUpdates = 4;

/** The axis of updates, shared by all pictures of training time. */
export interface TrainingAxis {
  /** Visible updates, first and last. */
  readonly domain: readonly [number, number];
  /** All updates that can be visible. */
  readonly whole: readonly [number, number];
  /** Pixels of the plot itself. */
  readonly width: number;
  /** Update → pixel from the plot's left edge; an update is as wide as its share of the domain. */
  readonly scale: ScaleLinear<number, number>;
}

/**
 * The axis for a model. While a run trains, the axis ends at the next power of two, so that pictures rarely shift; when
 * the run has ended, at its last update.
 */
export function trainingAxis({ run, view }: Model, elementWidth: number): TrainingAxis {
  return axisTo(lastUpdateOf(run), view.range, elementWidth);
}

/** The axis of updates 0 to `end`, of which `range` is visible. */
export function axisTo(end: number, range: readonly [number, number] | undefined, elementWidth: number): TrainingAxis {
  const width = Math.max(1, elementWidth - gutters.left - gutters.right);
  const whole: readonly [number, number] = [0, end];
  const [from, to] = range ?? whole;
  const domain: readonly [number, number] = [Math.max(0, from), Math.min(whole[1], Math.max(to, from + 1))];
  return { domain, whole, width, scale: scaleLinear(domain, [0, width]) };
}

/** The update under a pixel of the plot. */
export function updateAt({ scale, domain }: TrainingAxis, x: number): number {
  const last = Math.max(Math.floor(domain[0]), Math.ceil(domain[1]) - 1);
  return Math.max(Math.floor(domain[0]), Math.min(last, Math.floor(scale.invert(x))));
}

/** The pixel in the middle of an update. */
export function middleOfUpdate({ scale }: TrainingAxis, update: number): number {
  return scale(update + 0.5);
}

/** The update at which the axis of a run ends. */
export function lastUpdateOf(run: Model['run']): number {
  const done = run?.status.updates ?? 0;
  const planned = run?.info.plannedUpdates ?? shortestSpan;
  const isGrowing =
    run !== undefined &&
    (run.status.state === 'running' || run.status.state === 'paused' || run.status.state === 'preparing');
  if (!isGrowing) return Math.max(done, 1);
  return Math.max(1, Math.min(planned, 2 ** Math.ceil(Math.log2(Math.max(done, shortestSpan)))));
}
