import { html, type TemplateResult } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber, formatCount } from '../../../src/text/numbers';
import { startDrawing } from '../../plot/canvas';
import { colourEntry, legendRow } from '../../plot/legend';
import { startOfStep, middleOfStep, visibleSteps, widthOfStep } from '../../plot/sequenceAxis';
import { barScale } from '../../plot/yAxis';
import { countCorrect } from './ranking';
import { stepLossTable } from '../sequenceTables';
import { withOpacity, type Theme } from '../../theme/theme';
import { isScaled } from '../dataUnit';
import { inspectedUpdate } from '../dataSources';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { PredictionView } from './predictionView';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { formatOutput, formatTarget } from '../formatStep';
import { translate } from '../../../src/text/translate';
import './stepLoss.css';

const height = 90;
const widestBar = 18;
/** Width of a step (px) from which a step without a target is marked. */
const roomForMark = 5;

/** [11] The loss of each step, which steps count, and predictions beside targets. */
export const stepLossCell: CellDeclaration<SequenceDrawing, Inspection> = {
  number: 11,
  title: 'Loss per step',
  source: inspectedUpdate,
  summary,
  readout: (inspection, { model }) => readout(inspection, stepInFocus(model, inspection.steps)),
  table: (inspection) => ({ dependsOn: [inspection], make: () => stepLossTable(inspection) }),
  picture: {
    kind: 'canvas',
    label: translate`Loss of each time step`,
    class: 'bars',
    canvasClass: 'strip',
    dependencies: (inspection) => [inspection],
    height: () => height,
    legend: (inspection, { theme }) => legend(inspection, theme),
    yAxis: (inspection) => barScale(formatNumber(largestLoss(inspection)), '0'),
    draw: drawBars,
  },
  parts: (context) => {
    const prediction = new PredictionView(context);
    return {
      below: {
        element: prediction.element,
        update: (_, drawing) => {
          prediction.update(drawing);
        },
      },
    };
  },
};

function largestLoss({ lossPerStep }: Inspection): number {
  return lossPerStep.reduce((most, value) => Math.max(most, value), 0);
}

function drawBars(canvas: HTMLCanvasElement, inspection: Inspection, { axis, theme }: SequenceDrawing): void {
  const context = startDrawing(canvas, axis.width, height);
  if (context === undefined) return;
  const { lossPerStep, sequenceLoss, mask, gradientFrom, windowStart } = inspection;
  const largest = largestLoss(inspection);
  // Steps before the gradient's window are shaded, those of an earlier window darker.
  for (const [end, opacity] of [
    [gradientFrom, 0.1],
    [windowStart, 0.14],
  ] as const) {
    context.fillStyle = withOpacity(theme.foreground, opacity);
    context.fillRect(startOfStep(axis, 0), 0, startOfStep(axis, end) - startOfStep(axis, 0), height);
  }
  if (gradientFrom > 0) {
    context.fillStyle = theme.clipped;
    context.fillRect(startOfStep(axis, gradientFrom) - 1, 0, 2, height);
  }
  const wide = Math.max(1, Math.min(widestBar, widthOfStep(axis) * 0.7));
  const bars = (values: Float64Array, color: string): void => {
    context.fillStyle = color;
    for (const t of visibleSteps(axis)) {
      const tall = largest === 0 ? 0 : ((values[t] ?? 0) / largest) * height;
      context.fillRect(middleOfStep(axis, t) - wide / 2, height - tall, wide, tall);
    }
  };
  bars(lossPerStep, withOpacity(theme.train, 0.35));
  bars(sequenceLoss, theme.train);
  if (widthOfStep(axis) < roomForMark) return;
  context.strokeStyle = theme.faint;
  for (const t of visibleSteps(axis)) {
    if (mask[t] === 1) continue;
    const x = middleOfStep(axis, t);
    context.strokeRect(x - 1.5, height - 4.5, 3, 3);
  }
}

