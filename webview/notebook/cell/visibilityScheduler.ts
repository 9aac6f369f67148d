/** Pixels around the window within which a cell counts as near: it may be scrolled into view at any moment. */
const margin = 300;
/** Milliseconds without another drawing after which hidden cells are drawn too. */
const idleTime = 150;
/** Milliseconds after which a hidden cell is drawn even if drawings never pause. */
const mostDelay = 1000;

/**
 * Draws visible cells at once, near ones right after, and the rest one by one when drawings pause: opening a run, moving
 * through updates, zooming and live training then wait for the visible cells only, and no cell is outdated for longer
 * than a second.
 */
export class VisibilityScheduler<Part extends { readonly element: Element }> {
  readonly #visible = new Set<Element>();
  readonly #near = new Set<Element>();
  readonly #drawn = new Set<Part>();
  #timer: number | undefined;
  #draw: ((part: Part) => void) | undefined;
  #drawnAt = 0;
  /** Parts that do not show the last drawing yet, and since when; the oldest first. */
  readonly #outdated = new Map<Part, number>();

  constructor(readonly parts: readonly Part[]) {
    this.#observe(this.#visible, 0);
    this.#observe(this.#near, margin);
  }

  /** Draws the visible parts now, and the others when drawings pause. */
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

  /** Keeps in `within` the elements in the window or up to `pixels` around it. */
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

  /** Draws from the top until the window is full: a part that was never drawn has no height yet. */
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

  /** Draws one part at a time, so that no frame waits for all of them. */
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

  /** When a part is due; near parts and those never drawn are due at once, as they would be empty. */
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
