import type { CellStates } from '../store/model';
import { focusCell } from './focusCell';
import './presenting.css';

/** A cell that can be presented. */
export interface PresentableCell {
  readonly title: string;
  readonly element: HTMLElement;
}

/**
 * Shows one cell over the whole panel, for an audience: its type and its drawings grow with the window. The bar above it
 * stays, to go through the updates and the steps.
 */
export class Presenting {
  #shown: string | undefined;
  /** Where the page was scrolled to before. */
  #scrolled = 0;

  /**
   * @param cells in their order on the page
   * @param view the state of the view
   * @param change presents the cell with this title, or none
   */
  constructor(
    readonly cells: readonly PresentableCell[],
    readonly view: () => CellStates,
    readonly change: (title: string | undefined) => void,
  ) {}

  /** Presents the cell that has the focus, else the first one in the window; leaves if a cell is presented. */
  toggle(): void {
    if (this.view().presented !== undefined) {
      this.change(undefined);
      return;
    }
    const visible = this.cells.filter(({ element }) => element.offsetParent !== null);
    const cell =
      visible.find(({ element }) => element.contains(document.activeElement)) ??
      visible.find(({ element }) => element.getBoundingClientRect().bottom > innerHeight / 3);
    if (cell !== undefined) this.change(cell.title);
  }

  /** Leaves; false if no cell is presented. */
  leave(): boolean {
    if (this.view().presented === undefined) return false;
    this.change(undefined);
    return true;
  }

  /** Presents the next or the previous cell; false if none is presented. */
  move(by: 1 | -1): boolean {
    const { presented } = this.view();
    if (presented === undefined) return false;
    const at = this.cells.findIndex(({ title }) => title === presented);
    const next = this.cells[Math.max(0, Math.min(this.cells.length - 1, at + by))];
    if (next !== undefined) this.change(next.title);
    return true;
  }

  /** Shows the cell that the view has; call this before the cells are drawn. */
  update({ presented }: CellStates): void {
    if (presented === this.#shown) return;
    const isFirst = this.#shown === undefined;
    if (isFirst) this.#scrolled = scrollY;
    this.#shown = presented;
    document.body.classList.toggle('presenting', presented !== undefined);
    for (const { title, element } of this.cells) element.classList.toggle('presented', title === presented);
    if (presented === undefined) {
      scrollTo(0, this.#scrolled);
      return;
    }
    scrollTo(0, 0);
    const cell = this.cells.find(({ title }) => title === presented);
    // Its picture is there in the next frame.
    requestAnimationFrame(() => {
      if (cell !== undefined && !cell.element.contains(document.activeElement)) focusCell(cell.element);
    });
  }
}
