import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Finding } from '../../../src/diagnosis/finding';
import type { PanelCommand, RemedyRequest } from '../../../src/protocol/panel';
import type { NonFiniteLocation } from '../../../src/run/manifest';
import { formatFindings } from '../../../src/text/findingCount';
import { whyNotDiagnosed } from '../../../src/text/notDiagnosed';
import { formatExact } from '../../../src/text/numbers';
import { formatRemedy } from '../../../src/text/remedyText';
import type { Store } from '../../store/store';
import { buttonTemplate } from '../../ui/controls';
import { element } from '../../ui/element';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cell/cellFrame';
import { isLive } from '../../../src/protocol/run';
import type { ShownRun } from '../../store/model';
import { beforeFixTemplate, formatFixed } from './beforeFix';
import { translate, translateMessage } from '../../../src/text/translate';
import './diagnosis.css';

export { formatFindings };

/** What the cell asks of its host. */
interface DiagnosisRequests {
  readonly applyRemedy: (request: RemedyRequest) => void;
  readonly command: (command: PanelCommand) => void;
}

/**
 * [6] Findings about the run, each with its evidence, the key it is about, a button that selects its update, and its fixes;
 * after a fix, what the run before came to.
 */
export class DiagnosisCell implements NotebookCell {
  readonly number = 6;
  readonly title = 'Diagnosis';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #list = element('ul', { class: 'findings' });
  readonly #before = element('div', { class: 'fixed-run' });
  #shown: { readonly findings: readonly Finding[]; readonly isLive: boolean } | undefined;

  /** @param requests undefined where no host changes the experiment */
  constructor(
    readonly store: Store,
    toggle: ToggleCell,
    readonly requests: DiagnosisRequests | undefined,
  ) {
    this.#frame = new CellFrame(this.number, this.title, toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#before, this.#list);
  }

  update({ model }: Drawing): void {
    this.#frame.follow(model.view);
    const { run } = model;
    if (run === undefined) return;
    this.#frame.setSummary(summary(run));
    const { findings, state } = run.status;
    this.#updateBefore(run);
    // Every status has a new list, so compare the entries.
    if (this.#shown?.isLive === isLive(state) && areSame(this.#shown.findings, findings)) return;
    this.#shown = { findings, isLive: isLive(state) };
    this.#list.hidden = findings.length === 0;
    render(
      findings.map((finding) => this.#item(finding, run.status)),
      this.#list,
    );
    this.#frame.setTable(findings.map(({ code, message }) => `${code}: ${message}`).join('\n'), () => ({
      caption: translate`Findings`,
      columns: [translate`update`, translate`level`, translate`key`, translate`code`, translate`finding`],
      rows: findings.map(({ update, level, keyPath, code, message }) => [
        update,
        translateMessage(level),
        keyPath.join('.'),
        code,
        translateMessage(message),
      ]),
    }));
  }

  #updateBefore({ status, info }: ShownRun): void {
    const { beforeFix: before } = status;
    this.#before.hidden = before === undefined;
    const { requests } = this;
    const canCompare = requests !== undefined && before?.folder !== undefined && info.folder !== null;
    const compare = (): void => {
      requests?.command('compareBeforeFix');
    };
    render(before && beforeFixTemplate(before, status, canCompare ? compare : undefined), this.#before);
  }

  #item(finding: Finding, { nonFinite, state }: ShownRun['status']): TemplateResult {
    const { level, when, update, keyPath, message, code, bestUpdate } = finding;
    const isDivergence = code === 'nonFinite' && nonFinite !== undefined;
    const where = isDivergence
      ? this.#divergenceButtons(nonFinite)
      : when === 'start'
        ? nothing
        : [
            ...(bestUpdate === undefined
              ? []
              : [this.#updateButton(bestUpdate, translate`At its best: update ${formatExact(bestUpdate)}`)]),
            this.#updateButton(update),
          ];
    return html`<li class="finding ${level}">
      <div class="finding-head">
        <span class="finding-level">${translateMessage(level)}</span> ${translate`at`}
        <code>${keyPath.join('.')}</code>${where}
      </div>
      <p class="finding-text">${translateMessage(message)}</p>
      ${isLive(state) ? nothing : this.#fixes(finding)}
    </li>`;
  }

  /** Buttons for the remedies: each changes the experiment and trains again, or keeps it and adds a variant. */
  #fixes({ code, remedies = [] }: Finding): TemplateResult | typeof nothing {
    const { requests } = this;
    if (requests === undefined || remedies.length === 0) return nothing;
    const buttons = remedies.flatMap((remedy, index) =>
      [
        {
          use: 'train',
          label: translate`${formatRemedy(remedy)} and train again`,
          hint: translate`Changes these keys of the experiment`,
        },
        {
          use: 'variant',
          label: translate`Add as a variant`,
          hint: translate`Keeps the experiment, and adds a variant: ${formatRemedy(remedy)}`,
        },
      ].map(({ use, label, hint }) =>
        buttonTemplate({
          label,
          hint,
          onPress: () => {
            requests.applyRemedy({ code, remedy: index, use: use === 'train' ? 'train' : 'variant' });
          },
        }),
      ),
    );
    return html`<div class="finding-fixes">${buttons}</div>`;
  }

  /** Selects where a divergence began, and the last update before its end. */
  #divergenceButtons({ began, update }: NonFiniteLocation): readonly TemplateResult[] {
    const last = update - 1;
    return [
      ...(began === undefined || began >= last
        ? []
        : [this.#updateButton(began, translate`Where it began: update ${formatExact(began)}`)]),
      ...(last < 0 ? [] : [this.#updateButton(last, translate`Just before the end: update ${formatExact(last)}`)]),
    ];
  }

  /** Selects the update of a finding. */
  #updateButton(update: number, label = translate`Update ${formatExact(update)}`): TemplateResult {
    return buttonTemplate({
      label,
      hint: translate`Select this update in all pictures`,
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

function summary({ status, info }: ShownRun): string {
  const not = whyNotDiagnosed(info);
  if (not !== undefined) return not;
  const { findings, state, beforeFix: before } = status;
  if (before !== undefined) return formatFixed(before, status);
  if (findings.length > 0)
    return translate`${formatFindings(findings)}: what was measured, the threshold, and what may help.`;
  return isLive(state)
    ? translate`No findings so far. Losses, norms, gates and updates are checked for known problems every 20 updates.`
    : translate`No findings in this run.`;
}
