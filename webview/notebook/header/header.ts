import { html, nothing, render, type TemplateResult } from 'lit-html';
import { pendingLabels, stateLabels, type RunInfo, type RunStatus, type SaveState } from '../../../src/protocol/run';
import { formatDuration, formatNumber, formatCount, formatShortNumber, formatDone } from '../../../src/text/numbers';
import type { Pace } from '../../../src/protocol/pace';
import type { Finding } from '../../../src/diagnosis/finding';
import type { PanelTarget, RemedyRequest } from '../../../src/protocol/panel';
import type { Model } from '../../store/model';
import { pendingCommandOf } from '../../store/pendingCommand';
import { buttonTemplate } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import { formatFindings } from '../diagnosis/diagnosisCell';
import { notationIn } from '../../ui/notationTemplate';
import { numberField, positiveNumbers } from '../../ui/numberField';
import { EntryChoice, formatState } from './entryChoice';
import { outcomeOf, outcomeTemplate } from './outcome';
import { paceControl, type PaceControl } from './paceControl';
import { runButtons, shownState, type RunButtonCommands, type ShownState } from './runButtons';
import { translate, translateMessage } from '../../../src/text/translate';
import './header.css';

/** The commands of the header. */
export interface HeaderCommands extends RunButtonCommands {
  readonly select: (target: PanelTarget) => void;
  readonly setLearningRate: (rate: number) => void;
  readonly setPace: (pace: Pace) => void;
  /** Scrolls to the diagnosis. */
  readonly showDiagnosis: () => void;
  /** Selects an update in all pictures. */
  readonly selectUpdate: (update: number) => void;
  /** Applies a remedy of a finding to the experiment. */
  readonly applyRemedy: (request: RemedyRequest) => void;
}

/** The top of the notebook: the run, its progress, its commands and the notes of its experiment. */
export class Header {
  readonly element = element('header', { class: 'notebook-head' });
  readonly #rate;
  readonly #pace: PaceControl;
  readonly #entries: EntryChoice;
  #areNotesOpen = false;
  #model: Model | undefined;

  constructor(readonly commands: HeaderCommands) {
    this.#rate = numberField(translate`learning rate`, positiveNumbers, commands.setLearningRate, formatShortNumber);
    this.#pace = paceControl(commands.setPace);
    this.#entries = new EntryChoice(commands.select);
  }

  update(model: Model): void {
    this.#model = model;
    const { isReady, title, run, message = '' } = model;
    const state = shownState(model);
    // Before the host's first answer it is unknown whether there is anything to train.
    this.element.hidden = !isReady;
    setAttribute(this.element, 'data-state', state);
    const canChangeRate = state === 'running' || state === 'paused';
    this.#rate.element.hidden = !this.commands.hasCommands || !canChangeRate;
    this.#rate.update(run?.status.learningRate, canChangeRate);
    this.#pace.update(model);
    if (!this.commands.hasCommands) this.#pace.element.hidden = true;
    this.#entries.update(model);
    const isBad = state === 'diverged' || state === 'failed' || state === 'refused' || isUnsaved(run?.status.saved);
    // Equal places keep their elements, and with them the focus.
    render(
      html`<div class="head-row">
          <h1 title=${title}>${title}</h1>
          ${this.#findings(run?.status.findings ?? [])}
        </div>
        ${this.#entries.element}
        <div class="head-row">
          <span class="progress" role="status" aria-live="off">${progressText(model, state)}</span>
          <div class="head-buttons">
            ${runButtons(model, this.commands).map(buttonTemplate)}${this.#pace.element}${this.#rate.element}
          </div>
        </div>
        <p class=${isBad ? 'message bad' : 'message'} role="alert" ?hidden=${message === ''}>
          ${translateMessage(message)}
        </p>
        ${this.#outcome(run?.status)} ${this.#notes(run?.info.notes ?? '')}`,
      this.element,
    );
  }

  #outcome(status: RunStatus | undefined): TemplateResult | typeof nothing {
    const outcome = status && outcomeOf(status);
    if (outcome === undefined) return nothing;
    const { hasCommands, selectUpdate, applyRemedy } = this.commands;
    return outcomeTemplate(outcome, { selectUpdate, applyRemedy: hasCommands ? applyRemedy : undefined });
  }

  #findings(findings: readonly Finding[]): TemplateResult {
    return html`<button
      class="findings-button"
      title=${translate`Show the diagnosis of this run`}
      ?hidden=${findings.length === 0}
      @click=${this.commands.showDiagnosis}
    >
      <span>${formatFindings(findings)}</span>
    </button>`;
  }

  /** The notes of the experiment: one line, and all of them where they are opened. */
  #notes(notes: string): TemplateResult {
    const toggle = (): void => {
      this.#areNotesOpen = !this.#areNotesOpen;
      if (this.#model !== undefined) this.update(this.#model);
    };
    const isOpen = this.#areNotesOpen;
    return html`<div class=${isOpen ? 'notes open' : 'notes'} ?hidden=${notes === ''}>
      <p id="notes">${notationIn(notes)}</p>
      <button class="text-button" aria-expanded=${String(isOpen)} aria-controls="notes" @click=${toggle}>
        ${isOpen ? translate`less` : translate`more`}
      </button>
    </div>`;
  }
}

function progressText({ began, run, sent }: Model, state: ShownState): string {
  const pending = pendingCommandOf({ sent, run });
  const reached =
    run === undefined
      ? formatState(state)
      : formatProgress(run.status, run.info, pending === undefined ? undefined : pendingLabels[pending]);
  return began === '' ? reached : translate`${reached} · started ${began}`;
}

function isUnsaved(saved: SaveState | undefined): boolean {
  return saved === 'waiting' || saved === 'cut' || saved === 'gone';
}

function formatProgress(
  { state, updates, updatesPerSecond, secondsLeft, queuePosition: place }: RunStatus,
  { plannedUpdates, imported }: Pick<RunInfo, 'plannedUpdates' | 'imported'>,
  pending: string | undefined,
): string {
  // What a log counts may be epochs.
  const unit = imported === undefined ? 'update' : 'step';
  if (place !== undefined)
    return `${stateLabels[state]}, ${place === 1 ? translate`next in queue` : translate`position ${place} in queue`}`;
  const parts = [
    `${pending ?? stateLabels[state]} ${formatDone(updates, plannedUpdates, ' / ', (count) => formatCount(count, unit))}`,
    ...(updatesPerSecond === undefined ? [] : [translate`${formatNumber(updatesPerSecond)} updates/s`]),
    ...(secondsLeft === undefined ? [] : [translate`${formatDuration(secondsLeft)} left`]),
  ];
  return parts.join(' · ');
}
