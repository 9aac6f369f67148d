/** Pixels around the window within which a cell counts as in sight: it may be scrolled to at any moment. */
const margin = 300;
/** Milliseconds without another drawing after which the cells out of sight are drawn too. */
const calm = 150;
/** Milliseconds after which a cell out of sight is drawn even where it never becomes calm. */
const longest = 1000;

/**
 * Draws what somebody can see at once, and the rest one by one when it has become calm: leafing through updates, zooming
 * and a run that goes on then cost the cells in sight only, and nothing is out of date for longer than a moment.
 */
export class Sight<Part extends { readonly element: Element }> {
  readonly #seen = new Set<Element>();
  readonly #observer: IntersectionObserver;
  #timer: number | undefined;
  #draw: ((part: Part) => void) | undefined;
  #drawnAt = 0;
  /** Parts that show something older than what was drawn last, and since when; the oldest first. */
  readonly #behind = new Map<Part, number>();

  constructor(readonly parts: readonly Part[]) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#seen.add(target);
          else this.#seen.delete(target);
        }
        this.#drawSeen();
      },
      { rootMargin: `${margin}px 0px` },
    );
    for (const { element } of parts) this.#observer.observe(element);
  }

  /** Draws the parts in sight now, and the others once nothing more is drawn for a moment. */
  draw(draw: (part: Part) => void): void {
    const isFirst = this.#draw === undefined;
    this.#draw = draw;
    this.#drawnAt = performance.now();
    for (const part of this.parts) {
      if (!this.#behind.has(part)) this.#behind.set(part, this.#drawnAt);
    }
    // A part that was never drawn would stand there empty.
    if (isFirst) for (const part of this.parts) this.#catchUp(part);
    else this.#drawSeen();
    this.#drawOthersLater();
  }

  #drawSeen(): void {
    for (const part of this.#behind.keys()) {
      if (this.#seen.has(part.element)) this.#catchUp(part);
    }
  }

  /** One at a time, so that no frame has to wait for all of them. */
  #drawOthersLater(): void {
    clearTimeout(this.#timer);
    const [oldest] = this.#behind;
    if (oldest === undefined) return;
    const [part, since] = oldest;
    const due = Math.min(this.#drawnAt + calm, since + longest);
    this.#timer = window.setTimeout(
      () => {
        this.#catchUp(part);
        this.#drawOthersLater();
      },
      Math.max(0, due - performance.now()),
    );
  }

  #catchUp(part: Part): void {
    this.#behind.delete(part);
    this.#draw?.(part);
  }
}
