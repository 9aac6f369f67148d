import { html, nothing, render } from 'lit-html';
import { formatCount, formatDone } from '../../../src/text/numbers';
import type { Model } from '../../store/model';
import { buttonTemplate } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import { formatState } from './entryChoice';
import type { HeaderCommands } from './header';
import { runButtons, shownState } from './runButtons';
import { translate } from '../../../src/text/translate';

/** The state of the run and its buttons in little room, for when the header is scrolled out of view. */
export class CompactState {
  readonly element = element('div', { class: 'compact-state' });

  #model: Model | undefined;
  #isShown = false;

  constructor(readonly commands: HeaderCommands) {
    this.element.hidden = true;
  }

  /** Shows or hides it. */
  show(isShown: boolean): void {
    this.#isShown = isShown;
    this.element.hidden = !isShown;
    if (this.#model !== undefined) this.update(this.#model);
  }

  update(model: Model): void {
    this.#model = model;
    if (!this.#isShown) {
      // No second button with the name of one in the header.
      render(nothing, this.element);
      return;
    }
    const { run } = model;
    const state = shownState(model);
    setAttribute(this.element, 'data-state', state);
    const updates = run === undefined ? '' : formatDone(run.status.updates, run.info.plannedUpdates, ' / ');
    const findings = run?.status.findings.length ?? 0;
    // A primary button has a text in the header; here all have the same size.
    const buttons = runButtons(model, this.commands).map((button) => buttonTemplate({ ...button, appearance: 'icon' }));
    render(
      html`<span
          class="compact-progress"
          role="img"
          aria-label=${`${formatState(state)} ${updates}`}
          title=${formatState(state)}
          ><span class="entry-dot">●</span>${updates}</span
        >${buttons}${
          findings === 0
            ? nothing
            : html`<button
                class="findings-button"
                title=${translate`Show the diagnosis of this run`}
                aria-label=${formatCount(findings, 'finding')}
                @click=${this.commands.showDiagnosis}
              >
                <span aria-hidden="true">⚑ ${findings}</span>
              </button>`
        }`,
      this.element,
    );
  }
}
