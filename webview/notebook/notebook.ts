import { formatPercentage } from '../../src/text/numbers';
import { html, render } from 'lit-html';
import { fewestUpdates, trainingAxis } from '../plot/trainingAxis';
import { SharedZoom } from '../plot/zoom';
import { selectedEntry, type Model, type ShownRun } from '../store/model';
import type { PanelCommand } from '../../src/protocol/panel';
import type { RequestReplay } from '../../src/protocol/replayRequests';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import { buttonTemplate, choice } from '../ui/controls';
import { element } from '../ui/element';
import { toggled, type NotebookCell, type ToggleCell } from './cell/cellFrame';
import { cellPresets, presetOf } from './cellPresets';
import { clippingCell } from './clipping/clippingCell';
import { DiagnosisCell } from './diagnosis/diagnosisCell';
import { gatesCell } from './gates/gatesCell';
import { gradientCell } from './gradient/gradientCell';
import { horizonCell } from './horizon/horizonCell';
import { KeyHelp } from '../ui/keyHelp';
import { Header, type HeaderCommands } from './header/header';
import { lossCell } from './loss/lossCell';
import { CompactState } from './header/compactState';
import { Outline, type OutlineEntry } from './header/outline';
import { focusCell } from './focusCell';
import { listenForKeys } from './notebookKeys';
import { DeclaredCell } from './cell/declaredCell';
import { openCellTitles } from './openCells';
import { Presenting } from './presenting';
import { parameterGradientCell } from './parameterGradient/parameterGradientCell';
import { trainingTime } from './timeAxis';
import { RunCell } from './run/runCell';
import { SelectionBar } from './header/selectionBar';
import { SequenceGroup } from './sequenceGroup';
import { VisibilityScheduler } from './cell/visibilityScheduler';
import { validationCell } from './validation/validationCell';
import { updateRatioCell } from './updateRatio/updateRatioCell';
import { translate } from '../../src/text/translate';

/** What the notebook asks of its host. */
export interface NotebookRequests extends Omit<HeaderCommands, 'showDiagnosis' | 'selectUpdate'> {
  /** Saves the predictions at an update in a file that the user chooses. */
  readonly savePredictions: (update: number) => Promise<void>;
}

