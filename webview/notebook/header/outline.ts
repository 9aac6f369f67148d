import { html, render } from 'lit-html';
import { element } from '../../ui/element';
import { translate, translateMessage } from '../../../src/text/translate';
import './outline.css';

/** A cell in the outline. */
export interface OutlineEntry {
  readonly number: number;
  readonly title: string;
  readonly element: HTMLElement;
}

/** A group of cells in the outline. */
export interface OutlineGroup {
  readonly label: string;
  /** What the label's button does, as a tooltip. */
  readonly hint: string;
  readonly element: HTMLElement;
  readonly entries: readonly OutlineEntry[];
}

/**
 * The numbers and titles of all cells, in their groups; each jumps to its cell, and the one in view is marked. The outline
 * is one stop of the Tab key, within which the arrow keys move.
 */
export class Outline {
  readonly element = element('nav', { class: 'outline', 'aria-label': translate`Cells` });
  #current: number | undefined;
  /**
   * The last cell that was jumped to, how far the page was scrolled then, and where the cell stood in the window: near the
   * end it may not reach the top. While one of both is the same, nobody has scrolled: cells above it may still have grown.
   */
  #jump: { readonly entry: OutlineEntry; readonly at: number; readonly top: number } | undefined;
  #isScheduled = false;

  /**
   * @param jump shows a cell below the sticky bar, and says when it is there
   * @param showGroup scrolls to the start of a group
   */
  constructor(
    readonly groups: readonly OutlineGroup[],
    readonly jump: (entry: OutlineEntry, onArrived: () => void) => void,
    readonly showGroup: (group: OutlineGroup) => void,
  ) {
    this.#draw();
    this.element.addEventListener('keydown', (event) => {
      if (this.#moveFocus(event.key)) event.preventDefault();
    });
    // Not at every frame: where the cells are costs a layout of the page.
    const resized = new ResizeObserver(() => {
      this.#schedule();
    });
    for (const group of groups) resized.observe(group.element);
    addEventListener(
      'scroll',
      () => {
        this.#schedule();
      },
      { passive: true },
    );
  }

  /** Shows or hides it. */
  show(isShown: boolean): void {
    if (this.element.hidden === !isShown) return;
    this.element.hidden = !isShown;
    this.#schedule();
  }

  /** Moves the focus within the outline; false for other keys. */
  #moveFocus(key: string): boolean {
    const buttons = [...this.element.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[key];
    const button = to === undefined ? undefined : buttons[to];
    button?.focus();
    return button !== undefined;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#mark();
    });
  }

  /** The cell in view is the last one that begins above the upper third of the window. */
  #mark(): void {
    if (this.element.hidden) return;
    // Until an update is replayed, its cells are hidden: they have no place on the page.
    const entries = this.groups.flatMap((group) =>
      group.entries.filter((entry) => entry.element.offsetParent !== null),
    );
    const line = innerHeight / 3;
    const isAtEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    const current =
      entries.find((entry) => this.#isStillAt(entry)) ??
      (isAtEnd ? entries.at(-1) : entries.findLast((entry) => topOf(entry) <= line)) ??
      entries[0];
    if (current?.number === this.#current) return;
    this.#current = current?.number;
    this.#draw();
  }

  /** Whether this cell was the last one that was jumped to, and nobody has scrolled since. */
  #isStillAt(entry: OutlineEntry): boolean {
    const jump = this.#jump;
    return entry === jump?.entry && (jump.at === scrollY || Math.abs(jump.top - topOf(entry)) < 1);
  }

  #draw(): void {
    render(
      this.groups.map(
        (group) =>
          html`<div class="outline-group" role="group" aria-label=${group.label}>
            <button
              class="outline-label"
              tabindex="-1"
              title=${group.hint}
              @click=${() => {
                this.showGroup(group);
              }}
            >
              ${group.label}
            </button>
            ${group.entries.map((entry) => this.#entry(entry))}
          </div>`,
      ),
      this.element,
    );
  }

  #entry(entry: OutlineEntry) {
    return html`<button
      class="outline-entry"
      tabindex=${entry.number === (this.#current ?? 1) ? 0 : -1}
      title=${translateMessage(entry.title)}
      aria-current=${String(entry.number === this.#current)}
      @click=${() => {
        this.jump(entry, () => {
          this.#jump = { entry, at: scrollY, top: topOf(entry) };
          this.#schedule();
        });
      }}
    >
      <span class="outline-number">${entry.number}</span> <span class="outline-title">${shortTitle(entry.title)}</span>
    </button>`;
  }
}

/** Where a cell begins in the window, in CSS pixels. */
function topOf({ element: cell }: OutlineEntry): number {
  return cell.getBoundingClientRect().top;
}

/** The title up to a colon: the part behind it explains. */
function shortTitle(title: string): string {
  return translateMessage(title).split(/[:：]/)[0] ?? title;
}
