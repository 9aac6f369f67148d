import { cellParts } from '../../store/cellParts';
import type { TemplateResult } from 'lit-html';
import type { RunInfo } from '../../../src/protocol/run';
import { formatNumber, formatCount } from '../../../src/text/numbers';
import { drawPixels, resizeCanvas } from '../../plot/canvas';
import { MagnitudeScale } from '../../plot/heatmap/magnitudeScale';
import { rasterize } from '../../plot/heatmap/raster';
import { rowAxis } from '../../plot/yAxis';
import type { Model } from '../../store/model';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { foldablePart } from '../cell/foldablePart';
import { flowControls, selectedRow } from './flowControls';
import { flowLegend, flowMarks } from './flowMarks';
import { gradientFlow, type FlowPicture } from './flowPicture';
import { flowSubject } from './flowSubject';
import { GainView } from './gainView';
import { PathsView } from './pathsView';
import { element } from '../../ui/element';
import { gradientFlowTable } from './gradientFlowTable';
import { translate } from '../../../src/text/translate';
import './gradientFlow.css';

/** [13] Which loss reaches which step: a row is a loss, a column is a step; what truncation cuts off is dimmed. */
export const gradientFlowCell: CellDeclaration<SequenceDrawing, FlowPicture> = {
  number: 13,
  title: 'Gradient flow: which loss reaches which step',
  source: gradientFlow,
  summary: (shown, { model: { run } }) => (run === undefined ? '' : summary(shown, run.info)),
  emptySummary: () => translate`‖∂L_t/∂h_k‖: how much gradient each loss sends back to each step.`,
  readout: (shown, { model }) => readout(shown, model),
  table: ({ flow, state, matrix }, { model, inspection }) => ({
    dependsOn: [flow, model.view.gradientFlowOf, model.view.gradientFlowState],
    make: () => gradientFlowTable(flow.steps, matrix, state, inspection.update),
  }),
  picture: {
    kind: 'canvas',
    label: translate`Which loss reaches which step`,
    class: 'gradient-flow-plot',
    canvasClass: 'heatmap',
    dependencies: ({ flow, matrix, decades }, { inspection }) => [
      flow,
      matrix,
      decades.from,
      decades.to,
      inspection.gradientFrom,
    ],
    height: (shown) => shown.height,
    legend: flowLegend,
    yAxis: ({ losses }) => lossAxis(losses),
    marks: flowMarks,
    handlers: ({ store }, shown) => flowControls(store, shown),
    draw: paint,
  },
  parts: (context) => {
    const paths = foldablePart(
      context,
      cellParts.paths,
      new PathsView(context),
      ({ flow: { c }, losses }) => c !== null && losses.length > 0,
    );
    const gain = foldablePart(context, cellParts.gain, new GainView(context));
    return {
      tools: flowSubject(context.store),
      below: {
        element: element('div', {}, paths.element, gain.element),
        update: (shown, drawing) => {
          paths.update(shown, drawing);
          gain.update(shown, drawing);
        },
      },
    };
  },
};

function lossAxis(losses: readonly number[]): TemplateResult {
  const count = losses.length;
  const named = count <= 4 ? [...losses.keys()] : [0, Math.floor((count - 1) / 2), count - 1];
  return rowAxis(
    count < 4 ? '' : translate`loss at t`,
    count,
    named.map((row) => ({ row, text: count < 4 ? `L_${losses[row]}` : String(losses[row]) })),
  );
}

function paint(
  canvas: HTMLCanvasElement,
  { flow: { steps }, matrix, losses, decades, height: plotHeight }: FlowPicture,
  { axis, theme }: SequenceDrawing,
): void {
  // The rasterizer takes column-major values, as in the heatmap of training time.
  const rows = losses.length;
  const values = Float64Array.from(
    { length: steps * rows },
    (_, i) => matrix[(losses[i % rows] ?? 0) * steps + Math.floor(i / rows)] ?? NaN,
  );
  const [from, to] = axis.domain;
  const grid = { values, columns: steps, width: rows, offset: 0, rows, stride: 1 };
  const scale = new MagnitudeScale(decades, theme);
  resizeCanvas(canvas, axis.width, plotHeight);
  drawPixels(canvas, (pixels, width, height) => {
    rasterize(grid, { from, to, width, height }, scale, pixels);
  });
}

function readout({ flow: { steps }, state, matrix, losses }: FlowPicture, model: Model): string {
  const k = stepInFocus(model, steps);
  if (k === undefined) return translate`Point at a row and a column to see the gradient from that loss to that step.`;
  const selected = losses[selectedRow(losses, model)] ?? steps - 1;
  // No loss reaches a later step: show the first that can reach this one instead.
  const t = selected >= k ? selected : (losses.find((loss) => loss >= k) ?? steps - 1);
  const [here, own] = [matrix[t * steps + k] ?? NaN, matrix[t * steps + t] ?? NaN];
  if (Number.isNaN(own)) return translate`Step ${t} has no loss.`;
  const share = k === t ? '' : translate`, ${formatNumber(here / own)} of ‖∂L_${t}/∂${state}_${t}‖`;
  return translate`loss at t = ${t}, step k = ${k} · ‖∂L_${t}/∂${state}_${k}‖ = ${formatNumber(here)}${share}`;
}

function summary(
  { flow: { longestLag, medianOf, h, c }, state, ofState: { horizon } }: FlowPicture,
  { lag }: RunInfo,
): string {
  if (longestLag === null) return translate`No step of this sequence has a loss, so there is no gradient.`;
  if (horizon === null) return translate`All predictions match exactly: the gradient is 0 everywhere.`;
  const over = medianOf === 1 ? '' : translate` (median of ${medianOf} sequences)`;
  const steps = formatCount(horizon, 'step');
  const far =
    horizon === longestLag
      ? translate`At this update the gradient at ${state}_k stays above 0.1 % of its value at the loss back to the start of the window, ${steps}${over}`
      : translate`At this update the gradient at ${state}_k stays above 0.1 % of its value at the loss for ${steps} back${over}`;
  const other = state === 'h' ? { name: 'c', horizon: c?.horizon ?? null } : { name: 'h', horizon: h.horizon };
  const beside =
    c === null || other.horizon === null
      ? ''
      : translate`; at ${other.name}_k for ${formatCount(other.horizon, 'step')}`;
  if (lag === null) return `${far}${beside}.`;
  const reaches =
    horizon >= lag
      ? translate`the gradient gets there`
      : longestLag < lag
        ? translate`more than the window has`
        : translate`it does not get there`;
  return translate`${far}${beside}; the task needs ${formatCount(lag, 'step')}: ${reaches}.`;
}
