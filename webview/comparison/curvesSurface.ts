import { PlotSurface, SurfaceLine, type KeyPosition, type SurfacePoint } from '../plot/plotSurface';
import { middleOfUpdate, updateAt, type TrainingAxis } from '../plot/trainingAxis';
import type { SharedZoom } from '../plot/zoom';
import type { VisibleRange } from '../plot/zoomedRange';
import type { Comparison, Member } from './model';
import { highlight, type ComparisonStore } from './comparisonCell';
import { translate } from '../../src/text/translate';

/** Largest distance in pixels between the pointer and the curve that it highlights. */
const nearPixels = 40;

/** The surface over the curves of several runs: highlights a run and an update. */
export class CurvesSurface {
  readonly element: HTMLElement;
  readonly #crosshair = new SurfaceLine('crosshair');
  #axis: TrainingAxis | undefined;

  /** @param heightOf pixels from the top to a run's curve, or that of its group, at an update; NaN where it has no value */
  constructor(
    readonly store: ComparisonStore,
    zoom: SharedZoom,
    readonly heightOf: (member: Member, update: number) => number,
  ) {
    this.element = new PlotSurface(
      zoom,
      translate`Curves over updates. Left and right arrow keys move along the updates, up and down from run to run, plus and minus zoom, 0 shows all.`,
      {
        axis: () => this.#axis,
        position: (axis) => this.#position(axis),
        moveTo: (update) => {
          highlight(store, store.model.highlighted, update);
        },
        setRange: (range) => {
          store.dispatch({ kind: 'viewChanged', view: { range } });
        },
        onPoint: (point) => {
          if (point === undefined) highlight(store);
          else this.#pointAt(point);
        },
        onKey: (key) => this.#handleKey(key),
      },
      this.#crosshair,
    ).element;
  }

  update({ update }: Comparison, axis: TrainingAxis): void {
    this.#axis = axis;
    this.#crosshair.place(update === undefined ? undefined : middleOfUpdate(axis, update), axis.width);
  }

  #pointAt({ x, y }: SurfacePoint): void {
    if (this.#axis === undefined) return;
    const update = updateAt(this.#axis, x);
    const distances = this.store.model.members.flatMap((member) => {
      const distance = Math.abs(this.heightOf(member, update) - y);
      return distance <= nearPixels ? [{ id: member.id, distance }] : [];
    });
    const [nearest] = distances.sort((a, b) => a.distance - b.distance);
    highlight(this.store, nearest?.id, update);
  }

  #position({ domain, whole }: VisibleRange): KeyPosition | undefined {
    const { members, update } = this.store.model;
    if (members.length === 0) return undefined;
    return {
      at: update ?? Math.floor((domain[0] + domain[1]) / 2),
      last: Math.max(0, whole[1] - 1),
      stride: Math.max(1, ...members.map(({ run }) => run?.series.scalars.stride ?? 1)),
    };
  }

  #handleKey(key: string): boolean {
    switch (key) {
      case 'ArrowUp':
        return this.#highlightNeighbour(-1);
      case 'ArrowDown':
        return this.#highlightNeighbour(1);
      case 'Escape':
        highlight(this.store);
        return true;
      default:
        return false;
    }
  }

  /** Highlights the run before or after the highlighted one, wrapping around; the first where none is highlighted. */
  #highlightNeighbour(by: number): boolean {
    const axis = this.#axis;
    if (axis === undefined) return false;
    const { members, highlighted } = this.store.model;
    const at = members.findIndex(({ id }) => id === highlighted);
    const next = members[at < 0 ? 0 : (at + by + members.length) % members.length];
    highlight(this.store, next?.id, this.#position(axis)?.at);
    return true;
  }
}
