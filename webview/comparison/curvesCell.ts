import { html, render } from 'lit-html';
import { formatExact } from '../../src/text/numbers';
import type { SharedZoom } from '../plot/zoom';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { CurveControls } from '../plot/curveControls';
import { memoKey } from '../notebook/memo';
import {
  baselineCurves,
  columnAtUpdate,
  meanLoss,
  smoothed,
  trainPoints,
  validationPoints,
} from '../notebook/loss/lossCurves';
import { lossName, lossUnit } from '../notebook/loss/lossName';
import { CurveChart } from '../plot/charts/curves';
import { lineEntry, lineSample } from '../plot/legend';
import { fittingAxis } from '../plot/charts/fittingAxis';
import type { Curve } from '../plot/charts/datasets';
import type { ShownRun } from '../store/model';
import { withOpacity, type Theme } from '../theme/theme';
import { choice } from '../ui/controls';
import { element } from '../ui/element';
import { CurvesSurface } from './curvesSurface';
import { curvesTable } from './curvesTable';
import { lineStyle } from './lineStyle';
import type { Comparison, ComparisonView, Measure, Member } from './model';
import { highlight, type ComparisonCell, type ComparisonDrawing, type ComparisonStore } from './comparisonCell';
import { formatNewest } from './formatNewest';
import { StableReadout } from './stableReadout';

const measures: Readonly<Record<Measure, string>> = {
  loss: 'training loss',
  validationLoss: 'validation loss',
  gradNorm: '‖g‖ before clipping',
};

/** [1] One curve per run, over the same updates. */
export class CurvesCell implements ComparisonCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #surface: CurvesSurface;
  readonly #readout: StableReadout;
  readonly #measure;
  readonly #controls: CurveControls;
  #drawn = '';

  constructor(
    readonly store: ComparisonStore,
    zoom: SharedZoom,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(1, 'Loss', toggle);
    this.element = this.#frame.element;
    this.#readout = new StableReadout(
      this.#frame.readout,
      'Point at the curves to see the values of all runs at one update.',
    );
    const set = (view: Partial<ComparisonView>): void => {
      store.dispatch({ kind: 'viewChanged', view });
    };
    this.#measure = choice<Measure>('Show', (measure) => {
      set({ measure });
    });
    this.#controls = new CurveControls(set);
    this.#surface = new CurvesSurface(store, zoom, (run, update) =>
      this.#chart.pixelOf(valueAt(run, update, store.model.view.measure)),
    );
    this.#frame.tools.append(this.#measure.element, ...this.#controls.elements);
    this.#frame.body.append(
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot tall-plot' }, this.#chart.canvas, this.#surface.element),
    );
  }

  update({ model, axis, theme }: ComparisonDrawing): void {
    const { view, members, highlighted: highlighted } = model;
    this.#surface.update(model, axis);
    this.#frame.follow(view);
    this.#measure.setOptions(
      Object.entries(measures).map(([value, label]) => ({ value: value as Measure, label })),
      view.measure,
    );
    this.#controls.update(view);
    const drawn = members.filter((member): member is DrawnMember => member.run !== undefined);
    this.#frame.setSummary(
      formatNewest(
        measures[view.measure],
        drawn.map(({ name, run }) => ({
          name,
          value: valueAt(run, run.status.updates - 1, view.measure),
          loss: lossName(run.info.loss).toLowerCase(),
        })),
      ),
    );
    this.#readout.update(
      drawn.map(({ id, name, run }) => ({
        name,
        value: model.update === undefined ? NaN : valueAt(run, model.update, view.measure),
        isHighlighted: id === highlighted,
      })),
      model.update === undefined ? undefined : `update ${formatExact(model.update)}`,
    );
    const versions = drawn.map(({ id, run }) => `${id} ${run.version}`);
    const named = drawn.map(({ name }) => name);
    this.#frame.setTable(memoKey(versions, named, view.measure), () =>
      curvesTable(
        measures[view.measure],
        drawn.map(({ name, run }) => ({
          name,
          updates: run.status.updates,
          stride: run.series.scalars.stride,
          valueAt: (update) => valueAt(run, update, view.measure),
        })),
      ),
    );
    const key = memoKey(
      versions,
      highlighted,
      view.measure,
      view.lossAxis,
      view.smoothing,
      axis.domain,
      axis.width,
      theme,
    );
    if (key === this.#drawn) return;
    this.#drawn = key;
    const baselines = baselinesOf(drawn, view.measure, axis.domain, theme);
    this.#drawLegend(members, baselines, highlighted, theme);
    const yAxis = view.lossAxis === 'auto' ? axisFor(drawn, view.measure) : view.lossAxis;
    this.#chart.update(
      { curves: [...curvesOf(drawn, model, theme), ...baselines], yAxis, yTitle: yTitle(drawn, view.measure, yAxis) },
      axis.domain,
      theme,
    );
  }

  #drawLegend(
    members: readonly Member[],
    baselines: readonly Curve[],
    highlighted: number | undefined,
    theme: Theme,
  ): void {
    const runs = members.map(({ id, name }) => {
      const light = (): void => {
        if (this.store.model.highlighted !== id) highlight(this.store, id);
      };
      return html`<span class=${id === highlighted ? 'curve-name highlighted' : 'curve-name'} @pointerenter=${light}
        >${lineSample(lineStyle(id, theme))}${name}</span
      >`;
    });
    render([...runs, ...baselines.map(lineEntry)], this.#legend);
  }
}

