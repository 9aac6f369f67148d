import { html, render } from 'lit-html';
import { formatExact } from '../../src/text/numbers';
import type { SharedZoom } from '../plot/zoom';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { CurveControls } from '../plot/curveControls';
import { Memo, memoKey } from '../notebook/memo';
import { baselineCurves } from '../notebook/loss/lossCurves';
import { lossName } from '../notebook/loss/lossName';
import { CurveChart } from '../plot/charts/curves';
import { lineEntry, lineSample } from '../plot/legend';
import { fittingAxis } from '../plot/charts/fittingAxis';
import type { Curve } from '../plot/charts/datasets';
import type { Theme } from '../theme/theme';
import { choice } from '../ui/controls';
import { element } from '../ui/element';
import { CurvesSurface } from './curvesSurface';
import { curvesTable, type TabledCurve } from './curvesTable';
import { lineStyle } from './lineStyle';
import {
  allPoints,
  bandColour,
  curvesOf,
  hasRun,
  lineLabel,
  lineOutcome,
  linesOf,
  lineValueAt,
  spreadAt,
  strideOf,
  type DrawnMember,
  type ShownLine,
} from './lines';
import { sharedBaselines } from './sharedBaselines';
import { measureLabel, measureUnit, offeredMeasures } from './measures';
import { isMetricMeasure, type ComparisonView, type Measure, type Member } from './model';
import { highlight, type ComparisonCell, type ComparisonDrawing, type ComparisonStore } from './comparisonCell';
import { formatOutcomes } from './formatOutcomes';
import { StableReadout } from './stableReadout';
import { translate } from '../../src/text/translate';

const seedViews = [
  { value: 'median', label: translate`median over seeds` },
  { value: 'runs', label: translate`every run` },
] as const;

const noSpread = { lowest: NaN, highest: NaN, n: 0 };
const noLoss = { kind: 'mse', reduction: 'mean' } as const;

/** [1] One curve per run, over the same updates; of runs that differ in their seed only, the median and a band. */
export class CurvesCell implements ComparisonCell {
  readonly title = 'Loss';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #surface: CurvesSurface;
  readonly #readout: StableReadout;
  readonly #measure;
  readonly #seeds;
  readonly #controls: CurveControls;
  readonly #summary = new Memo<string>();
  #drawn = '';

