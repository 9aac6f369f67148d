import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Finding } from '../../../src/diagnosis/finding';
import type { NonFiniteLocation } from '../../../src/run/manifest';
import { formatFindings } from '../../../src/text/findingCount';
import { formatExact } from '../../../src/text/numbers';
import type { Store } from '../../store/store';
import { buttonTemplate } from '../../ui/controls';
import { element } from '../../ui/element';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cell/cellFrame';
import { isLive } from '../../../src/protocol/run';
import type { ShownRun } from '../../store/model';
import './diagnosis.css';

export { formatFindings };

/** [6] Findings about the run, each with its evidence, the key it is about, and a button that selects its update. */
export class DiagnosisCell implements NotebookCell {
  readonly number = 6;
  readonly title = 'Diagnosis';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #list = element('ul', { class: 'findings' });
  #shown: readonly Finding[] | undefined;

  constructor(
    readonly store: Store,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(this.number, this.title, toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#list);
  }

  update({ model }: Drawing): void {
    this.#frame.follow(model.view);
    const { run } = model;
    if (run === undefined) return;
    this.#frame.setSummary(summary(run));
    const { findings } = run.status;
    // Every status has a new list, so compare the entries.
    if (this.#shown !== undefined && areSame(this.#shown, findings)) return;
    this.#shown = findings;
    this.#list.hidden = findings.length === 0;
    render(
      findings.map((finding) => this.#item(finding, run.status.nonFinite)),
      this.#list,
    );
    this.#frame.setTable(findings.map(({ code, message }) => `${code}: ${message}`).join('\n'), () => ({
      caption: 'Findings',
      columns: ['update', 'level', 'key', 'code', 'finding'],
      rows: findings.map(({ update, level, keyPath, code, message }) => [
        update,
        level,
        keyPath.join('.'),
        code,
        message,
      ]),
    }));
  }

  #item(
    { level, when, update, keyPath, message, code }: Finding,
    nonFinite: NonFiniteLocation | undefined,
  ): TemplateResult {
    const isDivergence = code === 'nonFinite' && nonFinite !== undefined;
    const where = isDivergence
      ? this.#divergenceButtons(nonFinite)
      : when === 'start'
        ? nothing
        : this.#updateButton(update);
    return html`<li class="finding ${level}">
      <div class="finding-head">
        <span class="finding-level">${level}</span> at <code>${keyPath.join('.')}</code>${where}
      </div>
      <p class="finding-text">${message}</p>
    </li>`;
  }

  /** Selects where a divergence began, and the last update before its end. */
  #divergenceButtons({ began, update }: NonFiniteLocation): readonly TemplateResult[] {
    const last = update - 1;
    return [
      ...(began === undefined || began >= last
        ? []
        : [this.#updateButton(began, `Where it began: update ${formatExact(began)}`)]),
      ...(last < 0 ? [] : [this.#updateButton(last, `Just before the end: update ${formatExact(last)}`)]),
    ];
  }

  /** Selects the update of a finding. */
  #updateButton(update: number, label = `Update ${formatExact(update)}`): TemplateResult {
    return buttonTemplate({
      label,
      hint: 'Select this update in all pictures',
      appearance: 'secondary',
      onPress: () => {
        this.store.dispatch({ kind: 'viewChanged', view: { selection: { update, t: undefined } } });
      },
    });
  }
}

/** Whether two lists say the same: a finding may be replaced by another one with its code. */
function areSame(some: readonly Finding[], others: readonly Finding[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ code, update, message }, i) => {
      const other = others[i];
      return code === other?.code && update === other.update && message === other.message;
    })
  );
}

function summary({ status: { findings, state } }: ShownRun): string {
  if (findings.length > 0) return `${formatFindings(findings)}: what was measured, the threshold, and what may help.`;
  return isLive(state)
    ? 'No findings so far. Losses, norms, gates and updates are checked for known problems every 20 updates.'
    : 'No findings in this run.';
}
