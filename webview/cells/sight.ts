/** Pixels around the window within which a cell counts as in sight: it may be scrolled to at any moment. */
const margin = 300;
/** Milliseconds without another drawing after which the cells out of sight are drawn too. */
const calm = 150;

/**
 * Draws what somebody can see at once and the rest when it has become calm: leafing through updates then costs the
 * cells in sight only, and nothing is out of date for longer than a moment.
 */
export class Sight<Part extends { readonly element: Element }> {
  readonly #seen = new Set<Element>();
  readonly #observer: IntersectionObserver;
  #timer: number | undefined;
  #draw: ((part: Part) => void) | undefined;
  #behind = new Set<Part>();

  constructor(readonly parts: readonly Part[]) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#seen.add(target);
          else this.#seen.delete(target);
        }
        this.#catchUp((part) => this.#seen.has(part.element));
      },
      { rootMargin: `${margin}px 0px` },
    );
    for (const { element } of parts) this.#observer.observe(element);
  }

  /** Draws the parts in sight now, and the others once nothing more is drawn for a moment. */
  draw(draw: (part: Part) => void): void {
    // A part that was never drawn would stand there empty.
    const isFirst = this.#draw === undefined;
    this.#draw = draw;
    this.#behind = new Set(this.parts);
    this.#catchUp((part) => isFirst || this.#seen.has(part.element));
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#catchUp(() => true);
    }, calm);
  }

  #catchUp(wanted: (part: Part) => boolean): void {
    for (const part of this.#behind) {
      if (!wanted(part)) continue;
      this.#behind.delete(part);
      this.#draw?.(part);
    }
  }
}
