import { formatNumber, formatCount, formatExact, formatPercentage } from '../../../src/text/numbers';
import type { Inspection } from '../../../src/protocol/inspection';
import type { PositionScores, Scores } from '../../../src/protocol/output';
import { formatError } from '../../../src/text/predictionErrors';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import { latestValue } from '../../store/latestRequest';
import type { Theme } from '../../theme/theme';
import { element, setText } from '../../ui/element';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import { drawLegend } from '../../plot/legend';
import { truncate } from '../../../src/text/quoting';
import { isScaled } from '../dataUnit';
import { visibleSymbol } from '../formatStep';
import { memoKey } from '../memo';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import type { SequenceDrawing } from '../sequenceCell';
import type { Output } from './output';

/** Accuracy or error at each position and, for values, the predictions of a held-out sequence. */
export class ScoresView {
  readonly element = element('div', { class: 'output-part' });
  readonly #status = element('p', { class: 'output-status' });
  readonly #title = element('h3', {}, 'Accuracy by position');
  readonly #byPosition: Picture<SequenceDrawing, ShownScores>;
  readonly #chart: HTMLElement;
  readonly #series: HTMLElement;
  readonly #seriesChart = new CurveChart();
  readonly #seriesLegend = element('div', { class: 'curve-legend' });
  readonly #sequence;
  #drawn = '';
  #scores: Scores | undefined;