/** The whole panel: header, selection, and the cells of training time and sequence time, each with one shared axis. */
export class Notebook {
  readonly #header: Header;
  readonly #compact: CompactState;
  readonly #selection: SelectionBar;
  readonly #outline: Outline;
  readonly #entries: readonly OutlineEntry[];
  readonly #presenting: Presenting;
  readonly #progress = element('div', { class: 'progress-bar', 'aria-hidden': 'true' });
  readonly #zoom: SharedZoom;
  readonly #scheduler: VisibilityScheduler<NotebookCell>;
  readonly #sequence: SequenceGroup;
  readonly #run: RunCell;
  readonly #preset = choice<string>(translate`Cells`, (name) => {
    const folded = cellPresets.find((preset) => preset.name === name)?.folded;
    if (folded !== undefined) this.store.dispatch({ kind: 'viewChanged', view: { folded } });
  });
  readonly #group: HTMLElement;
  readonly #empty = element('div', { class: 'empty' });
  readonly #hasCommands: boolean;
  readonly #openExperiment: () => void;

  constructor(
    readonly root: HTMLElement,
    readonly store: Store,
    requests: NotebookRequests,
    request: RequestReplay,
  ) {
    const help = new KeyHelp();
    const openHelp = (): void => {
      help.open();
    };
    this.#zoom = new SharedZoom(fewestUpdates, (range) => {
      store.dispatch({ kind: 'viewChanged', view: { range } });
    });
    this.#selection = new SelectionBar(store, this.#zoom, openHelp);
    const toggle: ToggleCell = (part, title) => {
      store.dispatch({ kind: 'viewChanged', view: toggled(store.model.view, part, title) });
    };
    const diagnosis = new DiagnosisCell(store, toggle, requests.hasCommands ? requests : undefined);
    const commands: HeaderCommands = {
      ...requests,
      showDiagnosis: () => {
        this.#jump(diagnosis);
      },
      selectUpdate: (update) => {
        store.dispatch({ kind: 'viewChanged', view: { selection: { update, t: undefined } } });
      },
    };
    this.#header = new Header(commands);
    this.#compact = new CompactState(commands);
    const save = requests.hasCommands ? requests.savePredictions : undefined;
    const context = { store, zoom: this.#zoom, request, toggle, savePredictions: save };
    const cells: readonly NotebookCell[] = [
      new DeclaredCell(lossCell, trainingTime, context),
      new DeclaredCell(gradientCell, trainingTime, context),
      new DeclaredCell(clippingCell, trainingTime, context),
      new DeclaredCell(updateRatioCell, trainingTime, context),
      new DeclaredCell(horizonCell, trainingTime, context),
      diagnosis,
      new DeclaredCell(gatesCell, trainingTime, context),
      new DeclaredCell(parameterGradientCell, trainingTime, context),
      new DeclaredCell(validationCell, trainingTime, context),
    ];
    const press = (command: PanelCommand) => (): void => {
      requests.command(command);
    };
    const runCommands = { reveal: press('revealRun'), share: press('shareRun'), copyLink: press('copyLink') };
    this.#run = new RunCell(toggle, requests.hasCommands ? runCommands : undefined);
    this.#scheduler = new VisibilityScheduler([...cells, this.#run]);
    this.#sequence = new SequenceGroup(store, request, toggle, save);
    this.#group = element(
      'div',
      { class: 'group', role: 'group', 'aria-label': translate`Training time` },
      element('h2', { class: 'group-title' }, translate`Training time — x: update`),
      ...cells.map((cell) => cell.element),
    );
    this.#entries = [...cells, ...this.#sequence.cells, this.#run];
    this.#outline = new Outline(
      [
        {
          label: translate`Training`,
          hint: translate`Training time: x is the update`,
          element: this.#group,
          entries: cells,
        },
        {
          label: translate`This update`,
          hint: translate`Sequence time: walk through the selected update, x is the time step`,
          element: this.#sequence.element,
          entries: [...this.#sequence.cells, this.#run],
        },
      ],
      (entry, onArrived) => {
        this.#jump(entry, onArrived);
      },
      (group) => {
        // The first group begins below the header, which belongs on the screen with it.
        if (group.element === this.#group) scrollTo(0, 0);
        else group.element.scrollIntoView();
      },
    );
    this.#hasCommands = requests.hasCommands;
    this.#openExperiment = () => {
      requests.command('openExperiment');
    };
    this.#presenting = new Presenting(
      this.#entries,
      () => store.model.view,
      (presented) => {
        store.dispatch({ kind: 'viewChanged', view: { presented } });
      },
    );
    this.#presenting.listenForKeys(document.body);
    listenForKeys(document.body, store, openHelp, requests.setPace);
    const bar = element(
      'div',
      { class: 'sticky-row' },
      this.#selection.element,
      element('div', { class: 'preset' }, this.#preset.element),
      this.#compact.element,
    );
    const sticky = element(
      'div',
      { class: 'sticky' },
      bar,
      this.#outline.element,
      this.#progress,
      this.#selection.track,
    );
    this.#followScrolling(sticky);
    root.append(
      help.element,
      this.#header.element,
      sticky,
      this.#empty,
      this.#group,
      this.#sequence.element,
      this.#run.element,
    );
  }

  /** Goes to the cell that a person chose: unfolds it, scrolls to it and moves the focus there. */
  #jump(entry: OutlineEntry, onArrived?: () => void): void {
    this.#scrollTo(entry, () => {
      focusCell(entry.element);
      onArrived?.();
    });
  }

  /** Unfolds a cell and scrolls to it; the focus stays where it is. */
  #scrollTo({ title, element: cell }: OutlineEntry, onArrived?: () => void): void {
    const { view } = this.store.model;
    const show = (): void => {
      cell.scrollIntoView();
      onArrived?.();
    };
    if (!view.folded.includes(title)) {
      show();
      return;
    }
    this.store.dispatch({ kind: 'viewChanged', view: toggled(view, 'folded', title) });
    // The next frame draws the unfolded cell: before, the page may be too short to scroll to it.
    requestAnimationFrame(() => requestAnimationFrame(show));
  }

  /** The sticky bar holds what the header does once that is out of view, and what is scrolled to stops below it. */
  #followScrolling(sticky: HTMLElement): void {
    new ResizeObserver(() => {
      document.documentElement.style.scrollPaddingTop = `${sticky.offsetHeight + this.#selection.track.offsetHeight}px`;
    }).observe(sticky);
    new IntersectionObserver(([entry]) => {
      const isScrolled = entry !== undefined && !entry.isIntersecting;
      sticky.classList.toggle('scrolled', isScrolled);
      this.#compact.show(isScrolled);
    }).observe(this.#header.element);
  }

  update(model: Model, theme: Theme): void {
    this.#presenting.update(model.view);
    const axis = trainingAxis(model, this.root.clientWidth);
    this.#header.update(model);
    this.#compact.update(model);
    this.#selection.update(model, axis, theme);
    this.#outline.show(model.run !== undefined);
    render(html`<div .style=${`transform: scaleX(${progressShare(model.run)})`}></div>`, this.#progress);
    this.#group.hidden = model.run === undefined;
    const preset = presetOf(model.view.folded);
    this.#preset.setOptions(
      [
        ...cellPresets.map(({ name, label }) => ({ value: name, label })),
        ...(preset === undefined ? [{ value: 'own', label: translate`My selection` }] : []),
      ],
      preset?.name ?? 'own',
    );
    this.#empty.hidden = model.run !== undefined;
    const open = {
      label: translate`Open the experiment`,
      isHidden: !model.isReady || !this.#hasCommands,
      onPress: this.#openExperiment,
    };
    render(
      html`<p>${emptyText(model)}</p>
        ${buttonTemplate(open)}`,
      this.#empty,
    );
    this.#scheduler.draw((cell) => {
      cell.update({ model, axis, theme });
    });
    this.#run.element.hidden = model.run === undefined;
    this.#sequence.update(model, theme, this.root.clientWidth);
    this.#zoom.follow(axis);
    this.#openCell(model);
    for (const { title, element: cell } of this.#entries) {
      cell.classList.toggle('marked', model.markedCell !== undefined && title === openCellTitles[model.markedCell]);
    }
  }

  /** Goes to the cell that the experiment names, once its run is there. */
  #openCell({ openCell, run }: Model): void {
    if (openCell === undefined || run === undefined) return;
    const entry = this.#entries.find(({ title }) => title === openCellTitles[openCell]);
    // The cells of sequence time are there once the update has been replayed.
    if (entry !== undefined && entry.element.offsetParent === null) return;
    this.store.dispatch({ kind: 'cellOpened' });
    // Nobody pressed a key or a button of this page for it: the keyboard stays where it is.
    if (entry !== undefined) this.#scrollTo(entry);
  }
}

/** The share of the planned updates that are done, at most 1. */
function progressShare(run: ShownRun | undefined): number {
  if (run === undefined || run.status.updates === 0) return 0;
  return Math.min(1, run.status.updates / run.info.plannedUpdates);
}

function emptyText(model: Model): string {
  const { isReady } = model;
  const { state, reading } = selectedEntry(model) ?? {};
  if (!isReady) return translate`Loading run…`;
  if (state === 'preparing' && reading !== undefined) return translate`Reading the data: ${formatPercentage(reading)}`;
  if (state === 'preparing') return translate`Reading the data and building the network…`;
  if (state === 'waiting') return translate`Waiting for other runs to finish.`;
  if (state === 'paused') return translate`Paused before its start. Resume starts it.`;
  if (state === 'running') return translate`Waiting for the first update…`;
  return translate`The loss, the gradient at every time step and every clipping event will appear here. Press ▶ Train to start.`;
}
