import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { TrainingAxis } from '../../plot/trainingAxis';
import { TrainingSurface } from '../../plot/trainingSurface';
import type { SharedZoom } from '../../plot/zoom';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun, View } from '../../store/model';
import { pageClock, RunPlayback } from '../../store/runPlayback';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { buttonTemplate, type ButtonSpec } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import { isMotionReduced } from '../unrolled/unrollingAnimation';
import { ClipTicks } from '../clipping/clipTicks';
import { columnAtUpdate, meanLoss } from '../loss/lossCurves';
import { translate } from '../../../src/text/translate';
import './selectionBar.css';

/** The selected update and step, shared by all cells. */
export class SelectionBar {
  readonly element = element('div', { class: 'selection-bar', role: 'group', 'aria-label': translate`Selection` });
  /** All updates in little height, for when the pictures of training time are scrolled out of view. */
  readonly track: HTMLElement;
  readonly #playback: RunPlayback;
  readonly #surface: TrainingSurface;
  readonly #ticks = new ClipTicks();
  readonly #update;
  readonly #step;

  /** @param openHelp shows the list of keys */
  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    readonly openHelp: () => void,
  ) {
    this.#playback = new RunPlayback(store, pageClock(isMotionReduced));
    this.#surface = new TrainingSurface(store, zoom, translate`Clipped updates`);
    this.track = element(
      'div',
      { class: 'selection-track', title: translate`Select an update. Ticks: clipped updates` },
      this.#ticks.element,
      this.#surface.element,
    );
    this.#update = numberField(
      translate`update`,
      wholeNumbersTo(() => Math.max(0, (store.model.run?.status.updates ?? 1) - 1)),
      (value) => {
        this.#select(value);
      },
    );
    this.#step = numberField(
      translate`step t`,
      wholeNumbersTo(() => (store.model.run?.info.layout.steps ?? 1) - 1),
      (value) => {
        this.#select(this.#current(), value);
      },
    );
  }

  update({ run, view }: Model, axis: TrainingAxis, theme: Theme): void {
    this.element.hidden = run === undefined;
    if (run === undefined) return;
    const hasUpdates = run.status.updates > 0;
    this.#update.update(hasUpdates ? this.#current() : undefined, hasUpdates);
    this.#step.update(view.selection?.t, hasUpdates);
    this.#ticks.update(run.version, visibleSeries(run, axis.domain), axis, theme);
    this.#surface.update(axis, undefined);
    const [previous, next, play, ...others] = this.#buttons(view, run.status.updates).map(buttonTemplate);
    // Screen readers announce the last line whenever another update or step is selected.
    render(
      html`<div class="selection-fields">
          ${previous}${this.#update.element}${next}${play}${this.#speed()}${this.#step.element}${others}
        </div>
        <div class="screen-reader-only" role="status">
          ${this.#playback.isPlaying ? '' : announcementOf(run, view)}
        </div>`,
      this.element,
    );
  }

  #buttons({ selection, range }: View, updates: number): readonly ButtonSpec[] {
    const playback = this.#playback;
    const move = (by: number) => () => {
      this.#select(this.#current() + by);
    };
    const show = (view: Partial<View>) => () => {
      this.store.dispatch({ kind: 'viewChanged', view });
    };
    return [
      { label: translate`Previous update`, icon: 'previous', appearance: 'icon', onPress: move(-1) },
      { label: translate`Next update`, icon: 'next', appearance: 'icon', onPress: move(1) },
      playback.isPlaying
        ? {
            label: translate`Stop playing`,
            icon: 'pause',
            appearance: 'icon',
            onPress: () => {
              playback.stop();
            },
          }
        : {
            label: translate`Play the run`,
            hint: translate`Play the run: move through its updates, in all pictures`,
            icon: 'play',
            appearance: 'icon',
            isEnabled: updates > 1,
            onPress: () => {
              playback.start();
            },
          },
      {
        label: translate`Latest`,
        hint: translate`Latest: follow the latest update (Esc)`,
        icon: 'latest',
        appearance: 'icon',
        isEnabled: selection !== undefined,
        onPress: show({ selection: undefined }),
      },
      {
        label: translate`Show all`,
        hint: translate`Show all updates (0)`,
        icon: 'fit',
        appearance: 'icon',
        isEnabled: range !== undefined,
        onPress: show({ range: undefined }),
      },
      {
        label: translate`Keys`,
        hint: translate`Keyboard shortcuts (?)`,
        icon: 'keys',
        appearance: 'icon',
        onPress: this.openHelp,
      },
    ];
  }

  /** While the run plays, its speed. */
  #speed(): TemplateResult | typeof nothing {
    const { isPlaying, speed } = this.#playback;
    if (!isPlaying) return nothing;
    return html`<button
      class="text-button"
      title=${translate`Change the speed`}
      aria-label=${translate`${speed}× speed; change it`}
      @click=${() => {
        this.#playback.changeSpeed();
      }}
    >
      ${speed}×
    </button>`;
  }

  #current(): number {
    const { run, view } = this.store.model;
    return view.selection?.update ?? Math.max(0, (run?.status.updates ?? 1) - 1);
  }

  #select(update: number, t = this.store.model.view.selection?.t): void {
    const { run } = this.store.model;
    if (run === undefined) return;
    const bounded = Math.max(0, Math.min(run.status.updates - 1, update));
    const step = t === undefined ? undefined : Math.max(0, Math.min(run.info.layout.steps - 1, t));
    this.store.dispatch({ kind: 'viewChanged', view: { selection: { update: bounded, t: step } } });
  }
}

/** The selection as text, with its loss and, for a step, the gradient there. */
function announcementOf(run: ShownRun, { selection, layer }: View): string {
  if (selection === undefined) return '';
  const { update, t } = selection;
  const series = seriesAt(run, update);
  const loss = translate`Update ${formatExact(update)} selected, L = ${formatNumber(meanLoss(series, columnAtUpdate(series, update)))}`;
  if (t === undefined || series.heat.count === 0) return `${loss}.`;
  const norm = series.heat.column('dh', series.heat.columnAt(update))[layer * run.info.layout.steps + t] ?? NaN;
  return translate`${loss}; step ${t}, gradient norm ${formatNumber(norm)}.`;
}