function legend({ mask, gradientFrom, windowStart, probe }: Inspection, theme: Theme): TemplateResult {
  return legendRow([
    ...(probe === null
      ? [
          colourEntry(withOpacity(theme.train, 0.35), translate`L_t of the batch`),
          colourEntry(theme.train, translate`contribution of this sequence`),
        ]
      : [colourEntry(theme.train, translate`L_t of this sequence alone`)]),
    ...(mask.includes(0) ? [html`<span>${translate`▫ no target`}</span>`] : []),
    ...(windowStart > 0
      ? [colourEntry(withOpacity(theme.foreground, 0.24), translate`previous window: only the gradient reaches it`)]
      : []),
    ...(gradientFrom > 0
      ? [colourEntry(withOpacity(theme.foreground, 0.1), translate`counts in L, excluded from the gradient`)]
      : []),
  ]);
}

function targetsText(targets: number, steps: string, correct: string): string {
  return targets === 1
    ? translate`1 of this sequence’s ${steps} has a target${correct}.`
    : translate`${targets} of this sequence’s ${steps} have a target${correct}.`;
}

function summary(inspection: Inspection): string {
  const { lossPerStep, mask, loss, lossKind, gradientFrom, steps, windowStart, end, probe } = inspection;
  const targets = mask.reduce((count, one) => count + one, 0);
  const sum = lossPerStep.reduce((total, value) => total + value, 0);
  const isReported = probe === null && Math.abs(sum - loss) <= 1e-6 * Math.abs(loss);
  const { correct } = lossKind === 'crossEntropy' ? countCorrect(inspection) : { correct: 0 };
  return [
    `L = ${formatSum(windowStart, lossPerStep.length - 1)} = ${formatNumber(sum)}${isReported ? translate`, the loss that this update reported` : ''}${isScaled(inspection) && lossKind === 'mse' ? translate`, in the scaled unit` : ''}.`,
    targetsText(
      targets,
      formatCount(end, 'step'),
      lossKind === 'crossEntropy' ? translate`, ${correct} of them predicted correctly` : '',
    ),
    ...(gradientFrom > 0
      ? [
          steps - gradientFrom === 1
            ? translate`The gradient covers only the last step, step ${gradientFrom}.`
            : translate`The gradient covers the last ${steps - gradientFrom} steps, from step ${gradientFrom} on.`,
        ]
      : []),
    ...(windowStart > 0
      ? [translate`It reaches ${formatCount(windowStart, 'step')} back into the previous window.`]
      : []),
  ].join(' ');
}

/** The loss as a sum over steps: in full where it is short. */
function formatSum(first: number, last: number): string {
  const steps = Array.from({ length: last - first + 1 }, (_, i) => `L_${first + i}`);
  return steps.length <= 4 ? steps.join(' + ') : `L_${first} + … + L_${last}`;
}

function readout(inspection: Inspection, t: number | undefined): string {
  if (t === undefined) return translate`Point at a step to see its values.`;
  const { lossPerStep, sequenceLoss, mask, gradientFrom, windowStart } = inspection;
  const counts =
    t < windowStart
      ? [translate` · in the previous window`]
      : t < gradientFrom
        ? [translate` · outside the gradient’s window`]
        : [];
  if (t >= inspection.end)
    return translate`t = ${t} · L_${t} = ${formatNumber(lossPerStep[t] ?? NaN)} · padding: this sequence has ended after ${formatCount(inspection.end, 'step')}`;
  const of = `t = ${t} · L_${t} = ${formatNumber(lossPerStep[t] ?? NaN)}`;
  if (mask[t] !== 1) return translate`${of} · no target${counts.join('')}`;
  return translate`${of} · this sequence ${formatNumber(sequenceLoss[t] ?? NaN)} · ${formatOutput(inspection, t)} · ${formatTarget(inspection, t)}${counts.join('')}`;
}
