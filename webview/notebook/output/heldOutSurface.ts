import type { Predictions } from '../../../src/protocol/predictions';
import { PlotSurface, SurfaceLine } from '../../plot/plotSurface';
import { SharedZoom } from '../../plot/zoom';
import { movedInto } from '../../plot/zoomedRange';
import type { Store } from '../../store/store';
import { fewestRows, rowAt, rowAxis, startOfRow, type RowAxis } from './heldOutAxis';
import { translate } from '../../../src/text/translate';

/** The surface over the held-out rows: the pointer and the keys move through the rows, and zoom. */
export class HeldOutSurface {
  readonly element: HTMLElement;
  readonly #line = new SurfaceLine('crosshair');
  readonly #zoom: SharedZoom;
  #drawn: RowAxis | undefined;
  #rowsPerPoint = 1;
  #row: number | undefined;

  constructor(readonly store: Store) {
    const show = (heldOutRange: readonly [number, number] | undefined): void => {
      store.dispatch({ kind: 'viewChanged', view: { heldOutRange } });
    };
    this.#zoom = new SharedZoom(fewestRows, show);
    this.element = new PlotSurface(
      this.#zoom,
      translate`True values and predictions of the held-out rows. Left and right arrow keys move the row, Home and End go to the ends, plus and minus zoom, 0 shows all rows.`,
      {
        axis: () => this.#axis,
        position: ({ whole: [, rows] }) => ({
          at: this.#row ?? rows - 1,
          last: rows - 1,
          stride: this.#rowsPerPoint,
        }),
        moveTo: (row) => {
          this.#moveTo(row);
        },
        setRange: show,
        onPoint: (point) => {
          const axis = this.#axis;
          this.#row = axis === undefined || point === undefined ? undefined : rowAt(axis, point.x);
          store.redraw();
        },
        onKey: () => false,
      },
      this.#line,
    ).element;
  }

  /** The row under the pointer, or the one that the keys have reached. */
  get row(): number | undefined {
    return this.#row;
  }

  update({ rowsPerPoint }: Predictions, axis: RowAxis): void {
    this.#drawn = axis;
    this.#rowsPerPoint = rowsPerPoint;
    this.#zoom.follow(axis);
    this.#line.place(this.#row === undefined ? undefined : startOfRow(axis, this.#row + 0.5), axis.width);
  }

  /** The axis of the current view: keys may arrive before it is drawn. */
  get #axis(): RowAxis | undefined {
    const drawn = this.#drawn;
    return drawn && rowAxis(drawn.whole[1], drawn.width, this.store.model.view.heldOutRange);
  }

  /** Moves by the keys; the picture pans where the row is not visible. */
  #moveTo(row: number): void {
    const axis = this.#axis;
    if (axis === undefined) return;
    this.#row = row;
    const [from, to] = axis.domain;
    const by = row < from ? row - from : row + 1 > to ? row + 1 - to : 0;
    if (by === 0) this.store.redraw();
    else {
      const heldOutRange = movedInto(axis, from + by, to - from);
      this.store.dispatch({ kind: 'viewChanged', view: { heldOutRange } });
    }
  }
}