type DrawnMember = Member & { readonly run: ShownRun };

function pointsOf({ series }: ShownRun, measure: Measure) {
  switch (measure) {
    case 'loss':
      return trainPoints(series);
    case 'validationLoss':
      return validationPoints(series);
    case 'gradNorm': {
      const { stride } = series.scalars;
      return Array.from(series.scalars.values('gradNorm'), (y, column) => ({ x: (column + 0.5) * stride, y }));
    }
    default:
      return measure satisfies never;
  }
}

function valueAt(run: ShownRun | undefined, update: number, measure: Measure): number {
  if (run === undefined || update >= run.status.updates) return NaN;
  const column = columnAtUpdate(run.series, update);
  if (measure === 'loss') return meanLoss(run.series, column);
  if (measure === 'gradNorm') return run.series.scalars.column('gradNorm', column)[0] ?? NaN;
  // Between two validations the last one applies.
  const values = run.series.scalars.values('validationLoss').subarray(0, column + 1);
  return values.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

function curvesOf(
  drawn: readonly DrawnMember[],
  { view, highlighted: highlighted }: Comparison,
  theme: Theme,
): readonly Curve[] {
  const curves = drawn.map(({ id, name, run }): Curve => {
    const { color, dash } = lineStyle(id, theme);
    const points = pointsOf(run, view.measure);
    const isSmooth = view.smoothing > 0 && view.measure !== 'validationLoss';
    return {
      label: name,
      points: isSmooth ? smoothed(points, view.smoothing, run.series.scalars.stride) : points,
      color: highlighted === undefined || highlighted === id ? color : withOpacity(color, 0.25),
      dash,
      width: highlighted === id ? 3 : 1.5,
    };
  });
  // The highlighted run is drawn on top.
  return curves.sort((a, b) => (a.width ?? 0) - (b.width ?? 0));
}

/** The baselines, if all runs have the same ones: they depend on the task. */
function baselinesOf(
  drawn: readonly DrawnMember[],
  measure: Measure,
  domain: readonly [number, number],
  theme: Theme,
): readonly Curve[] {
  const all = new Set(drawn.map(({ run }) => JSON.stringify(run.info.baselines)));
  if (measure === 'gradNorm' || all.size !== 1) return [];
  // Elsewhere baselines have colours that belong to runs here.
  const { faint } = theme;
  return baselineCurves(drawn[0]?.run.info.baselines ?? [], domain, { ...theme, baseline: faint, validation: faint });
}

function axisFor(drawn: readonly DrawnMember[], measure: Measure): 'linear' | 'log' {
  return measure === 'gradNorm' ? 'log' : fittingAxis(drawn.map(({ run }) => pointsOf(run, measure)));
}

function yTitle(drawn: readonly DrawnMember[], measure: Measure, yAxis: 'linear' | 'log'): string {
  const log = yAxis === 'log' ? ' (log)' : '';
  if (measure === 'gradNorm') return `‖g‖${log}`;
  const units = new Set(drawn.map(({ run }) => lossUnit(run.info)));
  return `L, ${[...units].join(' or ')}${log}`;
}
