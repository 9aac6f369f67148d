/**
 * The height of an element in CSS pixels, known from when it last changed: to ask the element itself in the middle of a
 * drawing would lay the page out once more for every question.
 */
export class MeasuredHeight {
  #height: number | undefined;

  /** @param onChange called when the height is another one */
  constructor(
    readonly element: HTMLElement,
    onChange: () => void,
  ) {
    new ResizeObserver(() => {
      const height = element.clientHeight;
      if (height === this.#height) return;
      this.#height = height;
      onChange();
    }).observe(element);
  }

  get value(): number {
    return (this.#height ??= this.element.clientHeight);
  }
}