  constructor(context: CellContext) {
    this.#byPosition = stepCurves(context, {
      label: 'Scores by position',
      dependencies: ({ scores }) => [scores],
      content: ({ scores, inspection }, { theme }) => ({
        curves: scoreCurves(inUnitOfTarget(scores, inspection), theme),
        yAxis: 'linear',
        yTitle: scores.kind === 'accuracy' ? 'accuracy' : errorTitle(inspection),
        xTicks: false,
        ...(scores.kind === 'accuracy' ? { yRange: [0, 1] as const } : {}),
      }),
    });
    const { legend, plot, labels } = this.#byPosition;
    this.#chart = element('div', {}, legend, plot, labels);
    this.#sequence = numberField(
      'held-out series',
      wholeNumbersTo(() => (this.#scores?.heldOutSequences ?? 1) - 1),
      (heldOutSequence) => {
        context.store.dispatch({ kind: 'viewChanged', view: { heldOutSequence } });
      },
    );
    this.#series = element(
      'div',
      {},
      element('div', { class: 'plot-head' }, this.#seriesLegend, this.#sequence.element),
      element('div', { class: 'plot short-plot' }, this.#seriesChart.canvas),
    );
    this.element.append(this.#title, this.#status, this.#chart, this.#series);
  }

  update({ scores: state }: Output, drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    const heldOut = model.view.heldOutSequence;
    const scores = latestValue(state);
    this.#scores = scores;
    this.#byPosition.follow(undefined, drawing);
    setText(this.#title, inspection.lossKind === 'mse' ? 'Error by position' : 'Accuracy by position');
    setText(this.#status, state.kind === 'failed' ? state.message : scores === undefined ? 'Loading…' : '');
    this.#status.hidden = this.#status.textContent === '';
    const isChart = scores !== undefined && scores.batch.counts.filter((count) => count > 0).length > 1;
    this.#chart.hidden = !isChart;
    this.#title.hidden = !isChart;
    const series = scores?.series;
    this.#series.hidden = series === undefined;
    this.#sequence.update(heldOut, true);
    if (scores === undefined) return;
    if (isChart) this.#byPosition.draw({ scores, inspection }, drawing);
    const key = memoKey(scores, axis.width, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (series === undefined) return;
    const steps = series.mask.length;
    const width = series.outputs.length / Math.max(1, steps);
    const points = (values: Float64Array, isThere: (t: number) => boolean): Curve['points'] =>
      series.mask.length === 0
        ? []
        : Array.from(series.mask, (_, t) => ({ x: t, y: isThere(t) ? (values[t * width] ?? NaN) : NaN }));
    const curves: Curve[] = [
      {
        label: 'target',
        points: points(series.targets, (t) => series.mask[t] === 1),
        color: theme.validation,
        dots: true,
      },
      {
        label: 'predicted',
        points: points(series.outputs, () => true),
        color: theme.train,
        dash: [5, 3],
        dots: steps === 1,
      },
    ];
    drawLegend(this.#seriesLegend, curves);
    const name = inspection.outputNames[0] ?? 'y';
    this.#seriesChart.update({ curves, yAxis: 'linear', yTitle: `${name}, held out` }, [-0.5, steps - 0.5], theme);
  }
}

interface ShownScores {
  readonly scores: Scores;
  readonly inspection: Inspection;
}

/** The scores as text, a sentence for each data set. */
export function formatScores(
  { kind, batch, heldOut, heldOutSequences }: Scores,
  scaling: Inspection['scaling'] = null,
): string {
  const of = (scores: PositionScores): string =>
    kind === 'accuracy'
      ? `${percent(scores.total)} of ${formatExact(total(scores.counts))} predictions are correct${singleStep(scores)}`
      : `the RMS error is ${formatScaledError(scores.total, scaling)}${singleStep(scores)}`;
  // The held-out rows of a table have a sentence and a picture of their own.
  if (scaling !== null) return `On this update’s batch ${of(batch)}.`;
  const held = heldOut === undefined ? '' : ` Held out (${formatCount(heldOutSequences, 'sequence')}): ${of(heldOut)}.`;
  return `On this update’s batch ${of(batch)}.${held}`;
}

/** An error in the unit of the only target and in the scaled one; over several targets there is only the scaled one. */
function formatScaledError(error: number, scaling: Inspection['scaling']): string {
  const [target, ...others] = scaling?.targets ?? [];
  if (scaling === null || target === undefined) return formatNumber(error);
  if (others.length === 0) return formatError(error * target.scale, { kind: scaling.kind, scale: target.scale });
  const unit = scaling.kind === 'none' ? '' : ' in the scaled unit';
  return `${formatNumber(error)}${unit} over all ${formatExact(others.length + 1)} targets`;
}

/** The step, where only one position is scored. */
function singleStep({ counts }: PositionScores): string {
  const scored = Array.from(counts.keys()).filter((t) => (counts[t] ?? 0) > 0);
  return scored.length === 1 ? `, all at step ${scored[0]}` : '';
}

function scoreCurves({ batch, heldOut }: Scores, theme: Theme): Curve[] {
  const points = ({ scores }: PositionScores): Curve['points'] => Array.from(scores, (y, t) => ({ x: t + 0.5, y }));
  return [
    { label: 'batch of this update', points: points(batch), color: theme.train, dots: batch.scores.length < 100 },
    ...(heldOut === undefined
      ? []
      : [{ label: 'held out', points: points(heldOut), color: theme.validation, dash: [5, 3] }]),
  ];
}

/** Errors in the unit of the only target; over several targets they stay in the scaled one. */
function inUnitOfTarget(scores: Scores, { scaling }: Inspection): Scores {
  const [target, ...others] = scaling?.targets ?? [];
  if (target === undefined || others.length > 0 || scores.kind === 'accuracy') return scores;
  const inUnit = (part: PositionScores): PositionScores => ({
    ...part,
    scores: part.scores.map((score) => score * target.scale),
  });
  return { ...scores, batch: inUnit(scores.batch), heldOut: scores.heldOut && inUnit(scores.heldOut) };
}

function errorTitle(inspection: Inspection): string {
  const { outputNames } = inspection;
  if (!isScaled(inspection)) return 'RMS error';
  return outputNames.length > 1 ? 'RMS error, scaled' : `RMS error, ${visibleSymbol(truncate(outputNames[0] ?? 'y'))}`;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function percent(share: number): string {
  return formatPercentage(share, share > 0.995 && share < 1 ? 2 : 1);
}
