import { reasonOf } from '../../src/protocol/channel';
import type { TrainingAxis } from '../plot/trainingAxis';
import type { Model } from '../store/model';
import { csvOf, tableElement, type Table } from '../plot/table';
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
  readonly #tableButtons: readonly HTMLElement[];
  #isFolded = false;
  #tableOf: (() => Table) | undefined;
  #tableKey = '';

  /** @param onFold called when the user folds or unfolds the cell */
  constructor(
    number: number,
    readonly title: CellTitle,
    onFold: (title: string) => void,
  ) {
    const id = `cell-${number}`;
    this.#summary = element('p', { class: 'cell-summary', id: `${id}-sentence` });
    this.#help = helpElement(title, `${id}-help`);
    this.#foldButton = button({
      label: `Fold ${title}`,
      icon: 'unfolded',
      appearance: 'icon',
      onPress: () => {
        onFold(title);
      },
    });
    this.#foldButton.setAttribute('aria-controls', `${id}-body`);
    this.body.id = `${id}-body`;
    this.#helpButton = this.#action(`Help: ${title}`, 'help', () => {
      this.#toggle(this.#help, this.#helpButton);
    });
    this.#helpButton.setAttribute('aria-controls', `${id}-help`);
    const show = this.#action(`Table of ${title}`, 'table', () => {
      this.#toggle(this.#table, show);
      this.#tableKey = '';
      this.#drawTable('open');
    });
    const copyTable = this.#action(`Copy the table of ${title} as CSV`, 'copy', () => this.#copyTable());
    const copyImage = this.#action(`Copy ${title} as a picture (PNG)`, 'picture', () => this.#copyPicture());
    this.#tableButtons = [show, copyTable];
    for (const [control, target] of [
      [this.#helpButton, this.#help],
      [show, this.#table],
    ] as const) {
      target.hidden = true;
      control.setAttribute('aria-expanded', 'false');
    }
    for (const control of this.#tableButtons) control.hidden = true;
    this.#actions.append(this.#helpButton, show, copyTable, copyImage);
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
  setTable(key: string, tableOf: () => Table): void {
    this.#tableOf = tableOf;
    for (const control of this.#tableButtons) control.hidden = false;
    this.#drawTable(key);
  }

  /** Folds or unfolds the cell. */
  setFolded(isFolded: boolean): void {
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

  #toggle(target: HTMLElement, control: HTMLElement): void {
    target.hidden = !target.hidden;
    setAttribute(control, 'aria-expanded', String(!target.hidden));
  }

  #drawTable(key: string): void {
    if (this.#table.hidden || this.#tableOf === undefined || key === this.#tableKey) return;
    this.#tableKey = key;
    this.#table.replaceChildren(tableElement(this.#tableOf()));
  }

  async #copyTable(): Promise<void> {
    const table = this.#tableOf?.();
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

/** Whether a cell is folded in this view. */
export function isFolded({ view }: Model, title: string): boolean {
  return view.folded.includes(title);
}

/** The folded titles after toggling one. */
export function toggleTitle(folded: readonly string[], title: string): readonly string[] {
  const others = folded.filter((other) => other !== title);
  return others.length < folded.length ? others : [...folded, title];
}
