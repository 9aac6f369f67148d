/**
 * The height of an element in CSS pixels, cached when it changes: reading it from the element while drawing would force
 * a layout each time.
 */
export class MeasuredHeight {
  #height: number | undefined;

  /** @param onChange called when the height has changed */
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
