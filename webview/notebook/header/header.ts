import { html, render, type TemplateResult } from 'lit-html';
import {
  isLive,
  isResumable,
  stateLabels,
  type SaveState,
  type RunState,
  type RunStatus,
} from '../../../src/protocol/run';
import { formatDuration, formatNumber, formatCount, formatShortNumber, formatExact } from '../../../src/text/numbers';
import type { PanelCommand, PanelEntry } from '../../../src/protocol/panel';
import type { Finding } from '../../../src/diagnosis/finding';
import type { Model, ShownRun } from '../../store/model';
import { buttonTemplate, type ButtonSpec } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import { formatFindings } from '../diagnosis/diagnosisCell';
import { numberField, positiveNumbers } from '../../ui/numberField';
import './header.css';

/** The commands of the header. */
export interface HeaderCommands {
  /** Whether there is a host that runs commands. */
  readonly hasCommands: boolean;
  readonly command: (command: PanelCommand) => void;
  readonly select: (variant: string | undefined) => void;
  readonly setLearningRate: (rate: number) => void;
  /** Selects the last update with finite numbers, at the step where the next one turned non-finite. */
  readonly selectLastFinite: () => void;
  /** Scrolls to the diagnosis. */
  readonly showDiagnosis: () => void;
}

const labelOf = (state: RunState | 'untrained'): string => (state === 'untrained' ? 'not trained' : stateLabels[state]);

/** The sticky header of the notebook: the run, its progress, and its commands. */
export class Header {
  readonly element = element('header', { class: 'notebook-head' });
  readonly #rate;

  constructor(readonly commands: HeaderCommands) {
    this.#rate = numberField('learning rate', positiveNumbers, commands.setLearningRate, formatShortNumber);
  }

  update(model: Model): void {
    const { isReady, title, entries, variant, run, message = '' } = model;
    const state = run?.status.state ?? entries.find((entry) => entry.variant === variant)?.state ?? 'untrained';
    // Before the host's first answer it is unknown whether there is anything to train.
    this.element.hidden = !isReady;
    setAttribute(this.element, 'data-state', state);
    this.#rate.element.hidden = !this.commands.hasCommands || state === 'untrained' || !isLive(state);
    this.#rate.update(run?.status.learningRate, state === 'running' || state === 'paused');
    const isBad = state === 'diverged' || state === 'failed' || state === 'refused' || isUnsaved(run?.status.saved);
    // Equal places keep their elements, and with them the focus.
    render(
      html`<div class="head-row">
          <h1>${title}</h1>
          <div class="entries" role="group" aria-label="Runs of this experiment" ?hidden=${entries.length < 2}>
            ${entries.map((entry) => this.#entry(entry, entry.variant === variant))}
          </div>
        </div>
        <div class="head-row">
          <span class="progress" role="status" aria-live="off">${progressText(model, state)}</span>
          ${this.#findings(run?.status.findings ?? [])}
        </div>
        <div class="head-row">
          <div class="head-buttons">${this.#shownButtons(model, state).map(buttonTemplate)}${this.#rate.element}</div>
        </div>
        <div class="progress-bar" aria-hidden="true">
          <div .style=${`transform: scaleX(${progressShare(run)})`}></div>
        </div>
        <p class=${isBad ? 'message bad' : 'message'} role="alert" ?hidden=${message === ''}>${message}</p>`,
      this.element,
    );
  }

  #shownButtons(model: Model, state: RunState | 'untrained'): readonly ButtonSpec[] {
    const { hasCommands, selectLastFinite } = this.commands;
    return this.#buttons(model, state).filter(({ onPress }) => hasCommands || onPress === selectLastFinite);
  }

  #buttons({ folder, fileName, run }: Model, state: RunState | 'untrained'): readonly ButtonSpec[] {
    const press = (command: PanelCommand) => () => {
      this.commands.command(command);
    };
    const isAlive = state !== 'untrained' && isLive(state);
    const isStored = typeof run?.info.folder === 'string';
    const isResumableRun = state !== 'untrained' && isResumable(state, run?.status.saved) && isStored;
    const hasLastFinite = run?.status.nonFinite !== undefined && run.status.updates > 0 && isStored;
    return [
      {
        ...(folder === undefined
          ? { label: 'Train' }
          : { label: `Train ${fileName}`, hint: `Train the current ${fileName}; it may have changed since this run` }),
        icon: 'play',
        appearance: 'primary',
        // A stored run whose experiment file is gone has only its own run.json and can't be trained.
        isHidden: isAlive || state === 'elsewhere' || fileName === 'run.json',
        onPress: press('train'),
      },
      { label: 'Pause', icon: 'pause', isHidden: state !== 'running', onPress: press('pause') },
      { label: 'Resume', icon: 'play', isHidden: state !== 'paused', onPress: press('resume') },
      {
        label: 'Resume run',
        hint: 'Resume from the latest checkpoint',
        icon: 'play',
        isHidden: !isResumableRun,
        onPress: press('resumeRun'),
      },
      {
        label: 'Step',
        icon: 'step',
        isHidden: !isAlive,
        isEnabled: state === 'running' || state === 'paused',
        onPress: press('step'),
      },
      { label: 'Stop', icon: 'stop', isHidden: !isAlive, onPress: press('stop') },
      {
        label: 'Replay last finite update',
        hint: 'Replay the last update in which every number is finite',
        icon: 'previous',
        isHidden: !hasLastFinite,
        onPress: this.commands.selectLastFinite,
      },
    ];
  }

  #findings(findings: readonly Finding[]): TemplateResult {
    return html`<button
      class="findings-button"
      title="Show the diagnosis of this run"
      ?hidden=${findings.length === 0}
      @click=${this.commands.showDiagnosis}
    >
      <span>${formatFindings(findings)}</span>
    </button>`;
  }

  #entry({ variant, label, state }: PanelEntry, isSelected: boolean): TemplateResult {
    return html`<button
      class="entry"
      aria-pressed=${String(isSelected)}
      data-state=${state}
      title=${`${label}: ${labelOf(state)}`}
      @click=${() => {
        this.commands.select(variant);
      }}
    >
      <span class="entry-dot" aria-hidden="true">${isSelected ? '●' : '○'}</span>${label}
    </button>`;
  }
}

function progressText({ began, run }: Model, state: RunState | 'untrained'): string {
  const reached = run === undefined ? labelOf(state) : formatProgress(run.status, run.info.plannedUpdates);
  return began === '' ? reached : `${reached} · started ${began}`;
}

/** The share of the planned updates that are done, at most 1. */
function progressShare(run: ShownRun | undefined): number {
  return run === undefined ? 0 : Math.min(1, run.status.updates / run.info.plannedUpdates);
}

function isUnsaved(saved: SaveState | undefined): boolean {
  return saved === 'waiting' || saved === 'cut' || saved === 'gone';
}

function formatProgress(
  { state, updates, updatesPerSecond, secondsLeft, queuePosition: place }: RunStatus,
  planned: number,
): string {
  if (place !== undefined)
    return `${stateLabels[state]}, ${place === 1 ? 'next in queue' : `position ${place} in queue`}`;
  const parts = [
    `${stateLabels[state]} ${formatExact(updates)} / ${formatCount(planned, 'update')}`,
    ...(updatesPerSecond === undefined ? [] : [`${formatNumber(updatesPerSecond)} updates/s`]),
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`]),
  ];
  return parts.join(' · ');
}
