import { html, nothing, render, type TemplateResult } from 'lit-html';
import { reasonOf } from '../../../src/protocol/channel';
import type { TrainingAxis } from '../../plot/trainingAxis';
import type { CellPartName, CellStates, Model } from '../../store/model';
import { csvOf, drawTable, type Table } from '../../plot/table';
import type { Theme } from '../../theme/theme';
import { copyPicture, copyText, pngOf } from '../../ui/clipboard';
import { svgOf } from '../../ui/pictureSvg';
import { saveFile, savesFiles } from '../../page/saveFile';
import { buttonTemplate, type ButtonSpec } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import type { SavedFileKind } from '../../../src/protocol/savedFile';
import { lineNotation } from '../../../src/text/lineNotation';
import { displayFormula, notation, setNotation } from '../../ui/notation';
import { cellHelp, type CellTitle } from './cellHelp';
import { translate, translateMessage } from '../../../src/text/translate';

/** What every cell draws from. */
export interface Drawing {
  readonly model: Model;
  readonly axis: TrainingAxis;
  readonly theme: Theme;
}

/** One numbered cell of the notebook. */
export interface NotebookCell {
  readonly number: number;
  readonly title: CellTitle;
  readonly element: HTMLElement;
  update(drawing: Drawing): void;
}

/** Opens or closes a part of the cell with this title, or presents the cell. */
export type ToggleCell = (part: CellPartName | 'presented', title: string) => void;

/**
 * The frame of a cell: number, title, summary, tools and body; and what all cells have in common: the help text, the
 * table of the picture's numbers, and buttons that copy both.
 */
export class CellFrame {
  readonly element: HTMLElement;
  readonly tools = element('div', { class: 'cell-tools' });
  readonly body: HTMLElement;
  readonly readout = element('div', { class: 'readout' });
  readonly #line = element('div', { class: 'cell-line' });
  readonly #id: string;
  readonly #help: TemplateResult;
  readonly #sentence: HTMLElement;
  readonly #table: HTMLElement;
  #summary = '';
  #status = '';
  #isFolded = false;
  #isHelpOpen = false;
  #isTableOpen = false;
  #isPresented = false;
  #isSaving = false;
  #numbers: { readonly key: string; readonly table: () => Table } | undefined;
  #drawnTable = '';

  /** @param toggle called when the user folds the cell, or opens its help text or its table */
  constructor(
    readonly number: number,
    readonly title: CellTitle,
    readonly toggle: ToggleCell,
  ) {
    this.#id = `cell-${number}`;
    this.#help = helpOf(title);
    this.body = element('div', { class: 'cell-body', id: `${this.#id}-body` });
    this.#sentence = element('p', { class: 'cell-summary', id: `${this.#id}-sentence` });
    this.#line.append(this.#sentence);
    this.#table = element('div', { class: 'cell-table', id: `${this.#id}-table` });
    this.element = element('section', {
      class: 'cell',
      'aria-labelledby': `${this.#id}-title`,
      'aria-describedby': `${this.#id}-sentence`,
    });
    this.#draw();
  }

  /**
   * Gives the readout the place of the summary, which it covers while `showReadout` says so: the picture below keeps its
   * place, and no room is reserved for a second text.
   */
  placeReadoutOverSummary(): void {
    this.#line.append(this.readout);
  }

  /** Shows the readout in place of the summary, which stays readable for screen readers. */
  showReadout(isShown: boolean): void {
    this.#line.classList.toggle('reading', isShown);
  }

