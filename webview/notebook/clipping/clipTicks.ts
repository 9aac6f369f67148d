import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { devicePixels } from '../../plot/canvas';
import { middleOfUpdate, type TrainingAxis } from '../../plot/trainingAxis';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { memoKey } from '../memo';
import { translate } from '../../../src/text/translate';

/** Pixels between a click and the tick that it picks, at the most. */
const reach = 5;

/** Columns to both sides of a tick that is a column of several updates, when the view zooms in on it. */
const columnsBeside = 4;

/** The tick that was clicked: a clipped update, or a column of updates of which only some were clipped. */
export type PickedClip =
  | { readonly kind: 'update'; readonly update: number }
  /** The first update of the range around the column, and the one after its last. */
  | { readonly kind: 'columns'; readonly range: readonly [number, number] };

/** The tick nearest to `x` (CSS pixels from the start of the axis), or undefined where none is near. */
export function clipNear({ scalars }: DisplaySeries, axis: TrainingAxis, x: number): PickedClip | undefined {
  const { stride } = scalars;
  let nearest: { readonly distance: number; readonly update: number; readonly clips: number } | undefined;
  scalars.values('clips').forEach((clips, column) => {
    if (clips === 0) return;
    const update = scalars.updateOf(column);
    const distance = Math.abs(placeOfTick(axis, update, stride) - x);
    if (distance <= reach && distance < (nearest?.distance ?? Infinity)) nearest = { distance, update, clips };
  });
  if (nearest === undefined) return undefined;
  const { update, clips } = nearest;
  // The records say how many updates of a column were clipped, not which: they are told apart once they are zoomed in on.
  return clips === stride
    ? { kind: 'update', update: update + stride - 1 }
    : { kind: 'columns', range: [update - columnsBeside * stride, update + (columnsBeside + 1) * stride] };
}

function placeOfTick(axis: TrainingAxis, update: number, stride: number): number {
  return stride === 1 ? middleOfUpdate(axis, update) : axis.scale(update);
}

/** A strip with a tick at every clipped update; several updates within one pixel make one tick. */
export class ClipTicks {
  readonly element = element('canvas', { class: 'clip-ticks', height: '8', 'aria-hidden': 'true' });
  #drawn = '';
  #shown: { readonly series: DisplaySeries; readonly axis: TrainingAxis } | undefined;

  /** @param onPick receives the tick that a click is near; without it, ticks are not clicked */
  constructor(onPick?: (picked: PickedClip) => void) {
    if (onPick === undefined) return;
    this.element.classList.add('pickable');
    this.element.title = translate`Click a tick to see what the norm of this gradient consists of`;
    this.element.addEventListener('click', ({ offsetX }) => {
      const picked = this.#shown === undefined ? undefined : clipNear(this.#shown.series, this.#shown.axis, offsetX);
      if (picked !== undefined) onPick(picked);
    });
  }

  /** @param version changes when columns are appended to the series */
  update(version: number, series: DisplaySeries, axis: TrainingAxis, theme: Theme): void {
    this.#shown = { series, axis };
    const key = memoKey(version, series, axis.domain, axis.width, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#draw(series, axis, theme);
  }

  #draw({ scalars }: DisplaySeries, axis: TrainingAxis, theme: Theme): void {
    const width = devicePixels(axis.width);
    this.element.width = width;
    this.element.style.width = `${axis.width}px`;
    const context = this.element.getContext('2d');
    if (context === null) return;
    context.clearRect(0, 0, width, this.element.height);
    context.fillStyle = theme.clip;
    const { stride } = scalars;
    scalars.values('clips').forEach((count, column) => {
      const update = scalars.updateOf(column);
      if (count === 0 || update + stride < axis.domain[0] || update > axis.domain[1]) return;
      const x = placeOfTick(axis, update, stride);
      context.fillRect(Math.round(x * devicePixelRatio), 0, Math.max(1, devicePixelRatio), this.element.height);
    });
  }
}
