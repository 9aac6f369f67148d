import { html, nothing, render } from 'lit-html';
import { stateLabels } from '../../../src/protocol/run';
import type { PanelEntry, PanelTarget } from '../../../src/protocol/panel';
import { selectedEntry, type Model } from '../../store/model';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import type { ShownState } from './runButtons';
import { translate } from '../../../src/text/translate';

/** The runs of an experiment to choose from: buttons in one row or, where they don't fit, a drop-down list. */
export class EntryChoice {
  readonly element = element('div', {
    class: 'entries',
    role: 'group',
    'aria-label': translate`Runs of this experiment`,
  });
  readonly #row = element('div', { class: 'entry-row' });
  readonly #list;
  #entries: readonly PanelEntry[] = [];
  #selected = -1;

  constructor(readonly select: (target: PanelTarget) => void) {
    this.#list = choice<string>(translate`Run`, (index) => {
      const entry = this.#entries[Number(index)];
      if (entry !== undefined) select(entry);
    });
    this.element.hidden = true;
    this.element.append(this.#row, this.#list.element);
    new ResizeObserver(() => {
      this.#fit();
    }).observe(this.element);
  }

  update(model: Pick<Model, 'entries' | 'variant' | 'seed'>): void {
    const { entries } = model;
    const shown = selectedEntry(model);
    const selected = shown === undefined ? -1 : entries.indexOf(shown);
    // Every status has a new list; measuring costs a layout of the page.
    if (selected === this.#selected && areSame(entries, this.#entries)) return;
    this.#entries = entries;
    this.#selected = selected;
    this.element.hidden = entries.length < 2;
    render(entries.length < 2 ? nothing : entries.map((entry) => this.#button(entry, entry === shown)), this.#row);
    this.#fit();
  }

  /** Shows the buttons where they fit, the list otherwise. */
  #fit(): void {
    if (this.element.hidden) return;
    // Hidden buttons keep their width, so that it is known when they fit again.
    const isTooWide = this.#row.scrollWidth > this.element.clientWidth;
    this.element.classList.toggle('as-list', isTooWide);
    this.#row.inert = isTooWide;
    this.#list.element.hidden = !isTooWide;
    if (!isTooWide) return;
    this.#list.setOptions(
      this.#entries.map(({ label, state }, index) => ({
        value: String(index),
        label: `${label} · ${formatState(state)}`,
      })),
      String(this.#selected),
    );
  }

  #button(entry: PanelEntry, isSelected: boolean) {
    const { label, state } = entry;
    return html`<button
      class="entry"
      aria-pressed=${String(isSelected)}
      data-state=${state}
      title=${`${label}: ${formatState(state)}`}
      @click=${() => {
        this.select(entry);
      }}
    >
      <span class="entry-dot" aria-hidden="true">${isSelected ? '●' : '○'}</span>${label}
    </button>`;
  }
}

function areSame(some: readonly PanelEntry[], others: readonly PanelEntry[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ variant, seed, label, state }, i) => {
      const other = others[i];
      return variant === other?.variant && seed === other?.seed && label === other?.label && state === other.state;
    })
  );
}

/** The state of a run in one or two words. */
export function formatState(state: ShownState): string {
  return state === 'untrained' ? translate`not trained` : stateLabels[state];
}
