import { gutters, fewestUpdates, middleOfUpdate, updateAt, type TrainingAxis } from '../plot/trainingAxis';
import type { SharedZoom } from '../plot/zoom';
import { zoomedRange } from '../plot/zoomedRange';
import type { ShownRun } from '../store/model';
import { element } from '../ui/element';
import type { Comparison } from './model';
import { highlight, type ComparisonStore } from './comparisonCell';

/** Largest distance in pixels between the pointer and the curve that it highlights. */
const nearPixels = 40;
const farStep = 10;

/** The transparent layer over the curves of several runs: handles the pointer and the keys, and shows the crosshair. */
export class CurvesSurface {
  readonly element = element('div', {
    class: 'surface',
    tabindex: '0',
    role: 'application',
    'aria-label':
      'Curves over updates. Left and right arrow keys move along the updates, up and down from run to run, plus and minus zoom, 0 shows all.',
  });
  readonly #crosshair = element('div', { class: 'crosshair' });
  #axis: TrainingAxis | undefined;

  /** @param heightOf pixels from the top to a run's curve at an update; NaN where it has no value */
  constructor(
    readonly store: ComparisonStore,
    zoom: SharedZoom,
    readonly heightOf: (run: ShownRun | undefined, update: number) => number,
  ) {
    this.element.style.left = `${gutters.left}px`;
    this.element.style.right = `${gutters.right}px`;
    this.element.append(this.#crosshair);
    zoom.attach(this.element, () => {
      this.#show(undefined);
    });
    this.element.addEventListener('pointermove', (event) => {
      this.#pointAt(event);
    });
    this.element.addEventListener('pointerleave', () => {
      highlight(store);
    });
    this.element.addEventListener('keydown', (event) => {
      if (this.#handleKey(event)) event.preventDefault();
    });
  }

  update({ update }: Comparison, axis: TrainingAxis): void {
    this.#axis = axis;
    const x = update === undefined ? -1 : middleOfUpdate(axis, update);
    this.#crosshair.hidden = x < 0 || x > axis.width;
    this.#crosshair.style.transform = `translateX(${x}px)`;
  }

  #pointAt(event: PointerEvent): void {
    if (this.#axis === undefined) return;
    const box = this.element.getBoundingClientRect();
    const update = updateAt(this.#axis, event.clientX - box.left);
    const y = event.clientY - box.top;
    const distances = this.store.model.members.flatMap(({ id, run }) => {
      const distance = Math.abs(this.heightOf(run, update) - y);
      return distance <= nearPixels ? [{ id, distance }] : [];
    });
    const [nearest] = distances.sort((a, b) => a.distance - b.distance);
    highlight(this.store, nearest?.id, update);
  }

  #handleKey({ key, shiftKey }: KeyboardEvent): boolean {
    const { members, highlighted: highlighted, update: pointed } = this.store.model;
    const axis = this.#axis;
    if (axis === undefined || members.length === 0) return false;
    const last = Math.max(0, axis.whole[1] - 1);
    const update = pointed ?? Math.floor((axis.domain[0] + axis.domain[1]) / 2);
    const stride = Math.max(1, ...members.map(({ run }) => run?.series.scalars.stride ?? 1));
    const far = (shiftKey ? farStep : 1) * stride;
    switch (key) {
      case 'ArrowLeft':
        return this.#point(highlighted, Math.max(0, update - far));
      case 'ArrowRight':
        return this.#point(highlighted, Math.min(last, update + far));
      case 'ArrowUp':
        return this.#point(this.#neighbour(-1), update);
      case 'ArrowDown':
        return this.#point(this.#neighbour(1), update);
      case 'Home':
        return this.#point(highlighted, 0);
      case 'End':
        return this.#point(highlighted, last);
      case '+':
      case '=':
        return this.#show(zoomedRange(axis, update, 0.5, fewestUpdates));
      case '-':
        return this.#show(zoomedRange(axis, update, 2, fewestUpdates));
      case '0':
        return this.#show(undefined);
      case 'Escape':
        return this.#point();
      default:
        return false;
    }
  }

  /** The run before or after the highlighted one, wrapping around; the first where none is highlighted. */
  #neighbour(by: number): number | undefined {
    const { members, highlighted: highlighted } = this.store.model;
    const at = members.findIndex(({ id }) => id === highlighted);
    return members[at < 0 ? 0 : (at + by + members.length) % members.length]?.id;
  }

  #point(highlighted?: number, update?: number): boolean {
    highlight(this.store, highlighted, update);
    return true;
  }

  #show(range: readonly [number, number] | undefined): boolean {
    this.store.dispatch({ kind: 'viewChanged', view: { range } });
    return true;
  }
}
