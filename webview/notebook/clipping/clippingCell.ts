import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatCount, formatShortNumber, formatExact } from '../../../src/text/numbers';
import type { SharedZoom } from '../../plot/zoom';
import { devicePixels } from '../../plot/canvas';
import { middleOfUpdate, type TrainingAxis } from '../../plot/trainingAxis';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun } from '../../store/model';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { element, setText } from '../../ui/element';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/curveLegend';
import { memoKey, Memo } from '../memo';
import { columnAtUpdate, isRecorded, notRecorded, formatUpdates } from '../loss/lossCurves';
import { clippingTable } from '../trainingTables';
import { TrainingSurface } from '../../plot/trainingSurface';
import { ThresholdView } from './thresholdView';
import './clipping.css';

/** [3] The norm of the gradient before and after clipping, the threshold, and a tick for every clipped update. */
export class ClippingCell implements NotebookCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #chart = new CurveChart();
  readonly #ticks = new ClipTicks();
  readonly #surface: TrainingSurface;
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #threshold: ThresholdView;
  readonly #lines = new Memo<readonly Curve[]>();
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, toggle: ToggleCell) {
    this.#frame = new CellFrame(3, 'Clipping', toggle);
    this.element = this.#frame.element;
    this.#surface = new TrainingSurface(store, zoom, 'Gradient norm before and after clipping over updates');
    this.#threshold = new ThresholdView((clipThreshold) => {
      store.dispatch({ kind: 'viewChanged', view: { clipThreshold } });
    });
    this.#frame.body.append(
      this.#legend,
      this.#frame.readout,
      this.#ticks.element,
      element('div', { class: 'plot short-plot' }, this.#chart.canvas, this.#surface.element),
      this.#threshold.element,
    );
  }

  update({ model, axis, theme }: Drawing): void {
    this.#frame.follow(model.view);
    const { run } = model;
    if (run === undefined) return;
    this.#surface.update(axis, undefined);
    setText(this.#frame.readout, readout(model, run));
    this.#frame.setSummary(summary(run));
    const series = visibleSeries(run, axis.domain);
    this.#frame.setTable(memoKey(run.version, series), () => clippingTable(series));
    const threshold = model.view.clipThreshold;
    this.#threshold.update(run, threshold);
    const key = memoKey(run.version, series, run.info, axis.domain, axis.width, theme, threshold);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const curves = [
      ...this.#lines.of(memoKey(run.version, series, run.info, theme), () => linesOf(run, series, theme)),
      ...(run.info.clip?.kind === 'norm' ? [thresholdCurve(run.info.clip.threshold, theme, axis)] : []),
      ...(threshold === undefined ? [] : [candidateCurve(threshold, theme, axis)]),
    ];
    drawLegend(this.#legend, curves);
    this.#chart.update({ curves, yAxis: 'log', yTitle: '‖g‖' }, axis.domain, theme);
    this.#ticks.update(series, axis, theme);
  }
}

/** A strip with a tick at every clipped update; several updates within one pixel make one tick. */
export class ClipTicks {
  readonly element = element('canvas', { class: 'clip-ticks', height: '8', 'aria-hidden': 'true' });

  update({ scalars }: DisplaySeries, axis: TrainingAxis, theme: Theme): void {
    const width = devicePixels(axis.width);
    this.element.width = width;
    this.element.style.width = `${axis.width}px`;
    const context = this.element.getContext('2d');
    if (context === null) return;
    context.clearRect(0, 0, width, this.element.height);
    context.fillStyle = theme.clip;
    const { stride } = scalars;
    scalars.values('clips').forEach((count, column) => {
      const update = scalars.updateOf(column);
      if (count === 0 || update + stride < axis.domain[0] || update > axis.domain[1]) return;
      const x = stride === 1 ? middleOfUpdate(axis, update) : axis.scale(update);
      context.fillRect(Math.round(x * devicePixelRatio), 0, Math.max(1, devicePixelRatio), this.element.height);
    });
  }
}

function linesOf({ info }: ShownRun, { scalars }: DisplaySeries, theme: Theme): readonly Curve[] {
  const { stride, count } = scalars;
  const before = scalars.values('gradNorm');
  const after = scalars.values('clippedNorm');
  const line = (values: Float64Array) =>
    // A logarithmic axis can't show 0: the line breaks there.
    Array.from({ length: count }, (_, column) => ({ x: scalars.updateOf(column + 0.5), y: positive(values[column]) }));
  const largest = stride === 1 ? '' : `, largest of ${stride} updates`;
  const { clip } = info;
  const curves: Curve[] = [{ label: `before clipping${largest}`, points: line(before), color: theme.train }];
  if (clip === null) return [{ ...curves[0], label: `‖g‖${largest}` } as Curve];
  if (clip.kind !== 'hidden')
    curves.push({ label: `after clipping${largest}`, points: line(after), color: theme.clipped, dash: [5, 3] });
  return curves;
}

function thresholdCurve(threshold: number, theme: Theme, axis: TrainingAxis): Curve {
  return {
    label: `threshold ${formatShortNumber(threshold)}`,
    points: axis.domain.map((x) => ({ x, y: threshold })),
    color: theme.clip,
    dash: [2, 3],
    width: 1,
  };
}

function candidateCurve(threshold: number, theme: Theme, axis: TrainingAxis): Curve {
  return {
    label: `candidate: ${formatShortNumber(threshold)}`,
    points: axis.domain.map((x) => ({ x, y: threshold })),
    color: theme.foreground,
    dash: [8, 4],
    width: 1,
  };
}

function positive(value: number | undefined): number {
  return value !== undefined && value > 0 ? value : NaN;
}

function readout({ hover, view }: Model, run: ShownRun): string {
  const at = hover?.update ?? view.selection?.update ?? run.status.updates - 1;
  if (at < 0) return 'No update yet.';
  const series = seriesAt(run, at);
  const { scalars } = series;
  const column = columnAtUpdate(series, at);
  const before = scalars.column('gradNorm', column)[0] ?? NaN;
  const after = scalars.column('clippedNorm', column)[0] ?? NaN;
  const clips = scalars.column('clips', column)[0] ?? 0;
  const which =
    scalars.stride === 1
      ? `update ${formatExact(at)}`
      : `${formatUpdates(series, column, run.status.updates)}, the largest`;
  if (!isRecorded(series, column)) return `${formatUpdates(series, column, run.status.updates)} · ${notRecorded}`;
  if (run.info.clip === null) return `${which} · ‖g‖ = ${formatNumber(before)}`;
  const what = scalars.stride === 1 ? (clips > 0 ? 'clipped' : 'not clipped') : `${clips} clipped`;
  return `${which} · ‖g‖ before ${formatNumber(before)} · after ${formatNumber(after)} · ${what}`;
}

const kinds = {
  norm: (threshold: string) => `Clips the global norm to ${threshold}.`,
  value: (threshold: string) => `Clips every element of the gradient to ±${threshold}.`,
  hidden: (threshold: string) => `Clips every element of ∂L/∂h_t to ±${threshold}, inside the recurrence.`,
} as const;

function summary({ info, status }: ShownRun): string {
  const { clip } = info;
  if (clip === null) return 'This experiment doesn’t clip gradients; their norms are still recorded.';
  const how = kinds[clip.kind](formatShortNumber(clip.threshold));
  if (status.updates === 0) return how;
  if (status.clipped === 0) return `None of ${formatCount(status.updates, 'update')} was clipped. ${how}`;
  const share = Math.round((100 * status.clipped) / status.updates);
  const shown = share === 0 && status.clipped > 0 ? 'less than 1' : String(share);
  const last = status.lastClip === undefined ? '' : `; the last at update ${formatExact(status.lastClip)}`;
  return `Clipped ${shown} % of updates (${formatExact(status.clipped)} of ${formatExact(status.updates)})${last}. ${how}`;
}