  /** One line on what the cell shows now. */
  setSummary(summary: string): void {
    if (summary === this.#summary) return;
    this.#summary = summary;
    this.#draw();
  }

  /**
   * The numbers of the picture as a table, made when it is opened or copied.
   *
   * @param key changes whenever the numbers change: an open table is then built again
   */
  setTable(key: string, table: () => Table): void {
    const isFirst = this.#numbers === undefined;
    this.#numbers = { key, table };
    if (isFirst) this.#draw();
    this.#drawTable();
  }

  /** Takes the table away: the cell has no numbers now. */
  removeTable(): void {
    if (this.#numbers === undefined) return;
    this.#numbers = undefined;
    this.#drawnTable = '';
    render(nothing, this.#table);
    this.#draw();
  }

  /** Folds and opens the parts of the cell as the view has them. */
  follow({ folded, helpOpen, tablesOpen, presented }: CellStates): void {
    const isPresented = presented === this.title;
    const isFolded = folded.includes(this.title) && !isPresented;
    const isHelpOpen = helpOpen.includes(this.title);
    const isTableOpen = tablesOpen.includes(this.title);
    const isSame =
      isFolded === this.#isFolded &&
      isHelpOpen === this.#isHelpOpen &&
      isTableOpen === this.#isTableOpen &&
      isPresented === this.#isPresented;
    if (!isSame) {
      this.#isPresented = isPresented;
      this.#isFolded = isFolded;
      this.#isHelpOpen = isHelpOpen;
      this.#isTableOpen = isTableOpen;
      this.#draw();
    }
    this.#drawTable();
  }

  /** The title in the language of the page; the view is stored with the English one. */
  get name(): string {
    return translateMessage(this.title);
  }

  #draw(): void {
    const { title, name } = this;
    this.body.hidden = this.#isFolded;
    this.tools.hidden = this.#isFolded;
    this.#table.hidden = !this.#isTableOpen;
    this.element.classList.toggle('folded', this.#isFolded);
    this.element.classList.toggle('help-open', this.#isHelpOpen);
    const fold = buttonTemplate({
      label: translate`Fold ${name}`,
      icon: this.#isFolded ? 'folded' : 'unfolded',
      appearance: 'icon',
      opens: { id: this.body.id, isOpen: !this.#isFolded },
      onPress: () => {
        this.toggle('folded', title);
      },
    });
    render(
      html`<header class="cell-head">
          ${fold}
          <h2 id="${this.#id}-title"><span class="cell-number">[${this.number}]</span>${name}</h2>
          ${this.#helpButton()} ${this.tools}
          <div class="cell-actions" ?hidden=${this.#isFolded}>${this.#actions().map(buttonTemplate)}</div>
        </header>
        ${this.#line}
        <div class="cell-help" id="${this.#id}-help" ?hidden=${!this.#isHelpOpen}>${this.#help}</div>
        <div class="cell-saving" id="${this.#id}-saving" ?hidden=${!this.#isSaving || this.#isFolded}>
          ${this.#savings()}
        </div>
        <div class="cell-status" role="status">${this.#status}</div>
        ${this.body}${this.#table}`,
      this.element,
    );
    setNotation(this.#sentence, this.#summary);
    // A narrow panel may cut a long sentence.
    setAttribute(this.#sentence, 'title', lineNotation(this.#summary));
  }

  /** The button that opens the help text: a word that is always visible. */
  #helpButton(): TemplateResult {
    const { title, name } = this;
    return html`<button
      class="text-button"
      aria-label=${translate`Why: ${name}`}
      title=${translate`What this picture shows, and the formula behind it`}
      aria-controls="${this.#id}-help"
      aria-expanded=${String(this.#isHelpOpen)}
      @click=${() => {
        this.toggle('helpOpen', title);
      }}
    >
      ${translate`why`}
    </button>`;
  }

  #actions(): readonly ButtonSpec[] {
    const { title, name } = this;
    const hasTable = this.#numbers !== undefined;
    return [
      {
        label: translate`Table of ${name}`,
        icon: 'table',
        appearance: 'icon',
        isHidden: !hasTable,
        opens: { id: `${this.#id}-table`, isOpen: this.#isTableOpen },
        onPress: () => {
          this.toggle('tablesOpen', title);
        },
      },
      {
        label: translate`Copy the table of ${name} as CSV`,
        icon: 'copy',
        appearance: 'icon',
        isHidden: !hasTable,
        onPress: () => void this.#copyTable(),
      },
      {
        label: translate`Copy ${name} as a picture (PNG)`,
        icon: 'picture',
        appearance: 'icon',
        onPress: () => void this.#copyPicture(),
      },
      {
        label: translate`Save ${name} as a file`,
        icon: 'save',
        appearance: 'icon',
        isHidden: !savesFiles(),
        opens: { id: `${this.#id}-saving`, isOpen: this.#isSaving },
        onPress: () => {
          this.#isSaving = !this.#isSaving;
          this.#draw();
        },
      },
      {
        label: this.#isPresented ? translate`Show all cells` : translate`Present ${name}`,
        hint: this.#isPresented
          ? translate`Show all cells again (Esc)`
          : translate`Show this cell alone, large enough for an audience (P)`,
        icon: this.#isPresented ? 'close' : 'present',
        appearance: 'icon',
        onPress: () => {
          this.toggle('presented', title);
        },
      },
    ];
  }

  /** The files that the cell is saved as. */
  #savings(): readonly TemplateResult[] {
    const { title, name } = this;
    const background = getComputedStyle(document.body).backgroundColor;
    const row = (): HTMLElement | null => this.element.querySelector<HTMLElement>('.cell-saving');
    const save = (kind: SavedFileKind, content: () => Promise<Content> | Content): void => {
      void this.#notify(
        Promise.resolve()
          .then(() => withoutRow(row(), content))
          .then((bytes) => {
            saveFile({ title, kind, content: bytes });
          }),
        '',
        translate`Not saved`,
      );
    };
    const encoded = (text: string): Content => new Uint8Array(new TextEncoder().encode(text));
    const kinds: readonly (readonly [SavedFileKind, string, () => Promise<Content> | Content])[] = [
      [
        'png',
        translate`Picture (PNG)`,
        async () => new Uint8Array(await (await pngOf(this.element, background, isTool)).arrayBuffer()),
      ],
      ['svg', translate`Picture (SVG)`, () => encoded(svgOf(this.element, background, isTool))],
      ['csv', translate`Table (CSV)`, () => encoded(this.#numbers === undefined ? '' : csvOf(this.#numbers.table()))],
    ];
    return kinds
      .filter(([kind]) => kind !== 'csv' || this.#numbers !== undefined)
      .map(([kind, label, content]) =>
        buttonTemplate({
          label,
          hint: translate`Save ${name} as a file ${kind.toUpperCase()}`,
          appearance: 'secondary',
          onPress: () => {
            save(kind, content);
          },
        }),
      );
  }

  #drawTable(): void {
    const numbers = this.#numbers;
    if (!this.#isTableOpen || numbers === undefined || numbers.key === this.#drawnTable) return;
    this.#drawnTable = numbers.key;
    drawTable(this.#table, numbers.table());
  }

  async #copyTable(): Promise<void> {
    const table = this.#numbers?.table();
    if (table === undefined) return;
    await this.#notify(copyText(csvOf(table)), translate`Copied as CSV: ${table.rows.length} rows.`);
  }

  async #copyPicture(): Promise<void> {
    const background = getComputedStyle(document.body).backgroundColor;
    await this.#notify(copyPicture(this.element, background, isTool), translate`Copied as a picture.`);
  }

  /** Shows the result of a copy for a few seconds. */
  async #notify(copied: Promise<void>, success: string, failure = translate`Copy failed`): Promise<void> {
    try {
      await copied;
      this.#setStatus(success);
    } catch (error) {
      this.#setStatus(translate`${failure}: ${translateMessage(reasonOf(error))}. Click the panel and try again.`);
    }
    setTimeout(() => {
      this.#setStatus('');
    }, statusMilliseconds);
  }

  #setStatus(status: string): void {
    this.#status = status;
    this.#draw();
  }
}

/** What belongs to the page and not to the picture. */
function isTool(node: Node): boolean {
  return node instanceof Element && node.matches('.cell-head > :not(h2), .cell-saving, .cell-status');
}

type Content = Uint8Array<ArrayBuffer>;

/** A picture of the cell as it is without the row of buttons, which is hidden meanwhile. */
async function withoutRow(row: HTMLElement | null, content: () => Promise<Content> | Content): Promise<Content> {
  row?.setAttribute('hidden', '');
  try {
    return await content();
  } finally {
    row?.removeAttribute('hidden');
  }
}

const statusMilliseconds = 6000;

function helpOf(title: CellTitle): TemplateResult {
  const { text, formula } = cellHelp[title];
  const [textParts, formulaParts] = [notation(text), displayFormula(formula)];
  return html`<p>${textParts}</p>
    <p class="formula">${formulaParts}</p>`;
}

/** The part of the view that changes when a part of a cell is toggled. */
export function toggled(states: CellStates, part: CellPartName | 'presented', title: string): Partial<CellStates> {
  if (part === 'presented') return { presented: states.presented === title ? undefined : title };
  const titles = states[part];
  const others = titles.filter((other) => other !== title);
  return { [part]: others.length < titles.length ? others : [...titles, title] };
}
