import type { DisplaySeries } from '../../../src/run/series/displaySeries';
import { formatNumber, formatExact } from '../../../src/text/numbers';
import { formatParameterName } from '../../../src/text/tensorNames';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { seriesAt, visibleSeries } from '../../store/zoomedSeries';
import type { Model, ShownRun } from '../../store/model';
import type { Store } from '../../store/store';
import { updateRatioTable } from '../trainingTables';
import { withOpacity, type Theme } from '../../theme/theme';
import { choice } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { CellFrame, type Drawing, type NotebookCell, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/curveLegend';
import { memoKey, Memo } from '../memo';
import { columnAtUpdate, isRecorded, notRecorded, formatUpdates } from '../loss/lossCurves';
import { selectedParameter } from '../parameterNames';
import { TrainingSurface } from '../../plot/trainingSurface';

/** A healthy ratio of update to weights. */
const usualRatio = 1e-3;

/** [4] ‖ΔW‖ / ‖W‖ of every parameter over the updates, the selected one in front. */
export class UpdateRatioCell implements NotebookCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #chart = new CurveChart();
  readonly #surface: TrainingSurface;
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #choice;
  readonly #lines = new Memo<readonly Curve[]>();
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, toggle: ToggleCell) {
    this.#frame = new CellFrame(4, 'Update ratio', toggle);
    this.element = this.#frame.element;
    this.#surface = new TrainingSurface(store, zoom, 'Update size relative to the weights over updates');
    this.#choice = choice<string>('Parameter', (parameter) => {
      store.dispatch({ kind: 'viewChanged', view: { parameter } });
    });
    this.#frame.tools.append(this.#choice.element);
    this.#frame.body.append(
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot short-plot' }, this.#chart.canvas, this.#surface.element),
    );
  }

  update({ model, axis, theme }: Drawing): void {
    this.#frame.follow(model.view);
    const { run, view } = model;
    if (run === undefined) return;
    const names = run.info.layout.parameters;
    const shown = selectedParameter(names, view);
    this.#choice.setOptions(
      names.map((value) => ({ value, label: formatParameterName(value) })),
      shown,
    );
    this.#surface.update(axis, undefined);
    this.#frame.setSummary(summary(run, shown, model.view.selection?.update));
    setText(this.#frame.readout, readout(model, run, shown));
    const series = visibleSeries(run, axis.domain);
    this.#frame.setTable(memoKey(run.version, series), () => updateRatioTable(series));
    const key = memoKey(run.version, series, axis.domain, axis.width, theme, shown, this.#frame.body.hidden);
    if (key === this.#drawn || this.#frame.body.hidden) return;
    this.#drawn = key;
    const curves = [
      ...this.#lines.of(memoKey(run.version, series, theme, shown), () => linesOf(series, shown, theme)),
      usualCurve(theme, axis.domain),
    ];
    drawLegend(this.#legend, curves);
    this.#chart.update({ curves, yAxis: 'log', yTitle: '‖ΔW‖ / ‖W‖' }, axis.domain, theme);
  }
}

function linesOf({ scalars, layout }: DisplaySeries, shown: string, theme: Theme): readonly Curve[] {
  const { stride, count } = scalars;
  const names = layout.parameters;
  const values = scalars.values('updateRatio');
  const line = (parameter: number): Curve['points'] =>
    Array.from({ length: count }, (_, column) => {
      const y = values[column * names.length + parameter] ?? NaN;
      // A logarithmic axis can't show 0: the line breaks there.
      return { x: scalars.updateOf(column + 0.5), y: y > 0 && y < Infinity ? y : NaN };
    });
  const others = names.flatMap((name, i) => (name === shown ? [] : [line(i)]));
  const largest = stride === 1 ? '' : `, largest of ${stride} updates`;
  return [
    ...others.map((points, i) => ({
      label: i === 0 ? 'the other parameters' : '',
      points,
      color: withOpacity(theme.foreground, 0.3),
      width: 1,
    })),
    {
      label: `${formatParameterName(shown)}${largest}`,
      points: line(names.indexOf(shown)),
      color: theme.train,
      width: 2,
    },
  ];
}

function usualCurve(theme: Theme, domain: readonly [number, number]): Curve {
  return {
    label: '10⁻³: typical of healthy training',
    points: domain.map((x) => ({ x, y: usualRatio })),
    color: theme.baseline,
    dash: [6, 4],
    width: 1,
  };
}

function ratioAt(series: DisplaySeries, update: number, shown: string): number {
  const column = columnAtUpdate(series, update);
  return series.scalars.column('updateRatio', column)[series.layout.parameters.indexOf(shown)] ?? NaN;
}

function readout({ hover, view }: Model, run: ShownRun, shown: string): string {
  const at = hover?.update ?? view.selection?.update ?? run.status.updates - 1;
  if (at < 0) return 'No update yet.';
  const series = seriesAt(run, at);
  const column = columnAtUpdate(series, at);
  const updates = formatUpdates(series, column, run.status.updates);
  if (!isRecorded(series, column)) return `${updates} · ${notRecorded}`;
  const largest = series.scalars.stride === 1 ? '' : ', the largest';
  return `${updates}${largest} · ‖ΔW‖ / ‖W‖ = ${formatNumber(ratioAt(series, at, shown))} of ${formatParameterName(shown)}`;
}

function summary(run: ShownRun, shown: string, selected: number | undefined): string {
  const last = run.status.updates - 1;
  if (last < 0) return 'How much each update changes the weights, relative to their norm.';
  const at = selected ?? last;
  const ratio = ratioAt(seriesAt(run, at), at, shown);
  const which = at === last ? 'The last update' : `Update ${formatExact(at)}`;
  return `${which} changed ${formatParameterName(shown)} by ${formatNumber(ratio)} of its norm.`;
}
