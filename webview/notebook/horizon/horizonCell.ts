import { reasonOf } from '../../../src/protocol/channel';
import type { Horizon } from '../../../src/protocol/gradientFlow';
import { formatCount, formatExact } from '../../../src/text/numbers';
import { isLive } from '../../../src/protocol/run';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Model, ShownRun } from '../../store/model';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { button, setEnabled } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/curveLegend';
import { memoKey } from '../memo';
import { TrainingSurface } from '../../plot/trainingSurface';
import './horizon.css';

/** The most updates that are measured: enough for a curve, few enough to wait for. */
const mostMeasured = 24;

/** [5] The memory horizon over the run and the lag of the task; measured on request. */
export class HorizonCell implements NotebookCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #chart = new CurveChart();
  readonly #surface: TrainingSurface;
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #measure: HTMLElement;
  readonly #status = element('p', { class: 'status-line', role: 'status' });
  readonly #plot: HTMLElement;
  #of = '';
  #isMeasuring = false;
  #failure = '';
  #drawn = '';

  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    readonly request: RequestReplay,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(5, 'Memory horizon', toggle);
    this.element = this.#frame.element;
    this.#surface = new TrainingSurface(store, zoom, 'Memory horizon over updates');
    this.#measure = button({
      label: 'Measure over the run',
      hint: `Replays up to ${mostMeasured} updates and backpropagates each loss separately`,
      onPress: () => {
        void this.#measureRun();
      },
    });
    this.#plot = element(
      'div',
      {},
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot short-plot' }, this.#chart.canvas, this.#surface.element),
    );
    this.#frame.body.append(element('div', { class: 'horizon-controls' }, this.#measure, this.#status), this.#plot);
  }

  update({ model, axis, theme }: Drawing): void {
    this.#frame.follow(model.view);
    const { run } = model;
    if (run === undefined) return;
    const of = memoKey(run.info.folder, model.view.layer);
    if (of !== this.#of) this.#failure = '';
    this.#of = of;
    const measured = measuredHorizons(model);
    this.#surface.update(axis, undefined);
    this.#frame.setSummary(summary(run, measured));
    const isStored = run.info.folder !== null && run.status.updates > 0;
    setEnabled(this.#measure, isStored && !this.#isMeasuring);
    setText(this.#status, this.#statusText(run, isStored, measured.length));
    this.#plot.hidden = measured.length === 0;
    if (measured.length === 0) return;
    setText(this.#frame.readout, readout(model, measured));
    this.#frame.setTable(memoKey(measured), () => ({
      caption: 'Memory horizon over updates',
      columns: ['update', 'horizon (steps)', 'lag of the task'],
      rows: measured.map(({ update, horizon }) => [update, horizon ?? NaN, run.info.lag ?? NaN]),
    }));
    const key = memoKey(measured, axis.domain, axis.width, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const curves = curvesOf(measured, run, theme, axis.domain);
    drawLegend(this.#legend, curves);
    const highest = Math.max(run.info.lag ?? 0, ...measured.map(({ horizon }) => horizon ?? 0), 1);
    this.#chart.update(
      { curves, yAxis: 'linear', yTitle: 'steps', yRange: [0, Math.ceil((highest * 1.1) / 5) * 5] },
      axis.domain,
      theme,
    );
  }

  /** Measures update by update and draws each result; switching to another run or layer stops it. */
  async #measureRun(): Promise<void> {
    const { run, view } = this.store.model;
    const folder = run?.info.folder ?? null;
    if (run === undefined || folder === null || this.#isMeasuring) return;
    const of = this.#of;
    const { updates } = run.status;
    const count = Math.min(mostMeasured, updates);
    this.#isMeasuring = true;
    this.#failure = '';
    let measured: readonly Horizon[] = [];
    const show = (): void => {
      this.store.dispatch({ kind: 'viewChanged', view: { horizons: { folder, layer: view.layer, measured } } });
    };
    show();
    try {
      for (let i = 0; i < count && of === this.#of; i++) {
        const update = count === 1 ? 0 : Math.round((i * (updates - 1)) / (count - 1));
        measured = [...measured, await this.request('horizon', { update, layer: view.layer })];
        if (of === this.#of) show();
      }
    } catch (error) {
      this.#failure = reasonOf(error);
    } finally {
      this.#isMeasuring = false;
      this.store.redraw();
    }
  }

  #statusText({ status }: ShownRun, isStored: boolean, measured: number): string {
    if (this.#failure !== '') return `Can’t measure it: ${this.#failure}`;
    if (this.#isMeasuring)
      return `Measuring: ${measured} of ${formatCount(Math.min(mostMeasured, status.updates), 'update')}.`;
    if (!isStored) return 'Nothing to measure yet: this needs a run that is stored on disk.';
    if (measured > 0) return '';
    return isLive(status.state) ? 'The run continues meanwhile; only finished updates are measured.' : '';
  }
}

const none: readonly Horizon[] = [];

/** What was measured of the shown run and layer. */
function measuredHorizons({ run, view: { horizons, layer } }: Model): readonly Horizon[] {
  return horizons !== undefined && horizons.folder === run?.info.folder && horizons.layer === layer
    ? horizons.measured
    : none;
}

function curvesOf(
  measured: readonly Horizon[],
  { info }: ShownRun,
  theme: Theme,
  domain: readonly [number, number],
): readonly Curve[] {
  const { lag } = info;
  return [
    {
      label: 'memory horizon, median over sequences',
      points: measured.map(({ update, horizon }) => ({ x: update + 0.5, y: horizon ?? NaN })),
      color: theme.train,
      width: 2,
      dots: true,
    },
    ...(lag === null
      ? []
      : [
          {
            label: `lag of the task: ${lag}`,
            points: domain.map((x) => ({ x, y: lag })),
            color: theme.baseline,
            dash: [6, 4],
          },
        ]),
  ];
}

function summary({ info }: ShownRun, measured: readonly Horizon[]): string {
  const last = measured.at(-1);
  const needed = info.lag === null ? '' : ` The task needs ${info.lag}.`;
  if (last === undefined)
    return `How many steps back the gradient stays above 0.1 % of its value at the loss.${needed}`;
  return `${formatHorizon(measured[0] ?? last)} at update ${(measured[0] ?? last).update}, ${formatHorizon(last)} at update ${formatExact(last.update)}.${needed}`;
}

function readout({ hover, view }: Model, measured: readonly Horizon[]): string {
  const at = hover?.update ?? view.selection?.update ?? measured.at(-1)?.update ?? 0;
  const nearest = measured.reduce((best, one) => (Math.abs(one.update - at) < Math.abs(best.update - at) ? one : best));
  return `update ${formatExact(nearest.update)} · ${formatHorizon(nearest)}`;
}

/** A horizon as text; one as long as the window may in fact be longer. */
function formatHorizon({ horizon, longestLag }: Horizon): string {
  if (longestLag === null) return 'no loss';
  if (horizon === null) return 'a gradient of 0';
  const steps = formatCount(horizon, 'step');
  return horizon === longestLag ? `${steps} (the whole window)` : steps;
}
