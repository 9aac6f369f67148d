import { render } from 'lit-html';
import { formatNumber, formatCount } from '../../../src/text/numbers';
import type { GradientFlow, GradientFlowRequest } from '../../../src/protocol/gradientFlow';
import type { RunInfo } from '../../../src/protocol/run';
import { drawPixels, resizeCanvas } from '../../plot/canvas';
import type { SequenceAxis } from '../../plot/sequenceAxis';
import type { SharedZoom } from '../../plot/zoom';
import { magnitudeLegend } from '../../plot/heatmap/legend';
import { decadesOf, lowestDecade, MagnitudeScale, unionOf, type Decades } from '../../plot/heatmap/magnitudeScale';
import { rasterize } from '../../plot/heatmap/raster';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import { gradientFlowTable } from './gradientFlowTable';
import { choice } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { RequestStatus } from '../requestStatus';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { GainView } from './gainView';
import { memoKey } from '../memo';
import { GradientFlowMarks } from './gradientFlowMarks';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceCell, type SequenceDrawing } from '../sequenceCell';
import './gradientFlow.css';

/** Pixels: the most for the picture, and the height of a row where few steps have a loss. */
const height = { most: 220, perLoss: 24 } as const;

/** [10] Which loss reaches which step: a row is a loss, a column is a step; what truncation cuts off is dimmed. */
export class GradientFlowCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #request: LatestRequest<GradientFlowRequest, GradientFlow>;
  readonly #surface: SequenceSurface;
  readonly #canvas = element('canvas', { class: 'heatmap', 'aria-hidden': 'true' });
  readonly #marks = new GradientFlowMarks();
  readonly #rows = element('div', { class: 'step-axis', 'aria-hidden': 'true' });
  readonly #labels = element('div');
  readonly #legend = element('div');
  readonly #gain: GainView;
  readonly #choice;
  readonly #plot: HTMLElement;
  readonly #shown: HTMLElement;
  readonly #status = new RequestStatus('Backpropagating each loss separately…', 'Can’t show the matrix');
  #decades: { readonly of: string; readonly value: Decades | undefined } = { of: '', value: undefined };
  #drawn = '';
  /** Steps that have a loss: the rows of the picture, from the bottom. */
  #losses: readonly number[] = [];
  #height: number = height.most;
  /** Step of the loss that was pointed at last, since a row was selected; not stored, as the pointer moves often. */
  #pointedLoss: number | undefined;

  constructor(
    readonly store: Store,
    zoom: SharedZoom,
    request: RequestReplay,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(10, 'Gradient flow: which loss reaches which step', toggle);
    this.element = this.#frame.element;
    this.#request = new LatestRequest(
      (params) => request('gradientFlow', params),
      () => {
        store.redraw();
      },
    );
    this.#surface = new SequenceSurface(store, zoom, 'Which loss reaches which step', {
      onPoint: (y) => {
        if (this.#rowAt(y) !== this.#row) this.#pointAt(this.#rowAt(y));
      },
      onPick: (y) => {
        this.#selectRow(this.#rowAt(y));
      },
      handleKey: (key) => {
        if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
        this.#selectRow(this.#row + (key === 'ArrowUp' ? 1 : -1));
        return true;
      },
      keys: 'Up and down arrow keys move from loss to loss.',
    });
    this.#choice = choice<'sequence' | 'median'>('Of', (gradientFlowOf) => {
      store.dispatch({ kind: 'viewChanged', view: { gradientFlowOf } });
    });
    this.#plot = element(
      'div',
      { class: 'plot gradient-flow-plot' },
      this.#rows,
      this.#canvas,
      this.#marks.element,
      this.#surface.element,
    );
    this.#gain = new GainView(store, zoom);
    this.#frame.tools.append(this.#choice.element);
    this.#shown = element(
      'div',
      {},
      this.#legend,
      this.#marks.legend,
      this.#frame.readout,
      this.#plot,
      this.#labels,
      this.#gain.element,
    );
    this.#frame.body.append(this.#status.element, this.#shown);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.follow(model.view);
    const { update, sequence } = inspection;
    const layer = Math.min(model.view.layer, inspection.layers.length - 1);
    const isVisible = !this.#frame.body.hidden;
    const answer = this.#request.request(
      isVisible ? { update, sequence, layer } : undefined,
      model.run?.info.folder ?? '',
    );
    const reach = latestValue(answer);
    this.#status.update(answer);
    this.#shown.hidden = reach === undefined;
    this.#surface.update(drawing);
    if (!isVisible) return;
    const info = model.run?.info;
    if (reach === undefined || info === undefined) {
      this.#frame.setSummary('‖∂L_t/∂h_k‖: how much gradient each loss sends back to each step.');
      return;
    }
    this.#choice.setOptions(
      [
        { value: 'sequence', label: `sequence ${sequence}` },
        { value: 'median', label: `median of ${reach.medianOf} sequences` },
      ],
      model.view.gradientFlowOf,
    );
    this.#choice.element.hidden = reach.medianOf === 1;
    const matrix = model.view.gradientFlowOf === 'median' ? reach.median : reach.matrix;
    this.#losses = Array.from({ length: reach.steps }, (_, t) => t).filter(
      (t) => !Number.isNaN(matrix[t * reach.steps + t]),
    );
    this.#height = Math.max(height.perLoss, Math.min(height.most, this.#losses.length * height.perLoss));
    this.#frame.setSummary(summary(reach, info));
    this.#frame.setTable(memoKey(reach, model.view.gradientFlowOf), () => gradientFlowTable(reach, matrix, update));
    setText(this.#frame.readout, this.#readoutText(matrix, reach.steps, stepInFocus(model, reach.steps)));
    this.#gain.update(reach, drawing);
    const key = memoKey(
      reach,
      model.view.gradientFlowOf,
      axis.width,
      axis.domain,
      theme,
      inspection.gradientFrom,
      devicePixelRatio,
    );
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#draw(reach, matrix, drawing, info);
  }

  #draw(
    reach: GradientFlow,
    matrix: Float64Array,
    { axis, theme, inspection, model }: SequenceDrawing,
    info: RunInfo,
  ): void {
    const { steps } = reach;
    // The scale only grows while another update is selected; another run or layer resets it.
    const of = memoKey(info, model.view.layer);
    const fresh = decadesOf(matrix, lowestDecade(matrix.toReversed(), steps));
    this.#decades = { of, value: this.#decades.of === of ? unionOf(this.#decades.value, fresh) : fresh };
    const scale = new MagnitudeScale(this.#decades.value ?? { from: -1, to: 0 }, theme);
    render(magnitudeLegend(scale, '‖∂L_t/∂h_k‖', matrix.includes(Infinity)), this.#legend);
    this.#labels.replaceChildren(stepLabels(axis));
    this.#plot.style.height = `${this.#height}px`;
    this.#drawRows();
    paint(this.#canvas, matrix, this.#losses, steps, axis, this.#height, scale);
    this.#marks.update(reach, info, {
      losses: this.#losses,
      height: this.#height,
      gradientFrom: inspection.gradientFrom,
      axis,
      theme,
    });
  }

  #drawRows(): void {
    const count = this.#losses.length;
    const all = this.#losses.map((_, row) => row);
    const named = count <= 4 ? all : [0, Math.floor((count - 1) / 2), count - 1];
    this.#rows.replaceChildren(
      element('span', { class: 'axis-title' }, count < 4 ? '' : 'loss at t'),
      ...named.map((row) => {
        const label = element(
          'span',
          { class: 'step-label' },
          count < 4 ? `L_${this.#losses[row]}` : String(this.#losses[row]),
        );
        label.style.top = `${((count - row - 0.5) / count) * 100}%`;
        return label;
      }),
    );
  }

  #pointAt(row: number): void {
    this.#pointedLoss = this.#losses[row];
    this.store.redraw();
  }

  #selectRow(row: number): void {
    const gradientFlowLoss = this.#losses[Math.max(0, Math.min(this.#losses.length - 1, row))];
    this.#pointedLoss = undefined;
    this.store.dispatch({ kind: 'viewChanged', view: { gradientFlowLoss } });
  }

  /** The row that is read, an index of #losses; the last where its step has no loss. */
  get #row(): number {
    const loss = this.#pointedLoss ?? this.store.model.view.gradientFlowLoss;
    const row = loss === undefined ? -1 : this.#losses.indexOf(loss);
    return row < 0 ? this.#losses.length - 1 : row;
  }

  #rowAt(y: number): number {
    const count = this.#losses.length;
    return Math.max(0, Math.min(count - 1, count - 1 - Math.floor((y / this.#height) * count)));
  }

  #readoutText(matrix: Float64Array, steps: number, k: number | undefined): string {
    if (k === undefined) return 'Point at a row and a column to see the gradient from that loss to that step.';
    const selected = this.#losses[this.#row] ?? steps - 1;
    // No loss reaches a later step: show the first that can reach this one instead.
    const t = selected >= k ? selected : (this.#losses.find((loss) => loss >= k) ?? steps - 1);
    const [here, own] = [matrix[t * steps + k] ?? NaN, matrix[t * steps + t] ?? NaN];
    if (Number.isNaN(own)) return `Step ${t} has no loss.`;
    const share = k === t ? '' : `, ${formatNumber(here / own)} of ‖∂L_${t}/∂h_${t}‖`;
    return `loss at t = ${t}, step k = ${k} · ‖∂L_${t}/∂h_${k}‖ = ${formatNumber(here)}${share}`;
  }
}

function paint(
  canvas: HTMLCanvasElement,
  matrix: Float64Array,
  losses: readonly number[],
  steps: number,
  axis: SequenceAxis,
  plotHeight: number,
  scale: MagnitudeScale,
): void {
  // The rasterizer takes column-major values, as in the heatmap of training time.
  const rows = losses.length;
  const values = Float64Array.from(
    { length: steps * rows },
    (_, i) => matrix[(losses[i % rows] ?? 0) * steps + Math.floor(i / rows)] ?? NaN,
  );
  const [from, to] = axis.domain;
  const grid = { values, columns: steps, width: rows, offset: 0, rows, stride: 1 };
  resizeCanvas(canvas, axis.width, plotHeight);
  drawPixels(canvas, (pixels, width, height) => {
    rasterize(grid, { from, to, width, height }, scale, pixels);
  });
}

function summary({ horizon, longestLag, medianOf }: GradientFlow, { lag }: RunInfo): string {
  if (longestLag === null) return 'No step of this sequence has a loss, so there is no gradient.';
  if (horizon === null) return 'All predictions match exactly: the gradient is 0 everywhere.';
  const over = medianOf === 1 ? '' : ` (median of ${medianOf} sequences)`;
  const far =
    horizon === longestLag
      ? `The gradient stays above 0.1 % of its value at the loss back to the start of the window, ${formatCount(horizon, 'step')}${over}`
      : `The gradient stays above 0.1 % of its value at the loss for ${formatCount(horizon, 'step')} back${over}`;
  if (lag === null) return `${far}.`;
  const verdict =
    horizon >= lag ? 'far enough' : horizon === longestLag ? 'longer than the window' : 'too short to learn it';
  return `${far}; the task needs ${lag}: ${verdict}.`;
}
