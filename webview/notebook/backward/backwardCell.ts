import type { InspectedLayer, Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { Store } from '../../store/store';
import { backwardTable } from './backwardTables';
import type { Theme } from '../../theme/theme';
import { element, setText } from '../../ui/element';
import { BackwardPlayer } from './backwardPlayer';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { drawLegend } from '../../plot/legend';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceCell, type SequenceDrawing } from '../sequenceCell';
import { SplitView } from './splitView';
import { TermsView } from './termsView';
import './backward.css';

/**
 * [9] Backpropagation through one sequence, from the last step to the first: ∂L/∂h_t as the sum of the local part and the
 * part from t+1, and the accumulated terms of ∂L/∂W.
 */
export class BackwardCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #surface: SequenceSurface;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #player: BackwardPlayer;
  readonly #labels = element('div');
  readonly #split = new SplitView();
  readonly #terms: TermsView;
  #drawn = '';
  #drawnSplit = '';

  constructor(store: Store, zoom: SharedZoom, request: RequestReplay, toggle: ToggleCell) {
    this.#frame = new CellFrame(9, 'Backward through time', toggle);
    this.element = this.#frame.element;
    this.#surface = new SequenceSurface(store, zoom, 'Gradient of each time step');
    this.#player = new BackwardPlayer((t) => {
      const { inspection: state } = store.model;
      if (state.kind !== 'ready') return;
      store.dispatch({ kind: 'hoverChanged', point: undefined });
      store.dispatch({ kind: 'viewChanged', view: { selection: { update: state.inspection.update, t } } });
    });
    this.#terms = new TermsView(store, zoom, (params) => request('chainRuleTerms', params));
    this.#frame.tools.append(this.#terms.choice);
    this.#frame.body.append(
      this.#legend,
      this.#frame.readout,
      element('div', { class: 'plot step-plot' }, this.#chart.canvas, this.#surface.element),
      this.#labels,
      this.#player.element,
      this.#split.element,
      this.#terms.element,
    );
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.follow(model.view);
    const index = Math.min(model.view.layer, inspection.layers.length - 1);
    const layer = inspection.layers[index];
    if (layer === undefined) return;
    const norms = normsOf(layer, inspection.steps);
    const { steps } = inspection;
    this.#frame.setSummary(summary(norms, index, inspection.layers.length));
    setText(this.#frame.readout, readout(norms, stepInFocus(model, steps)));
    this.#frame.setTable(memoKey(inspection, index), () => backwardTable(inspection, index, norms));
    this.#surface.update(drawing);
    // Backpropagation starts at the last step, so that is the default.
    const t = Math.min(model.view.selection?.t ?? steps - 1, steps - 1);
    this.#player.update(axis, t);
    const isVisible = !this.#frame.body.hidden;
    this.#terms.update(drawing, t, isVisible);
    if (!isVisible) return;
    const splitKey = memoKey(inspection, index, t, theme);
    if (splitKey !== this.#drawnSplit) {
      this.#drawnSplit = splitKey;
      this.#split.update(layer, t, steps, index === inspection.layers.length - 1, theme);
    }
    const key = memoKey(inspection, index, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const curves = curvesOf(norms, theme, inspection);
    drawLegend(this.#legend, curves);
    this.#labels.replaceChildren(stepLabels(axis));
    this.#chart.update({ curves, yAxis: 'log', yTitle: '‖∂L/∂h_t‖', xTicks: false }, axis.domain, theme);
  }
}

interface Norms {
  /** (T) ‖∂L/∂h_t‖ of this sequence. */
  readonly total: Float64Array;
  /** (T) the norm of the part that does not come through t+1. */
  readonly local: Float64Array;
  /** (T) the norm of the part from t+1. */
  readonly later: Float64Array;
}

function normsOf({ dh, dhLocal, hidden }: InspectedLayer, steps: number): Norms {
  const norm = (value: (i: number) => number) =>
    Float64Array.from({ length: steps }, (_, t) => {
      let sum = 0;
      for (let i = t * hidden; i < (t + 1) * hidden; i++) sum += value(i) ** 2;
      return Math.sqrt(sum);
    });
  return {
    total: norm((i) => dh[i] ?? 0),
    local: norm((i) => dhLocal[i] ?? 0),
    later: norm((i) => (dh[i] ?? 0) - (dhLocal[i] ?? 0)),
  };
}

function curvesOf({ total, local, later }: Norms, theme: Theme, { steps }: Inspection): Curve[] {
  // A logarithmic axis can't show 0: the line breaks there.
  const points = (values: Float64Array) =>
    Array.from({ length: steps }, (_, t) => ({ x: t + 0.5, y: (values[t] ?? 0) > 0 ? (values[t] ?? NaN) : NaN }));
  return [
    { label: '∂L/∂h_t, total', points: points(total), color: theme.train, width: 2, dots: steps === 1 },
    {
      label: 'from this step (its own loss, or the layer above)',
      points: points(local),
      color: theme.validation,
      dots: true,
    },
    { label: 'from step t+1', points: points(later), color: theme.baseline, dash: [5, 3] },
  ];
}

function summary({ total, local }: Norms, layer: number, layers: number): string {
  const last = total.length - 1;
  const where = layers > 1 ? ` of layer ${layer}` : '';
  const [first, end] = [total[0] ?? 0, total[last] ?? 0];
  if (total.every((norm) => norm === 0))
    return `The gradient${where} is exactly 0 at every step: predictions match exactly, or no step has a target.`;
  if (first === 0) return `The gradient${where} is exactly 0 at step 0: no loss of this sequence reaches it.`;
  const ends = `From right to left: this sequence’s ‖∂L/∂h_t‖${where} is ${formatNumber(end)} at step ${last} and ${formatNumber(first)} at step 0`;
  const several = local.filter((norm) => norm > 0).length > 1;
  // Where several steps have a loss, the ratio of the two norms does not describe how the gradient decays.
  return several || end === 0
    ? `${ends}; every step with a loss adds to it on the way.`
    : `${ends}, ${formatNumber(first / end)} times as much.`;
}

function readout({ total, local, later }: Norms, t: number | undefined): string {
  if (t === undefined) return 'Point at a step to see its values.';
  const at = (values: Float64Array): string => formatNumber(values[t] ?? NaN);
  return `t = ${t} · ‖∂L/∂h_${t}‖ = ${at(total)} · from this step ${at(local)} · from step ${t + 1} ${at(later)}`;
}
