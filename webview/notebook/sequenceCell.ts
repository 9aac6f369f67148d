import type { Inspection } from '../../src/protocol/inspection';
import {
  middleOfStep,
  labelledSteps,
  rangeIncluding,
  showsAll,
  stepAt,
  withRange,
  type SequenceAxis,
  fewestSteps,
} from '../plot/sequenceAxis';
import { zoomedRange } from '../plot/zoomedRange';
import { gutters } from '../plot/trainingAxis';
import type { SharedZoom } from '../plot/zoom';
import type { Model } from '../store/model';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import { element } from '../ui/element';

/** What the sequence-time cells draw from. */
export interface SequenceDrawing {
  readonly model: Model;
  readonly inspection: Inspection;
  readonly axis: SequenceAxis;
  readonly theme: Theme;
}

/** One sequence-time cell. */
export interface SequenceCell {
  readonly element: HTMLElement;
  update(drawing: SequenceDrawing): void;
}

/** The step under the pointer, else the selected one. */
export function stepInFocus({ hover, view }: Model, steps: number): number | undefined {
  const t = hover?.t ?? view.selection?.t;
  return t === undefined || t >= steps ? undefined : t;
}

/** What a picture does with clicks and keys besides moving the step. */
export interface PictureHandlers {
  /** A click `y` pixels below the picture's top. */
  onPick(y: number): void;
  /** A key that moves no step; true where the picture handles it. */
  handleKey(key: string): boolean;
  /** What the keys do, for screen readers. */
  readonly keys: string;
}

const farStep = 10;

/** Handles the pointer and the keys over a picture of sequence time, and draws the lines at the steps. */
export class SequenceSurface {
  readonly element: HTMLElement;
  readonly #line = element('div', { class: 'crosshair' });
  readonly #mark = element('div', { class: 'selection-mark' });
  #drawnAxis: SequenceAxis | undefined;
  #update = 0;

  /** @param label what the picture shows, for screen readers */
  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    label: string,
    readonly handlers?: PictureHandlers,
  ) {
    const keys = handlers === undefined ? '' : ` ${handlers.keys}`;
    this.element = element('div', {
      class: 'surface',
      tabindex: '0',
      role: 'application',
      'aria-label': `${label}. Left and right arrow keys move the step, Home and End go to the ends, plus and minus zoom, 0 shows all steps.${keys}`,
    });
    this.element.style.left = `${gutters.left}px`;
    this.element.style.right = `${gutters.right}px`;
    this.element.append(this.#line, this.#mark);
    zoom.attach(this.element, () => {
      this.#show(undefined);
    });
    this.element.addEventListener('pointermove', (event) => {
      store.dispatch({ kind: 'hoverChanged', point: { update: this.#update, t: this.#stepOf(event) } });
    });
    this.element.addEventListener('pointerleave', () => {
      store.dispatch({ kind: 'hoverChanged', point: undefined });
    });
    this.element.addEventListener('click', (event) => {
      this.#select(this.#stepOf(event));
      handlers?.onPick(event.clientY - this.element.getBoundingClientRect().top);
    });
    this.element.addEventListener('keydown', (event) => {
      if (this.#handleKey(event)) event.preventDefault();
    });
  }

  update({ model, inspection, axis }: SequenceDrawing): void {
    this.#drawnAxis = axis;
    this.#update = inspection.update;
    place(this.#line, model.hover?.t, axis);
    place(this.#mark, model.view.selection?.t, axis);
  }

  /** The axis of the current view: keys may arrive before it is drawn. */
  get #axis(): SequenceAxis | undefined {
    return this.#drawnAxis === undefined ? undefined : withRange(this.#drawnAxis, this.store.model.view.stepRange);
  }

  #stepOf(event: MouseEvent): number | undefined {
    const box = this.element.getBoundingClientRect();
    return this.#axis === undefined ? undefined : stepAt(this.#axis, event.clientX - box.left);
  }

  #handleKey({ key, shiftKey }: KeyboardEvent): boolean {
    const axis = this.#axis;
    if (axis === undefined) return false;
    const far = shiftKey ? farStep : 1;
    const t = this.store.model.view.selection?.t ?? axis.steps - 1;
    switch (key) {
      case 'ArrowLeft':
        return this.#moveTo(t - far);
      case 'ArrowRight':
        return this.#moveTo(t + far);
      case 'Home':
        return this.#moveTo(0);
      case 'End':
        return this.#moveTo(axis.steps - 1);
      case '+':
      case '=':
        return this.#show(zoomedRange(axis, t, 0.5, fewestSteps));
      case '-':
        return this.#show(zoomedRange(axis, t, 2, fewestSteps));
      case '0':
        return this.#show(undefined);
      default:
        return this.handlers?.handleKey(key) ?? false;
    }
  }

  /** Selects a step by the keys; the pictures pan where it is not visible. */
  #moveTo(to: number): boolean {
    const axis = this.#axis;
    if (axis === undefined) return false;
    const t = Math.max(0, Math.min(axis.steps - 1, to));
    // The readout shows what the keys select, even if the pointer still rests on a picture.
    this.store.dispatch({ kind: 'hoverChanged', point: undefined });
    this.#select(t);
    return showsAll(axis) || this.#show(rangeIncluding(axis, t));
  }

  #show(stepRange: readonly [number, number] | undefined): boolean {
    this.store.dispatch({ kind: 'viewChanged', view: { stepRange } });
    return true;
  }

  #select(t: number | undefined): void {
    this.store.dispatch({ kind: 'viewChanged', view: { selection: { update: this.#update, t } } });
  }
}

function place(line: HTMLElement, t: number | undefined, axis: SequenceAxis): void {
  const x = t === undefined || t >= axis.steps ? -1 : middleOfStep(axis, t);
  line.hidden = x < 0 || x > axis.width;
  line.style.transform = `translateX(${x}px)`;
}

/** Step numbers below a picture. */
export function stepLabels(axis: SequenceAxis): HTMLElement {
  const labels = labelledSteps(axis).map((t) => {
    const label = element('span', {}, String(t));
    label.style.left = `${gutters.left + middleOfStep(axis, t)}px`;
    return label;
  });
  return element('div', { class: 'sequence-steps', 'aria-hidden': 'true' }, ...labels);
}