  constructor(
    readonly store: ComparisonStore,
    zoom: SharedZoom,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(1, this.title, toggle);
    this.element = this.#frame.element;
    this.#readout = new StableReadout(
      this.#frame.readout,
      translate`Point at the curves to see the values of all runs at one update.`,
    );
    const set = (view: Partial<ComparisonView>): void => {
      store.dispatch({ kind: 'viewChanged', view });
    };
    this.#measure = choice<Measure>(translate`Show`, (measure) => {
      set({ measure });
    });
    this.#controls = new CurveControls(set);
    this.#seeds = choice<ComparisonView['seeds']>(translate`Seeds`, (seeds) => {
      set({ seeds });
    });
    this.#surface = new CurvesSurface(store, zoom, ({ id }, update) => {
      const line = linesOf(store.model).find((one) => hasRun(one, id));
      return line === undefined ? NaN : this.#chart.pixelOf(lineValueAt(line, update, store.model.view.measure));
    });
    this.#frame.tools.append(this.#measure.element, this.#seeds.element, ...this.#controls.elements);
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
    this.#controls.update(view);
    const lines = linesOf(model);
    const drawn = lines.flatMap(({ runs }) => runs);
    const label = measureLabel(view.measure);
    const offered = offeredMeasures(drawn.map(({ run }) => run));
    const isOffered = offered.some(({ value }) => value === view.measure);
    this.#measure.setOptions(isOffered ? offered : [...offered, { value: view.measure, label }], view.measure);
    this.#seeds.element.hidden = model.groups.length === 0;
    this.#seeds.setOptions(seedViews, view.seeds);
    const valueOf = (line: ShownLine, update: number): number => lineValueAt(line, update, view.measure);
    const { update } = model;
    this.#readout.update(
      lines.map((line) => ({
        name: lineLabel(line),
        value: update === undefined ? NaN : valueOf(line, update),
        isHighlighted: hasRun(line, highlighted),
        spread: line.runs.length === 1 ? undefined : (spreadAt(line, update ?? 0, view.measure) ?? noSpread),
      })),
      update === undefined ? undefined : translate`update ${formatExact(update)}`,
    );
    const versions = drawn.map(({ id, run }) => `${id} ${run.version}`);
    const named = lines.map(lineLabel);
    this.#frame.setSummary(
      this.#summary.of(memoKey(versions, named, view.measure), () =>
        formatOutcomes(
          label,
          lines.map((line) => ({
            name: lineLabel(line),
            ...lineOutcome(line, view.measure),
            // A metric is the same whatever the loss.
            loss: isMetricMeasure(view.measure) ? '' : lossName(line.runs[0]?.run.info.loss ?? noLoss).toLowerCase(),
          })),
        ),
      ),
    );
    this.#frame.setTable(memoKey(versions, named, view.measure), () =>
      curvesTable(
        label,
        lines.flatMap((line) => tabledCurves(line, view.measure)),
      ),
    );
    const key = memoKey(
      versions,
      named,
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
    this.#drawLegend(members, lines, baselines, highlighted, theme);
    const yAxis = view.lossAxis === 'auto' ? axisFor(lines, view.measure) : view.lossAxis;
    this.#chart.update(
      { curves: [...curvesOf(lines, model, theme), ...baselines], yAxis, yTitle: yTitle(drawn, view.measure, yAxis) },
      axis.domain,
      theme,
    );
  }

  #drawLegend(
    members: readonly Member[],
    lines: readonly ShownLine[],
    baselines: readonly Curve[],
    highlighted: number | undefined,
    theme: Theme,
  ): void {
    const waiting = members.filter(({ run }) => run === undefined).map(({ id, name }) => ({ id, name, runs: [] }));
    const runs = [...lines, ...waiting].map((line: ShownLine) => {
      const { id } = line;
      const light = (): void => {
        if (this.store.model.highlighted !== id) highlight(this.store, id);
      };
      return html`<span
        class=${hasRun(line, highlighted) ? 'curve-name highlighted' : 'curve-name'}
        @pointerenter=${light}
        >${lineSample(lineStyle(id, theme))}${line.runs.length === 0 ? line.name : lineLabel(line)}</span
      >`;
    });
    const group = lines.find((line) => line.runs.length > 1);
    const color = lineStyle(group?.id ?? 0, theme).color;
    const band =
      group === undefined
        ? []
        : [
            lineEntry({
              label: translate`band: lowest to highest seed`,
              color,
              fillToPrevious: bandColour(color, false, theme),
            }),
          ];
    render([...runs, ...band, ...baselines.map(lineEntry)], this.#legend);
  }
}

/** The curves of the baselines that all runs have. */
function baselinesOf(
  drawn: readonly DrawnMember[],
  measure: Measure,
  domain: readonly [number, number],
  theme: Theme,
): readonly Curve[] {
  if (measure === 'gradNorm' || isMetricMeasure(measure)) return [];
  // Elsewhere baselines have colours that belong to runs here.
  const { faint } = theme;
  const baselines = sharedBaselines(drawn.map(({ run }) => run.info));
  return baselineCurves(baselines, domain, { ...theme, baseline: faint, validation: faint });
}

function axisFor(lines: readonly ShownLine[], measure: Measure): 'linear' | 'log' {
  if (isMetricMeasure(measure)) return 'linear';
  return measure === 'gradNorm' ? 'log' : fittingAxis(allPoints(lines, measure));
}

/** The last update that a run of a line has. */
function newestUpdateOf({ runs }: ShownLine): number {
  return Math.max(...runs.map(({ run }) => run.status.updates)) - 1;
}

/** The columns of a line in the table: of a group the median, the lowest and the highest value. */
function tabledCurves(line: ShownLine, measure: Measure): readonly TabledCurve[] {
  const curve = { updates: newestUpdateOf(line) + 1, stride: strideOf(line) };
  const values = { ...curve, name: lineLabel(line), valueAt: (update: number) => lineValueAt(line, update, measure) };
  if (line.runs.length === 1) return [values];
  const edges = (['lowest', 'highest'] as const).map((edge) => ({
    ...curve,
    name: `${line.name}, ${edge === 'lowest' ? translate`lowest` : translate`highest`}`,
    valueAt: (update: number) => spreadAt(line, update, measure)?.[edge] ?? NaN,
  }));
  return [values, ...edges];
}

function yTitle(drawn: readonly DrawnMember[], measure: Measure, yAxis: 'linear' | 'log'): string {
  const runs = drawn.map(({ run }) => run);
  return `${measureUnit(runs, measure)}${yAxis === 'log' ? translate` (log)` : ''}`;
}
