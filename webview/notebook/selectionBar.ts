import type { TrainingAxis } from '../plot/trainingAxis';
import { middleOfUpdate } from '../plot/trainingAxis';
import { formatExact, formatNumber } from '../../src/text/numbers';
import { seriesAt, visibleSeries } from '../store/zoomedSeries';
import type { Model, ShownRun, View } from '../store/model';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import { button, setEnabled } from '../ui/controls';
import { element, setText } from '../ui/element';
import { numberField, wholeNumbersTo } from '../ui/numberField';
import { ClipTicks } from './clipping/clippingCell';
import { columnAtUpdate, meanLoss } from './loss/lossCurves';
import './selectionBar.css';

/** The selected update and step, shared by all cells; ticks mark clipped updates. */
export class SelectionBar {
  readonly element = element('div', { class: 'selection-bar', role: 'group', 'aria-label': 'Selection' });
  readonly #ticks = new ClipTicks();
  readonly #mark = element('div', { class: 'selection-mark' });
  readonly #update;
  readonly #step;
  readonly #latest;
  readonly #all;
  /** Announced by screen readers whenever another update or step is selected. */
  readonly #announcement = element('div', { class: 'screen-reader-only', role: 'status' });

  /** @param openHelp shows the list of keys */
  constructor(
    readonly store: Store,
    openHelp: () => void,
  ) {
    const move = (by: number) => () => {
      this.#select(this.#current() + by);
    };
    const previous = button({ label: 'Previous update', icon: 'previous', appearance: 'icon', onPress: move(-1) });
    const next = button({ label: 'Next update', icon: 'next', appearance: 'icon', onPress: move(1) });
    this.#update = numberField(
      'update',
      wholeNumbersTo(() => Math.max(0, (store.model.run?.status.updates ?? 1) - 1)),
      (value) => {
        this.#select(value);
      },
    );
    this.#step = numberField(
      'step t',
      wholeNumbersTo(() => (store.model.run?.info.layout.steps ?? 1) - 1),
      (value) => {
        this.#select(this.#current(), value);
      },
    );
    this.#latest = button({
      label: 'Latest',
      hint: 'Follow the latest update (Esc)',
      onPress: () => {
        store.dispatch({ kind: 'viewChanged', view: { selection: undefined } });
      },
    });
    this.#all = button({
      label: 'Show all',
      hint: 'Show all updates (0)',
      onPress: () => {
        store.dispatch({ kind: 'viewChanged', view: { range: undefined } });
      },
    });
    const track = element('div', { class: 'selection-track' }, this.#ticks.element, this.#mark);
    track.title = 'Ticks: clipped updates';
    this.element.append(
      track,
      element(
        'div',
        { class: 'selection-fields' },
        previous,
        this.#update.element,
        next,
        this.#step.element,
        this.#latest,
        this.#all,
        button({ label: 'Keys', hint: 'Keyboard shortcuts (?)', icon: 'keys', appearance: 'icon', onPress: openHelp }),
      ),
      this.#announcement,
    );
  }

  update({ run, view }: Model, axis: TrainingAxis, theme: Theme): void {
    this.element.hidden = run === undefined;
    if (run === undefined) return;
    const hasUpdates = run.status.updates > 0;
    this.#update.update(hasUpdates ? this.#current() : undefined, hasUpdates);
    this.#step.update(view.selection?.t, hasUpdates);
    setEnabled(this.#latest, view.selection !== undefined);
    setEnabled(this.#all, view.range !== undefined);
    setText(this.#announcement, announcementOf(run, view));
    const x = middleOfUpdate(axis, this.#current());
    this.#mark.hidden = !hasUpdates || x < 0 || x > axis.width;
    this.#mark.style.transform = `translateX(${x}px)`;
    this.#ticks.update(run.version, visibleSeries(run, axis.domain), axis, theme);
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
  const loss = `Update ${formatExact(update)} selected, L = ${formatNumber(meanLoss(series, columnAtUpdate(series, update)))}`;
  if (t === undefined || series.heat.count === 0) return `${loss}.`;
  const norm = series.heat.column('dh', series.heat.columnAt(update))[layer * run.info.layout.steps + t] ?? NaN;
  return `${loss}; step ${t}, gradient norm ${formatNumber(norm)}.`;
}
