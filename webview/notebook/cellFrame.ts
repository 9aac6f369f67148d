import { reasonOf } from '../../src/protocol/channel';
import type { TrainingAxis } from '../plot/trainingAxis';
import type { CellStates, Model } from '../store/model';
import { csvOf, drawTable, type Table } from '../plot/table';
import type { Theme } from '../theme/theme';
import { copyPicture, copyText } from '../ui/clipboard';
import { button } from '../ui/controls';
import { element, setAttribute, setText } from '../ui/element';
import { icon, type IconName } from '../ui/icon';
import { notation } from '../ui/notation';
import { cellHelp, type CellTitle } from './cellHelp';

/** What every cell draws from. */
export interface Drawing {
  readonly model: Model;
  readonly axis: TrainingAxis;
  readonly theme: Theme;
}

/** One numbered cell of the notebook. */
export interface NotebookCell {
  readonly element: HTMLElement;
  update(drawing: Drawing): void;
}

/** Opens or closes a part of the cell with this title. */
export type ToggleCell = (part: keyof CellStates, title: string) => void;

/**
 * The frame of a cell: number, title, summary, tools and body; and what all cells have in common: the help text, the
 * table of the picture's numbers, and buttons that copy both.
 */
export class CellFrame {
  readonly element: HTMLElement;
  readonly tools = element('div', { class: 'cell-tools' });
  readonly body = element('div', { class: 'cell-body' });
  readonly readout = element('div', { class: 'readout' });
  readonly #summary: HTMLElement;
  readonly #help: HTMLElement;
  readonly #table = element('div', { class: 'cell-table' });
  readonly #status = element('div', { class: 'cell-status', role: 'status' });
  readonly #actions = element('div', { class: 'cell-actions' });
  readonly #foldButton: HTMLElement;
  readonly #helpButton: HTMLElement;
  readonly #tableButton: HTMLElement;
  readonly #copyTableButton: HTMLElement;
  #isFolded = false;
  #numbers: { readonly key: string; readonly table: () => Table } | undefined;
  #drawnTable = '';

  /** @param toggle called when the user folds the cell, or opens its help text or its table */
  constructor(
    number: number,
    readonly title: CellTitle,
    toggle: ToggleCell,
  ) {
    const id = `cell-${number}`;
    this.#summary = element('p', { class: 'cell-summary', id: `${id}-sentence` });
    this.#help = helpElement(title, `${id}-help`);
    this.#foldButton = button({
      label: `Fold ${title}`,
      icon: 'unfolded',
      appearance: 'icon',
      onPress: () => {
        toggle('folded', title);
      },
    });
    this.#foldButton.setAttribute('aria-controls', `${id}-body`);
    this.body.id = `${id}-body`;
    this.#helpButton = this.#action(`Help: ${title}`, 'help', () => {
      toggle('helpOpen', title);
    });
    this.#helpButton.setAttribute('aria-controls', `${id}-help`);
    this.#tableButton = this.#action(`Table of ${title}`, 'table', () => {
      toggle('tablesOpen', title);
    });
    this.#copyTableButton = this.#action(`Copy the table of ${title} as CSV`, 'copy', () => this.#copyTable());
    const copyImage = this.#action(`Copy ${title} as a picture (PNG)`, 'picture', () => this.#copyPicture());
    showOpen(this.#help, this.#helpButton, false);
    showOpen(this.#table, this.#tableButton, false);
    this.#tableButton.hidden = true;
    this.#copyTableButton.hidden = true;
    this.#actions.append(this.#helpButton, this.#tableButton, this.#copyTableButton, copyImage);
    const heading = element(
      'h2',
      { id: `${id}-title` },
      element('span', { class: 'cell-number' }, `[${number}]`),
      title,
    );
    this.element = element(
      'section',
      { class: 'cell', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-sentence` },
      element('header', { class: 'cell-head' }, this.#foldButton, heading, this.#actions, this.tools),
      this.#summary,
      this.#help,
      this.#status,
      this.body,
      this.#table,
    );
  }

  /** One line on what the cell shows now. */
  setSummary(summary: string): void {
    setText(this.#summary, summary);
  }

  /**
   * The numbers of the picture as a table, made when it is opened or copied.
   *
   * @param key changes whenever the numbers change: an open table is then built again
   */
  setTable(key: string, table: () => Table): void {
    this.#numbers = { key, table };
    this.#tableButton.hidden = false;
    this.#copyTableButton.hidden = false;
    this.#drawTable();
  }

  /** Folds and opens the parts of the cell as the view has them. */
  follow({ folded, helpOpen, tablesOpen }: CellStates): void {
    this.#setFolded(folded.includes(this.title));
    showOpen(this.#help, this.#helpButton, helpOpen.includes(this.title));
    showOpen(this.#table, this.#tableButton, tablesOpen.includes(this.title));
    this.#drawTable();
  }

  #setFolded(isFolded: boolean): void {
    this.body.hidden = isFolded;
    this.tools.hidden = isFolded;
    this.#actions.hidden = isFolded;
    this.element.classList.toggle('folded', isFolded);
    if (isFolded !== this.#isFolded) this.#foldButton.replaceChildren(icon(isFolded ? 'folded' : 'unfolded'));
    this.#isFolded = isFolded;
    setAttribute(this.#foldButton, 'aria-expanded', String(!isFolded));
  }

  #action(label: string, sign: IconName, onPress: () => void | Promise<void>): HTMLElement {
    return button({
      label,
      icon: sign,
      appearance: 'icon',
      onPress: () => {
        void onPress();
      },
    });
  }

  #drawTable(): void {
    const numbers = this.#numbers;
    if (this.#table.hidden || numbers === undefined || numbers.key === this.#drawnTable) return;
    this.#drawnTable = numbers.key;
    drawTable(this.#table, numbers.table());
  }

  async #copyTable(): Promise<void> {
    const table = this.#numbers?.table();
    if (table === undefined) return;
    await this.#notify(copyText(csvOf(table)), `Copied as CSV: ${table.rows.length} rows.`);
  }

  async #copyPicture(): Promise<void> {
    const background = getComputedStyle(document.body).backgroundColor;
    const isTool = (node: Node): boolean => node === this.#actions || node === this.#foldButton || node === this.tools;
    await this.#notify(copyPicture(this.element, background, isTool), 'Copied as a picture.');
  }

  /** Shows the result of a copy for a few seconds. */
  async #notify(copied: Promise<void>, success: string): Promise<void> {
    try {
      await copied;
      setText(this.#status, success);
    } catch (error) {
      setText(this.#status, `Copy failed: ${reasonOf(error)}. Click the panel and try again.`);
    }
    setTimeout(() => {
      setText(this.#status, '');
    }, statusMilliseconds);
  }
}

const statusMilliseconds = 6000;

function helpElement(title: CellTitle, id: string): HTMLElement {
  const { text, formula } = cellHelp[title];
  return element(
    'div',
    { class: 'cell-help', id },
    element('p', {}, ...notation(text)),
    element('p', { class: 'formula' }, ...notation(formula)),
  );
}

function showOpen(part: HTMLElement, control: HTMLElement, isOpen: boolean): void {
  part.hidden = !isOpen;
  setAttribute(control, 'aria-expanded', String(isOpen));
}

/** The part of the view that changes when a part of a cell is toggled. */
export function toggled(states: CellStates, part: keyof CellStates, title: string): Partial<CellStates> {
  const titles = states[part];
  const others = titles.filter((other) => other !== title);
  return { [part]: others.length < titles.length ? others : [...titles, title] };
}
