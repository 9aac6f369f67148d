import { element } from '../ui/element';
import type { SharedZoom } from './zoom';
import { zoomedRange, type VisibleRange } from './zoomedRange';

const farStep = 10;

/** A point of a surface. */
export interface SurfacePoint {
  /** Pixels from the left edge. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Pixels of the whole surface. */
  readonly height: number;
}

/** The updates or steps through which the keys move. */
export interface KeyPosition {
  readonly at: number;
  readonly last: number;
  /** Updates or steps for one press of an arrow key. */
  readonly stride: number;
}

/** What the pointer and the keys do over one plot. Positions are updates or steps: those of the plot's x axis. */
export interface SurfaceActions {
  /** The axis of the current view: keys may arrive before it is drawn. */
  axis(): VisibleRange | undefined;
  /** undefined where the keys have nothing to move through. */
  position(axis: VisibleRange): KeyPosition | undefined;
  /** A key that moves along the x axis. */
  moveTo(position: number): void;
  /** A zoom by keys or a double-click; undefined shows all. */
  setRange(range: readonly [number, number] | undefined): void;
  /** The pointer moves over the surface; undefined where it leaves. */
  onPoint(point: SurfacePoint | undefined): void;
  onPick?(point: SurfacePoint): void;
  /** Any other key, with 10 for `far` where Shift is held, else 1; true where it is handled. */
  onKey(key: string, far: number): boolean;
}

/**
 * The transparent layer over a plot: handles the pointer, the keys and the zoom, and holds the lines at the pointer and
 * at the selection, so that hovering doesn't redraw the data.
 */
export class PlotSurface {
  readonly element: HTMLElement;

  /** @param label what the plot shows and what its keys do, for screen readers */
  constructor(
    readonly zoom: SharedZoom,
    label: string,
    readonly actions: SurfaceActions,
    ...lines: readonly SurfaceLine[]
  ) {
    this.element = element(
      'div',
      { class: 'surface', tabindex: '0', role: 'application', 'aria-label': label },
      ...lines.map((line) => line.element),
    );
    this.element.style.left = 'var(--gutter-left)';
    this.element.style.right = 'var(--gutter-right)';
    zoom.attach(this.element, () => {
      actions.setRange(undefined);
    });
    this.element.addEventListener('pointermove', (event) => {
      actions.onPoint(this.#pointOf(event));
    });
    this.element.addEventListener('pointerleave', () => {
      actions.onPoint(undefined);
    });
    this.element.addEventListener('click', (event) => {
      actions.onPick?.(this.#pointOf(event));
    });
    this.element.addEventListener('keydown', (event) => {
      if (this.#handleKey(event)) event.preventDefault();
    });
  }

  #pointOf({ clientX, clientY }: MouseEvent): SurfacePoint {
    const { left, top, height } = this.element.getBoundingClientRect();
    // Clicks have whole pixels and movements have fractions: both must give the same update.
    return { x: Math.floor(clientX) - left, y: Math.floor(clientY) - top, height };
  }

  #handleKey({ key, shiftKey }: KeyboardEvent): boolean {
    const { actions } = this;
    const axis = actions.axis();
    const position = axis && actions.position(axis);
    if (axis === undefined || position === undefined) return false;
    const { at, last, stride } = position;
    const far = shiftKey ? farStep : 1;
    const moveTo = (to: number): boolean => {
      actions.moveTo(Math.max(0, Math.min(last, to)));
      return true;
    };
    const zoomBy = (factor: number): boolean => {
      actions.setRange(zoomedRange(axis, at, factor, this.zoom.least));
      return true;
    };
    switch (key) {
      case 'ArrowLeft':
        return moveTo(at - far * stride);
      case 'ArrowRight':
        return moveTo(at + far * stride);
      case 'Home':
        return moveTo(0);
      case 'End':
        return moveTo(last);
      case '+':
      case '=':
        return zoomBy(0.5);
      case '-':
        return zoomBy(2);
      case '0':
        actions.setRange(undefined);
        return true;
      default:
        return actions.onKey(key, far);
    }
  }
}

/** A line across a surface: at the pointer, or at the selection. */
export class SurfaceLine {
  readonly element: HTMLElement;

  /** @param direction that in which the line is moved */
  constructor(
    styles: string,
    readonly direction: 'x' | 'y' = 'x',
  ) {
    this.element = element('div', { class: styles });
  }

  /**
   * Moves the line; it is hidden where it is not visible.
   *
   * @param at pixels from the left or the top; undefined hides the line
   * @param length pixels of the surface in the line's direction
   */
  place(at: number | undefined, length: number): void {
    const isVisible = at !== undefined && at >= 0 && at <= length;
    this.element.hidden = !isVisible;
    if (isVisible)
      this.element.style.transform = this.direction === 'x' ? `translateX(${at}px)` : `translateY(${at}px)`;
  }
}
