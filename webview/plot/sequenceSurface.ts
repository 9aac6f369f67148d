import { PlotSurface, SurfaceLine } from './plotSurface';
import { labelledSteps, middleOfStep, stepAt, withRange, type SequenceAxis } from './sequenceAxis';
import { gutters } from './trainingAxis';
import type { SharedZoom } from './zoom';
import type { Model } from '../store/model';
import type { Store } from '../store/store';
import { element } from '../ui/element';
import { translate } from '../../src/text/translate';

/** What a picture of sequence time does with the pointer and the keys besides moving the step. */
export interface PictureHandlers {
  /** The pointer is `y` pixels below the picture's top. */
  onPoint?(y: number): void;
  /** A click `y` pixels below the picture's top. */
  onPick(y: number): void;
  /** A key that moves no step; true where the picture handles it. */
  handleKey(key: string): boolean;
  /** What the keys do, for screen readers. */
  readonly keys: string;
}

/** The surface of a plot of sequence time: selects steps of the inspected update. */
export class SequenceSurface {
  readonly element: HTMLElement;
  readonly #line = new SurfaceLine('crosshair');
  readonly #mark = new SurfaceLine('selection-mark');
  #drawnAxis: SequenceAxis | undefined;
  #update = 0;

  /** @param label what the picture shows, for screen readers */
  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    label: string,
    handlers?: PictureHandlers,
  ) {
    const keys = handlers === undefined ? '' : ` ${handlers.keys}`;
    this.element = new PlotSurface(
      zoom,
      translate`${label}. Left and right arrow keys move the step, Home and End go to the ends, plus and minus zoom, 0 shows all steps.${keys}`,
      {
        axis: () => this.#axis,
        position: ({ whole: [, steps] }) => {
          const last = steps - 1;
          return { at: store.model.view.selection?.t ?? last, last, stride: 1 };
        },
        moveTo: (t) => {
          this.#moveTo(t);
        },
        setRange: (stepRange) => {
          store.dispatch({ kind: 'viewChanged', view: { stepRange } });
        },
        onPoint: (at) => {
          const point = at && { update: this.#update, t: this.#stepAt(at.x) };
          store.dispatch({ kind: 'hoverChanged', point });
          if (at !== undefined) handlers?.onPoint?.(at.y);
        },
        onPick: ({ x, y }) => {
          this.#select(this.#stepAt(x));
          handlers?.onPick(y);
        },
        onKey: (key) => handlers?.handleKey(key) ?? false,
      },
      this.#line,
      this.#mark,
    ).element;
  }

  /** @param drawing the drawn axis and update, and the model with the steps at which the lines are */
  update({
    model,
    inspection,
    axis,
  }: {
    readonly model: Model;
    readonly inspection: { readonly update: number };
    readonly axis: SequenceAxis;
  }): void {
    this.#drawnAxis = axis;
    this.#update = inspection.update;
    const place = (line: SurfaceLine, t: number | undefined): void => {
      line.place(t === undefined || t >= axis.steps ? undefined : middleOfStep(axis, t), axis.width);
    };
    place(this.#line, model.hover?.t);
    place(this.#mark, model.view.selection?.t);
  }

  /** The axis of the current view: keys may arrive before it is drawn. */
  get #axis(): SequenceAxis | undefined {
    return this.#drawnAxis === undefined ? undefined : withRange(this.#drawnAxis, this.store.model.view.stepRange);
  }

  #stepAt(x: number): number | undefined {
    const axis = this.#axis;
    return axis && stepAt(axis, x);
  }

  /** Selects a step by the keys; the pictures pan where it is not visible. */
  #moveTo(t: number): void {
    if (this.#axis === undefined) return;
    // The readout shows what the keys select, even if the pointer still rests on a picture.
    this.store.dispatch({ kind: 'hoverChanged', point: undefined });
    this.#select(t);
  }

  #select(t: number | undefined): void {
    this.store.dispatch({ kind: 'viewChanged', view: { selection: { update: this.#update, t } } });
  }
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
