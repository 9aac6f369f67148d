import type { Inspection } from '../../src/protocol/inspection';
import { namedSteps, middleOfStep, stepAt, type SequenceAxis } from '../axis/sequenceAxis';
import { gutters } from '../axis/trainingAxis';
import type { Model } from '../store/model';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import { element } from '../ui/element';

/** What the cells of sequence time draw from. */
export interface SequenceDrawing {
  readonly model: Model;
  readonly inspection: Inspection;
  readonly axis: SequenceAxis;
  readonly theme: Theme;
}

/** One cell of sequence time. */
export interface SequenceCell {
  readonly element: HTMLElement;
  update(drawing: SequenceDrawing): void;
}

/** The step that is pointed at, else the selected one. */
export function stepInFocus({ hover, view }: Model, steps: number): number | undefined {
  const t = hover?.t ?? view.selection?.t;
  return t === undefined || t >= steps ? undefined : t;
}

/** Takes the pointer and the keys over a picture of sequence time, and carries the line at the step in focus. */
export class SequenceSurface {
  readonly element: HTMLElement;
  readonly #line = element('div', { class: 'crosshair' });
  readonly #mark = element('div', { class: 'selection-mark' });
  #axis: SequenceAxis | undefined;
  #update = 0;

  constructor(
    readonly store: Store,
    label: string,
  ) {
    this.element = element('div', {
      class: 'surface',
      tabindex: '0',
      role: 'application',
      'aria-label': `${label}. Left and right arrow keys move the step, Home and End go to the ends.`,
    });
    this.element.style.left = `${gutters.left}px`;
    this.element.style.right = `${gutters.right}px`;
    this.element.append(this.#line, this.#mark);
    this.element.addEventListener('pointermove', (event) => {
      store.dispatch({ kind: 'hovered', point: { update: this.#update, t: this.#stepOf(event) } });
    });
    this.element.addEventListener('pointerleave', () => {
      store.dispatch({ kind: 'hovered', point: undefined });
    });
    this.element.addEventListener('click', (event) => {
      this.#select(this.#stepOf(event));
    });
    this.element.addEventListener('keydown', (event) => {
      const steps = this.#axis?.steps ?? 1;
      const t = store.model.view.selection?.t ?? steps - 1;
      const to = { ArrowLeft: t - 1, ArrowRight: t + 1, Home: 0, End: steps - 1 }[event.key];
      if (to === undefined) return;
      this.#select(Math.max(0, Math.min(steps - 1, to)));
      event.preventDefault();
    });
  }

  update({ model, inspection, axis }: SequenceDrawing): void {
    this.#axis = axis;
    this.#update = inspection.update;
    place(this.#line, model.hover?.t, axis);
    place(this.#mark, model.view.selection?.t, axis);
  }

  #stepOf(event: MouseEvent): number | undefined {
    const box = this.element.getBoundingClientRect();
    return this.#axis === undefined ? undefined : stepAt(this.#axis, event.clientX - box.left);
  }

  #select(t: number | undefined): void {
    this.store.dispatch({ kind: 'viewed', view: { selection: { update: this.#update, t } } });
  }
}

function place(line: HTMLElement, t: number | undefined, axis: SequenceAxis): void {
  line.hidden = t === undefined || t >= axis.steps;
  if (t !== undefined) line.style.transform = `translateX(${middleOfStep(axis, t)}px)`;
}

/** The numbers of the steps under a picture. */
export function stepLabels(axis: SequenceAxis): HTMLElement {
  const labels = namedSteps(axis).map((t) => {
    const label = element('span', {}, String(t));
    label.style.left = `${gutters.left + middleOfStep(axis, t)}px`;
    return label;
  });
  return element('div', { class: 'sequence-steps', 'aria-hidden': 'true' }, ...labels);
}
