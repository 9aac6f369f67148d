import { render } from 'lit-html';
import { element } from '../ui/element';
import { marksTemplate, trainingMarks } from './trainingMarks';
import { middleOfUpdate, updateAt, type TrainingAxis } from './trainingAxis';
import { PlotSurface, SurfaceLine, type SurfacePoint } from './plotSurface';
import type { SharedZoom } from './zoom';
import { seriesAt } from '../store/zoomedSeries';
import type { Point } from '../store/model';
import type { Store } from '../store/store';
import { MeasuredHeight } from '../ui/measuredHeight';
import { translate } from '../../src/text/translate';

/** Steps of sequence time on a surface's y axis, where it has one. */
export interface SurfaceRows {
  /** T */
  readonly rows: number;
}

/** The surface of a plot of training time: selects updates and, where it has rows, steps. */
export class TrainingSurface {
  readonly element: HTMLElement;
  readonly #crosshair = new SurfaceLine('crosshair');
  readonly #rowCrosshair = new SurfaceLine('row-crosshair', 'y');
  readonly #mark = new SurfaceLine('selection-mark');
  readonly #rowMark = new SurfaceLine('selection-row', 'y');
  readonly #marks = element('div', { class: 'training-marks' });
  #drawnMarks = '';
  readonly #height: MeasuredHeight;
  #axis: TrainingAxis | undefined;
  #rows: number | undefined;

  /** @param label what the plot shows, for screen readers */
  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    label: string,
  ) {
    this.element = new PlotSurface(
      zoom,
      translate`${label}. Arrow keys move the selection, Home and End go to the ends, plus and minus zoom, 0 shows all.`,
      {
        axis: () => this.#axis,
        position: () => this.#position(),
        moveTo: (update) => {
          this.#select(update, store.model.view.selection?.t);
        },
        setRange: (range) => {
          store.dispatch({ kind: 'viewChanged', view: { range } });
        },
        onPoint: (at) => {
          store.dispatch({ kind: 'hoverChanged', point: at && this.#pointOf(at) });
        },
        onPick: (at) => {
          const point = this.#pointOf(at);
          if (point === undefined) return;
          const t = point.t ?? store.model.view.selection?.t;
          store.dispatch({ kind: 'viewChanged', view: { selection: { ...point, t } } });
        },
        onKey: (key, far) => this.#handleKey(key, far),
      },
      this.#crosshair,
      this.#rowCrosshair,
      this.#mark,
      this.#rowMark,
    ).element;
    this.element.append(this.#marks);
    this.#height = new MeasuredHeight(this.element, () => {
      store.redraw();
    });
  }

  update(axis: TrainingAxis, rows: SurfaceRows | undefined): void {
    this.#axis = axis;
    this.#rows = rows?.rows;
    const { hover, view } = this.store.model;
    const place = (line: SurfaceLine, row: SurfaceLine, point: Point | undefined): void => {
      line.place(point && middleOfUpdate(axis, point.update), axis.width);
      row.place(this.#middleOfRow(point?.t), this.#height.value);
    };
    place(this.#crosshair, this.#rowCrosshair, hover);
    place(this.#mark, this.#rowMark, view.selection);
    this.#drawMarks(axis);
  }

  #drawMarks(axis: TrainingAxis): void {
    const { run } = this.store.model;
    const marks = run === undefined ? [] : trainingMarks(run);
    const key = JSON.stringify([marks, axis.domain, axis.width]);
    if (key === this.#drawnMarks) return;
    this.#drawnMarks = key;
    render(marksTemplate(marks, axis), this.#marks);
  }

  #middleOfRow(t: number | undefined): number | undefined {
    const rows = this.#rows ?? 0;
    return t === undefined || t >= rows ? undefined : (rows - t - 0.5) * (this.#height.value / rows);
  }

  #pointOf({ x, y, height }: SurfacePoint): Point | undefined {
    const axis = this.#axis;
    if (axis === undefined) return undefined;
    const update = updateAt(axis, x);
    if (update >= (this.store.model.run?.status.updates ?? 0)) return undefined;
    if (this.#rows === undefined) return { update, t: undefined };
    const fromTop = Math.floor((y / height) * this.#rows);
    return { update, t: Math.max(0, Math.min(this.#rows - 1, this.#rows - 1 - fromTop)) };
  }

  #position() {
    const { run, view } = this.store.model;
    if (run === undefined) return undefined;
    const last = Math.max(0, run.status.updates - 1);
    const at = view.selection?.update ?? last;
    return { at, last, stride: Math.max(seriesAt(run, at).scalars.stride, 1) };
  }

  #handleKey(key: string, far: number): boolean {
    const { selection } = this.store.model.view;
    switch (key) {
      case 'ArrowUp':
        return this.#selectRow((selection?.t ?? -1) + far);
      case 'ArrowDown':
        return this.#selectRow((selection?.t ?? 1) - far);
      case 'Escape':
        this.store.dispatch({ kind: 'viewChanged', view: { selection: undefined } });
        return true;
      default:
        return false;
    }
  }

  #selectRow(t: number): boolean {
    const at = this.#position()?.at;
    if (this.#rows === undefined || at === undefined) return false;
    this.#select(at, t);
    return true;
  }

  #select(update: number, t: number | undefined): void {
    const { run } = this.store.model;
    if (run === undefined) return;
    const step = t === undefined ? undefined : Math.max(0, Math.min(run.info.layout.steps - 1, t));
    // The readout shows what the keys select, even if the pointer still rests on a picture.
    this.store.dispatch({ kind: 'hoverChanged', point: undefined });
    this.store.dispatch({ kind: 'viewChanged', view: { selection: { update, t: step } } });
  }
}
