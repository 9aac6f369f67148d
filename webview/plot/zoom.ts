import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';

/** Doublings of the zoom for a pixel of the wheel, and the most for one event. */
const wheelSpeed = { perPixel: 0.004, most: 0.5 } as const;

/** An axis that can be zoomed: the visible part of a whole, and its width in pixels. */
export interface ZoomableAxis {
  readonly domain: readonly [number, number];
  readonly whole: readonly [number, number];
  readonly width: number;
}

/** Zoom and pan shared by all surfaces of training time, or of sequence time. */
export class SharedZoom {
  readonly #behaviour = zoom<HTMLElement, unknown>()
    // d3 treats every wheel event with Ctrl as a pinch and zooms ten times as fast: one notch would zoom from all to one.
    .wheelDelta(({ deltaY }: WheelEvent) =>
      Math.max(-wheelSpeed.most, Math.min(wheelSpeed.most, -deltaY * wheelSpeed.perPixel)),
    )
    // A wheel alone scrolls the page; with Ctrl or ⌘ it zooms. Dragging pans once there is something to pan.
    .filter((event: MouseEvent | WheelEvent) =>
      event.type === 'wheel' ? event.ctrlKey || event.metaKey : event.type === 'dblclick' || event.button === 0,
    );
  readonly #surfaces: HTMLElement[] = [];
  #axis: ZoomableAxis | undefined;
  #isFollowing = false;

  /**
   * @param least updates or steps that stay visible when zooming
   * @param onRange called with the visible range after every zoom; undefined is the whole
   */
  constructor(
    readonly least: number,
    onRange: (range: readonly [number, number] | undefined) => void,
  ) {
    this.#behaviour.on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      const axis = this.#axis;
      if (axis === undefined || this.#isFollowing) return;
      onRange(rangeOf(event.transform, axis));
    });
  }

  /** Adds zoom and pan to a surface; a double-click resets them. */
  attach(surface: HTMLElement, reset: () => void): void {
    this.#surfaces.push(surface);
    select(surface)
      .call(this.#behaviour)
      .on('dblclick.zoom', () => {
        reset();
      });
  }

  /** Sets the zoom of all surfaces to the drawn axis. */
  follow(axis: ZoomableAxis): void {
    this.#axis = axis;
    this.#behaviour.scaleExtent([1, Math.max(1, (axis.whole[1] - axis.whole[0]) / this.least)]);
    this.#behaviour.extent([
      [0, 0],
      [axis.width, 1],
    ]);
    this.#behaviour.translateExtent([
      [0, -Infinity],
      [axis.width, Infinity],
    ]);
    const transform = transformOf(axis);
    this.#isFollowing = true;
    for (const surface of this.#surfaces) select(surface).property('__zoom', transform);
    this.#isFollowing = false;
  }
}

function rangeOf(transform: ZoomTransform, { whole, width }: ZoomableAxis): readonly [number, number] | undefined {
  if (transform.k <= 1) return undefined;
  const span = whole[1] - whole[0];
  const from = whole[0] + (transform.invertX(0) / width) * span;
  const to = whole[0] + (transform.invertX(width) / width) * span;
  return [Math.max(whole[0], from), Math.min(whole[1], to)];
}

function transformOf({ domain, whole, width }: ZoomableAxis): ZoomTransform {
  const k = (whole[1] - whole[0]) / Math.max(domain[1] - domain[0], Number.EPSILON);
  const x = -((domain[0] - whole[0]) / (whole[1] - whole[0])) * width * k;
  return zoomIdentity.translate(x, 0).scale(k);
}
