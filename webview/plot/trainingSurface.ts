import { gutters, fewestUpdates, middleOfUpdate, updateAt, type TrainingAxis } from './trainingAxis';
import type { SharedZoom } from './zoom';
import { zoomedRange } from './zoomedRange';
import { seriesAt } from '../store/zoomedSeries';
import type { Point } from '../store/model';
import type { Store } from '../store/store';
import { element } from '../ui/element';
import { MeasuredHeight } from '../ui/measuredHeight';

/** Steps of sequence time on a surface's y axis, where it has one. */
export interface SurfaceRows {
  /** T */
  readonly rows: number;
}

const farStep = 10;

/**
 * The transparent layer over a plot of training time: handles the pointer and the keys, and shows the crosshair and the
 * selection, so that hovering doesn't redraw the data.
 */
export class TrainingSurface {
  readonly element: HTMLElement;
  readonly #crosshair = element('div', { class: 'crosshair' });
  readonly #rowhair = element('div', { class: 'row-crosshair' });
  readonly #mark = element('div', { class: 'selection-mark' });
  readonly #rowMark = element('div', { class: 'selection-row' });
  readonly #height: MeasuredHeight;
  #axis: TrainingAxis | undefined;
  #rows: number | undefined;

  /** @param label what the plot shows, for screen readers */
  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    label: string,
  ) {
    this.element = element('div', {
      class: 'surface',
      tabindex: '0',
      role: 'application',
      'aria-label': `${label}. Arrow keys move the selection, Home and End go to the ends, plus and minus zoom, 0 shows all.`,
    });
    this.element.style.left = `${gutters.left}px`;
    this.element.style.right = `${gutters.right}px`;
    this.element.append(this.#crosshair, this.#rowhair, this.#mark, this.#rowMark);
    this.#height = new MeasuredHeight(this.element, () => {
      store.redraw();
    });
    zoom.attach(this.element, () => {
      this.#show(undefined);
    });
    this.element.addEventListener('pointermove', (event) => {
      store.dispatch({ kind: 'hoverChanged', point: this.#pointOf(event) });
    });
    this.element.addEventListener('pointerleave', () => {
      store.dispatch({ kind: 'hoverChanged', point: undefined });
    });
    this.element.addEventListener('click', (event) => {
      const point = this.#pointOf(event);
      const { selection } = store.model.view;
      if (point !== undefined) {
        store.dispatch({ kind: 'viewChanged', view: { selection: { ...point, t: point.t ?? selection?.t } } });
      }
    });
    this.element.addEventListener('keydown', (event) => {
      if (this.#handleKey(event)) event.preventDefault();
    });
  }

  update(axis: TrainingAxis, rows: SurfaceRows | undefined): void {
    this.#axis = axis;
    this.#rows = rows?.rows;
    const { hover, view } = this.store.model;
    place(this.#crosshair, hover === undefined ? undefined : middleOfUpdate(axis, hover.update), axis.width, 'x');
    place(
      this.#mark,
      view.selection === undefined ? undefined : middleOfUpdate(axis, view.selection.update),
      axis.width,
      'x',
    );
    this.#placeRow(this.#rowhair, hover);
    this.#placeRow(this.#rowMark, view.selection);
  }

  #placeRow(line: HTMLElement, point: Point | undefined): void {
    const height = this.#height.value;
    const rows = this.#rows ?? 0;
    const t = point?.t;
    place(line, t === undefined || t >= rows ? undefined : (rows - t - 0.5) * (height / rows), height, 'y');
  }

  #pointOf(event: MouseEvent): Point | undefined {
    const axis = this.#axis;
    if (axis === undefined) return undefined;
    const box = this.element.getBoundingClientRect();
    // Clicks have whole pixels and movements have fractions: both must give the same update.
    const update = updateAt(axis, Math.floor(event.clientX) - box.left);
    if (update >= (this.store.model.run?.status.updates ?? 0)) return undefined;
    if (this.#rows === undefined) return { update, t: undefined };
    const fromTop = Math.floor(((Math.floor(event.clientY) - box.top) / box.height) * this.#rows);
    return { update, t: Math.max(0, Math.min(this.#rows - 1, this.#rows - 1 - fromTop)) };
  }

  #handleKey(event: KeyboardEvent): boolean {
    const { run, view } = this.store.model;
    const axis = this.#axis;
    if (run === undefined || axis === undefined) return false;
    const last = Math.max(0, run.status.updates - 1);
    const { update, t } = view.selection ?? { update: last, t: undefined };
    const far = event.shiftKey ? farStep : 1;
    const select = (to: number, step: number | undefined): boolean => {
      const bounded = Math.max(0, Math.min(last, to));
      const highest = run.info.layout.steps - 1;
      const selection = { update: bounded, t: step === undefined ? undefined : Math.max(0, Math.min(highest, step)) };
      // The readout shows what the keys select, even if the pointer still rests on a picture.
      this.store.dispatch({ kind: 'hoverChanged', point: undefined });
      this.store.dispatch({ kind: 'viewChanged', view: { selection } });
      return true;
    };
    const stride = Math.max(seriesAt(run, update).scalars.stride, 1);
    switch (event.key) {
      case 'ArrowLeft':
        return select(update - far * stride, t);
      case 'ArrowRight':
        return select(update + far * stride, t);
      case 'ArrowUp':
        return this.#rows !== undefined && select(update, (t ?? -1) + far);
      case 'ArrowDown':
        return this.#rows !== undefined && select(update, (t ?? 1) - far);
      case 'Home':
        return select(0, t);
      case 'End':
        return select(last, t);
      case 'Escape':
        this.store.dispatch({ kind: 'viewChanged', view: { selection: undefined } });
        return true;
      case '+':
      case '=':
        return this.#show(zoomedRange(axis, update, 0.5, fewestUpdates));
      case '-':
        return this.#show(zoomedRange(axis, update, 2, fewestUpdates));
      case '0':
        return this.#show(undefined);
      default:
        return false;
    }
  }

  #show(range: readonly [number, number] | undefined): boolean {
    this.store.dispatch({ kind: 'viewChanged', view: { range } });
    return true;
  }
}

function place(line: HTMLElement, at: number | undefined, length: number, direction: 'x' | 'y'): void {
  const isVisible = at !== undefined && at >= 0 && at <= length;
  line.hidden = !isVisible;
  if (isVisible) line.style.transform = direction === 'x' ? `translateX(${at}px)` : `translateY(${at}px)`;
}
