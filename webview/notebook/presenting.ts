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

  /** P presents a cell; while one is presented, Page Up and Page Down go on, and Escape shows all cells. */
  listenForKeys(root: HTMLElement): void {
    // Before the picture that has the focus: there Escape means to follow the latest update.
    root.addEventListener(
      'keydown',
      (event) => {
        const isElsewhere = event.target instanceof Element && event.target.closest('dialog') !== null;
        if (isElsewhere || this.view().presented === undefined || !this.#handleKey(event.key)) return;
        event.stopPropagation();
        event.preventDefault();
      },
      { capture: true },
    );
    // Text fields stop the propagation of what is typed into them.
    root.addEventListener('keydown', (event) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      if (event.defaultPrevented || ctrlKey || metaKey || altKey || key.toLowerCase() !== 'p') return;
      this.#toggle();
      event.preventDefault();
    });
  }

  /** Handles a key while a cell is presented; false if it has another meaning. */
  #handleKey(key: string): boolean {
    switch (key) {
      case 'Escape':
        this.change(undefined);
        return true;
      case 'PageUp':
        this.#move(-1);
        return true;
      case 'PageDown':
        this.#move(1);
        return true;
      default:
        return false;
    }
  }

  /** Presents the cell that has the focus, else the first one in the window; leaves if a cell is presented. */
  #toggle(): void {
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

  /** Presents the next or the previous cell. */
  #move(by: 1 | -1): void {
    const at = this.cells.findIndex(({ title }) => title === this.#shown);
    const next = this.cells[Math.max(0, Math.min(this.cells.length - 1, at + by))];
    if (next !== undefined) this.change(next.title);
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
