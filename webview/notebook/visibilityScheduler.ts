/** Pixels around the window within which a cell counts as near: it may be scrolled to at any moment. */
const margin = 300;
/** Milliseconds without another drawing after which the cells out of sight are drawn too. */
const idleTime = 150;
/** Milliseconds after which a cell out of sight is drawn even where it never becomes calm. */
const mostDelay = 1000;

/**
 * Draws what somebody sees at once, what is near right after it, and the rest one by one when it has become calm: opening
 * a run, leafing through updates, zooming and a run that goes on then wait for the cells in sight only, and nothing is
 * out of date for longer than a moment.
 */
export class VisibilityScheduler<Part extends { readonly element: Element }> {
  readonly #visible = new Set<Element>();
  readonly #near = new Set<Element>();
  readonly #drawn = new Set<Part>();
  #timer: number | undefined;
  #draw: ((part: Part) => void) | undefined;
  #drawnAt = 0;
  /** Parts that show something older than what was drawn last, and since when; the oldest first. */
  readonly #outdated = new Map<Part, number>();

  constructor(readonly parts: readonly Part[]) {
    this.#observe(this.#visible, 0);
    this.#observe(this.#near, margin);
  }

  /** Draws the parts in sight now, and the others once nothing more is drawn for a moment. */
  draw(draw: (part: Part) => void): void {
    const isFirst = this.#draw === undefined;
    this.#draw = draw;
    this.#drawnAt = performance.now();
    for (const part of this.parts) {
      if (!this.#outdated.has(part)) this.#outdated.set(part, this.#drawnAt);
    }
    if (isFirst) this.#fillWindow();
    else this.#drawVisible();
    this.#drawOthersLater();
  }

  /** Keeps in `within` what lies in the window or so many pixels around it. */
  #observe(within: Set<Element>, pixels: number): void {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) within.add(target);
          else within.delete(target);
        }
        this.#drawVisible();
      },
      { rootMargin: `${pixels}px 0px` },
    );
    for (const { element } of this.parts) observer.observe(element);
  }

  /** Draws from the top until the window is full: what was never drawn has no height yet. */
  #fillWindow(): void {
    for (const part of this.parts) {
      if (part.element.getBoundingClientRect().top > innerHeight) return;
      this.#drawPart(part);
    }
  }

  #drawVisible(): void {
    for (const part of this.#outdated.keys()) {
      if (this.#visible.has(part.element)) this.#drawPart(part);
    }
  }

  /** One at a time, so that no frame has to wait for all of them. */
  #drawOthersLater(): void {
    clearTimeout(this.#timer);
    const [next] = [...this.#outdated.keys()]
      .map((part) => ({ part, due: this.#dueOf(part) }))
      .sort((a, b) => a.due - b.due);
    if (next === undefined) return;
    this.#timer = window.setTimeout(
      () => {
        this.#drawPart(next.part);
        this.#drawOthersLater();
      },
      Math.max(0, next.due - performance.now()),
    );
  }

  /** When a part is to be drawn; one that was never drawn would stand there empty. */
  #dueOf(part: Part): number {
    if (this.#near.has(part.element) || !this.#drawn.has(part)) return this.#drawnAt;
    return Math.min(this.#drawnAt + idleTime, (this.#outdated.get(part) ?? this.#drawnAt) + mostDelay);
  }

  #drawPart(part: Part): void {
    this.#outdated.delete(part);
    this.#drawn.add(part);
    this.#draw?.(part);
  }
}
