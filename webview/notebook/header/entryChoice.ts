import { html, nothing, render } from 'lit-html';
import { stateLabels } from '../../../src/protocol/run';
import type { PanelEntry } from '../../../src/protocol/panel';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import type { ShownState } from './runButtons';

/** The value of the entry without a variant: no variant has an empty name. */
const baseValue = '';

/** The runs of an experiment to choose from: buttons in one row or, where they don't fit, a drop-down list. */
export class EntryChoice {
  readonly element = element('div', { class: 'entries', role: 'group', 'aria-label': 'Runs of this experiment' });
  readonly #row = element('div', { class: 'entry-row' });
  readonly #list;
  #entries: readonly PanelEntry[] = [];
  #selected: string | undefined;

  constructor(readonly select: (variant: string | undefined) => void) {
    this.#list = choice<string>('Run', (value) => {
      select(value === baseValue ? undefined : value);
    });
    this.element.hidden = true;
    this.element.append(this.#row, this.#list.element);
    new ResizeObserver(() => {
      this.#fit();
    }).observe(this.element);
  }

  update(entries: readonly PanelEntry[], selected: string | undefined): void {
    // Every status has a new list; measuring costs a layout of the page.
    if (selected === this.#selected && areSame(entries, this.#entries)) return;
    this.#entries = entries;
    this.#selected = selected;
    this.element.hidden = entries.length < 2;
    render(
      entries.length < 2 ? nothing : entries.map((entry) => this.#button(entry, entry.variant === selected)),
      this.#row,
    );
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
      this.#entries.map(({ variant, label, state }) => ({
        value: variant ?? baseValue,
        label: `${label} · ${formatState(state)}`,
      })),
      this.#selected ?? baseValue,
    );
  }

  #button({ variant, label, state }: PanelEntry, isSelected: boolean) {
    return html`<button
      class="entry"
      aria-pressed=${String(isSelected)}
      data-state=${state}
      title=${`${label}: ${formatState(state)}`}
      @click=${() => {
        this.select(variant);
      }}
    >
      <span class="entry-dot" aria-hidden="true">${isSelected ? '●' : '○'}</span>${label}
    </button>`;
  }
}

function areSame(some: readonly PanelEntry[], others: readonly PanelEntry[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ variant, label, state }, i) => {
      const other = others[i];
      return other !== undefined && variant === other.variant && label === other.label && state === other.state;
    })
  );
}

/** The state of a run in one or two words. */
export function formatState(state: ShownState): string {
  return state === 'untrained' ? 'not trained' : stateLabels[state];
}
