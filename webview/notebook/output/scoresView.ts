import type { Inspection } from '../../../src/protocol/inspection';
import type { PositionScores, Scores } from '../../../src/protocol/output';
import type { NoPredictions, Predictions } from '../../../src/protocol/predictions';
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
import { formatCutOff, formatWarmUp, heldOutLabel } from './formatScores';
import type { Output } from './output';
import { translate } from '../../../src/text/translate';

/** Accuracy or error at each position and, for values, the predictions of a held-out sequence. */
export class ScoresView {
  readonly element = element('div', { class: 'output-part' });
  readonly #status = element('p', { class: 'output-status' });
  readonly #title = element('h3', {}, translate`Accuracy by position`);
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
      label: translate`Scores by position`,
      dependencies: ({ scores, warmUp }) => [scores, warmUp],
      content: ({ scores, warmUp, inspection }, { theme }) => ({
        curves: scoreCurves(inUnitOfTarget(scores, inspection), warmUp, theme),
        yAxis: 'linear',
        yTitle: scores.kind === 'accuracy' ? translate`accuracy` : errorTitle(inspection),
        xTicks: false,
        ...(scores.kind === 'accuracy' ? { yRange: [0, 1] as const } : {}),
      }),
    });
    const { legend, plot, labels } = this.#byPosition;
    this.#chart = element('div', {}, legend, plot, labels);
    this.#sequence = numberField(
      translate`held-out series`,
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

  update({ scores: state, predictions }: Output, drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    const heldOut = model.view.heldOutSequence;
    const scores = latestValue(state);
    this.#scores = scores;
    const warmUp = warmUpOf(latestValue(predictions));
    this.#byPosition.follow(undefined, drawing);
    setText(
      this.#title,
      inspection.lossKind === 'mse' ? translate`Error by position` : translate`Accuracy by position`,
    );
    const isChart = scores !== undefined && scores.batch.counts.filter((count) => count > 0).length > 1;
    const note = isChart
      ? [formatWarmUp(warmUp, firstCounted(scores.heldOut)), formatCutOff(scores.batch.counts.length, inspection.steps)]
          .filter((text) => text !== '')
          .join(' ')
      : '';
    setText(this.#status, state.kind === 'failed' ? state.message : scores === undefined ? translate`Loading…` : note);
    this.#status.hidden = this.#status.textContent === '';
    this.#chart.hidden = !isChart;
    this.#title.hidden = !isChart;
    const series = scores?.series;
    this.#series.hidden = series === undefined;
    this.#sequence.update(heldOut, true);
    if (scores === undefined) return;
    if (isChart) this.#byPosition.draw({ scores, warmUp, inspection }, drawing);
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
        label: translate`target`,
        points: points(series.targets, (t) => series.mask[t] === 1),
        color: theme.validation,
        dots: true,
      },
      {
        label: translate`predicted`,
        points: points(series.outputs, () => true),
        color: theme.train,
        dash: [5, 3],
        dots: steps === 1,
      },
    ];
    drawLegend(this.#seriesLegend, curves);
    const name = inspection.outputNames[0] ?? 'y';
    this.#seriesChart.update(
      { curves, yAxis: 'linear', yTitle: translate`${name}, held out` },
      [-0.5, steps - 0.5],
      theme,
    );
  }
}

interface ShownScores {
  readonly scores: Scores;
  /** Rows. */
  readonly warmUp: number;
  readonly inspection: Inspection;
}

function firstCounted(scores: PositionScores | undefined): number {
  return scores?.counts.findIndex((count) => count > 0) ?? -1;
}

/** The rows that a held-out window of a table reads before its first prediction; 0 for other data. */
function warmUpOf(predictions: Predictions | NoPredictions | undefined): number {
  return predictions?.kind === 'predictions' ? predictions.warmUp : 0;
}

function scoreCurves({ batch, heldOut, best }: Scores, warmUp: number, theme: Theme): Curve[] {
  const points = (scores: Float64Array): Curve['points'] => Array.from(scores, (y, t) => ({ x: t + 0.5, y }));
  return [
    {
      label: translate`batch of this update`,
      points: points(batch.scores),
      color: theme.train,
      dots: batch.scores.length < 100,
    },
    ...(heldOut === undefined
      ? []
      : [{ label: heldOutLabel(warmUp), points: points(heldOut.scores), color: theme.validation, dash: [5, 3] }]),
    ...(best?.batch === undefined
      ? []
      : [
          {
            label: translate`best that can be expected`,
            points: points(best.batch),
            color: theme.baseline,
            dash: [2, 3],
          },
        ]),
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
  if (!isScaled(inspection)) return translate`RMS error`;
  return outputNames.length > 1
    ? translate`RMS error, scaled`
    : translate`RMS error, ${visibleSymbol(truncate(outputNames[0] ?? 'y'))}`;
}
