import { html, render } from 'lit-html';
import {
  isLive,
  isResumable,
  stateLabels,
  type SaveState,
  type RunState,
  type RunStatus,
} from '../../src/protocol/run';
import { formatDuration, formatNumber, formatCount, formatShortNumber, formatExact } from '../../src/text/numbers';
import type { PanelCommand, PanelEntry } from '../../src/protocol/panel';
import type { Model } from '../store/model';
import { button, relabel, setEnabled } from '../ui/controls';
import { element, setAttribute, setText } from '../ui/element';
import { formatFindings } from './diagnosis/diagnosisCell';
import { numberField, positiveNumbers } from '../ui/numberField';
import './header.css';

/** The commands of the header. */
export interface HeaderCommands {
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
  readonly #title = element('h1');
  readonly #entries = element('div', { class: 'entries', role: 'group', 'aria-label': 'Runs of this experiment' });
  readonly #progress = element('span', { class: 'progress', role: 'status', 'aria-live': 'off' });
  readonly #bar = element('div', { class: 'progress-bar', 'aria-hidden': 'true' }, element('div'));
  readonly #message = element('p', { class: 'message', role: 'alert' });
  readonly #train;
  readonly #pause;
  readonly #resume;
  readonly #resumeRun;
  readonly #step;
  readonly #stop;
  readonly #inspectLastFinite;
  readonly #rate;
  readonly #findings;
  readonly #findingsText = element('span');
  #shownEntries = '';

  constructor(readonly commands: HeaderCommands) {
    const press = (command: PanelCommand) => () => {
      commands.command(command);
    };
    this.#train = button({ label: 'Train', icon: 'play', appearance: 'primary', onPress: press('train') });
    this.#pause = button({ label: 'Pause', icon: 'pause', onPress: press('pause') });
    this.#resume = button({ label: 'Resume', icon: 'play', onPress: press('resume') });
    this.#resumeRun = button({
      label: 'Resume run',
      hint: 'Resume from the latest checkpoint',
      icon: 'play',
      onPress: press('resumeRun'),
    });
    this.#step = button({ label: 'Step', icon: 'step', onPress: press('step') });
    this.#stop = button({ label: 'Stop', icon: 'stop', onPress: press('stop') });
    this.#rate = numberField('learning rate', positiveNumbers, commands.setLearningRate, formatShortNumber);
    this.#inspectLastFinite = button({
      label: 'Replay last finite update',
      hint: 'Replay the last update in which every number is finite',
      icon: 'previous',
      onPress: commands.selectLastFinite,
    });
    this.#findings = element(
      'button',
      { class: 'findings-button', title: 'Show the diagnosis of this run' },
      this.#findingsText,
    );
    this.#findings.addEventListener('click', commands.showDiagnosis);
    this.element.append(
      element('div', { class: 'head-row' }, this.#title, this.#entries),
      element('div', { class: 'head-row' }, this.#progress, this.#findings),
      element(
        'div',
        { class: 'head-row' },
        element(
          'div',
          { class: 'head-buttons' },
          this.#train,
          this.#pause,
          this.#resume,
          this.#resumeRun,
          this.#step,
          this.#stop,
          this.#inspectLastFinite,
          this.#rate.element,
        ),
      ),
      this.#bar,
      this.#message,
    );
  }

  update({ isReady, title, folder, began, fileName, entries, variant, run, message }: Model): void {
    // Before the host's first answer it is unknown whether there is anything to train.
    this.element.hidden = !isReady;
    setText(this.#title, title);
    this.#showEntries(entries, variant);
    const state = run?.status.state ?? entries.find((entry) => entry.variant === variant)?.state ?? 'untrained';
    const isAlive = state !== 'untrained' && isLive(state);
    // A stored run whose experiment file is gone has only its own run.json and can't be trained.
    this.#train.hidden = isAlive || state === 'elsewhere' || fileName === 'run.json';
    if (folder === undefined) relabel(this.#train, 'Train');
    else relabel(this.#train, `Train ${fileName}`, `Train the current ${fileName}; it may have changed since this run`);
    this.#inspectLastFinite.hidden = !(
      run?.status.nonFinite !== undefined &&
      run.status.updates > 0 &&
      typeof run.info.folder === 'string'
    );
    this.#resumeRun.hidden = !(
      state !== 'untrained' &&
      isResumable(state, run?.status.saved) &&
      typeof run?.info.folder === 'string'
    );
    this.#pause.hidden = state !== 'running';
    this.#resume.hidden = state !== 'paused';
    this.#step.hidden = !isAlive;
    this.#stop.hidden = !isAlive;
    setEnabled(this.#step, state === 'running' || state === 'paused');
    this.#rate.element.hidden = !isAlive;
    this.#rate.update(run?.status.learningRate, state === 'running' || state === 'paused');
    const found = run?.status.findings ?? [];
    this.#findings.hidden = found.length === 0;
    setText(this.#findingsText, formatFindings(found));
    const planned = run?.info.plannedUpdates;
    const reached = run === undefined ? labelOf(state) : formatProgress(run.status, planned ?? 0);
    const progress = began === '' ? reached : `${reached} · started ${began}`;
    setText(this.#progress, progress);
    const share = run === undefined || planned === undefined ? 0 : run.status.updates / planned;
    const inner = this.#bar.firstElementChild as HTMLElement;
    inner.style.transform = `scaleX(${Math.min(1, share)})`;
    setAttribute(this.element, 'data-state', state);
    const words = message ?? '';
    setText(this.#message, words);
    this.#message.hidden = words === '';
    const isBad = state === 'diverged' || state === 'failed' || isUnsaved(run?.status.saved);
    this.#message.classList.toggle('bad', isBad);
  }

  #showEntries(entries: readonly PanelEntry[], selected: string | undefined): void {
    const key = JSON.stringify([entries, selected ?? null]);
    if (key === this.#shownEntries) return;
    this.#shownEntries = key;
    this.#entries.hidden = entries.length < 2;
    // Equal places keep their elements, and with them the focus.
    render(
      entries.map(({ variant, label, state }) => {
        const isSelected = variant === selected;
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
      }),
      this.#entries,
    );
  }
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
