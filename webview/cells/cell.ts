import type { TrainingAxis } from '../axis/trainingAxis';
import type { Model } from '../store/model';
import type { Theme } from '../theme/theme';
import { button } from '../ui/controls';
import { element, setText } from '../ui/element';
import { icon } from '../ui/icon';

/** What every cell draws from. */
export interface Drawing {
  readonly model: Model;
  readonly axis: TrainingAxis;
  readonly theme: Theme;
}

/** One cell of the notebook. */
export interface Cell {
  readonly element: HTMLElement;
  update(drawing: Drawing): void;
}

/** The frame of a cell: gutter number, title, one live sentence, tools, body. */
export class CellFrame {
  readonly element: HTMLElement;
  readonly tools = element('div', { class: 'cell-tools' });
  readonly body = element('div', { class: 'cell-body' });
  readonly readout = element('div', { class: 'readout' });
  readonly #sentence: HTMLElement;
  readonly #fold: HTMLElement;
  #isFolded = false;

  /** @param onFold called when the person folds or unfolds the cell */
  constructor(
    number: number,
    readonly title: string,
    onFold: (title: string) => void,
  ) {
    const id = `cell-${number}`;
    this.#sentence = element('p', { class: 'sentence', id: `${id}-sentence` });
    this.#fold = button({
      label: `Fold ${title}`,
      sign: 'unfolded',
      appearance: 'icon',
      onPress: () => {
        onFold(title);
      },
    });
    this.#fold.setAttribute('aria-controls', `${id}-body`);
    this.body.id = `${id}-body`;
    const heading = element('h2', { id: `${id}-title` }, element('span', { class: 'gutter' }, `[${number}]`), title);
    this.element = element(
      'section',
      { class: 'cell', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-sentence` },
      element('header', { class: 'cell-head' }, this.#fold, heading, this.tools),
      this.#sentence,
      this.body,
    );
  }

  /** The sentence that says what the cell shows now. */
  say(sentence: string): void {
    setText(this.#sentence, sentence);
  }

  /** Folds or unfolds the cell as the view says. */
  fold(isFolded: boolean): void {
    this.body.hidden = isFolded;
    this.tools.hidden = isFolded;
    this.element.classList.toggle('folded', isFolded);
    if (isFolded !== this.#isFolded) this.#fold.replaceChildren(icon(isFolded ? 'folded' : 'unfolded'));
    this.#isFolded = isFolded;
    this.#fold.setAttribute('aria-expanded', String(!isFolded));
  }
}

/** Whether a cell is folded in this view. */
export function isFolded({ view }: Model, title: string): boolean {
  return view.folded.includes(title);
}
