import { html, svg, type TemplateResult } from 'lit-html';
import { formatCount } from '../../../src/text/numbers';
import { magnitudeLegend } from '../../plot/heatmap/legend';
import { MagnitudeScale } from '../../plot/heatmap/magnitudeScale';
import { lineLegend } from '../../plot/legend';
import { startOfStep, middleOfStep, type SequenceAxis } from '../../plot/sequenceAxis';
import type { SequenceDrawing } from '../sequenceCell';
import type { FlowPicture } from './flowPicture';
import { translate } from '../../../src/text/translate';

const lineWidth = 2;

/** A line as many steps before each loss. */
interface LagLine {
  readonly label: string;
  readonly lag: number;
  readonly color: string;
  readonly dash: readonly number[];
}

/** The steps that truncation leaves out, and the memory horizon and the lag of the task as lines. */
export function flowMarks(shown: FlowPicture, drawing: SequenceDrawing): TemplateResult {
  const { losses, height } = shown;
  const { inspection, axis, theme } = drawing;
  const lines = lagLines(shown, drawing).map(
    ({ lag, color, dash }) =>
      svg`<path
        d=${lagPath(lag, losses, height, axis)}
        stroke=${color}
        stroke-dasharray=${losses.length < 12 ? '' : dash.join(' ')}
        stroke-width=${lineWidth}
      />`,
  );
  const left = startOfStep(axis, inspection.gradientFrom);
  const truncation =
    inspection.gradientFrom > 0
      ? svg`<rect x="0" y="0" width=${Math.max(0, left)} height=${height} fill=${theme.background} opacity="0.55" />
          <line x1=${left} y1="0" x2=${left} y2=${height} stroke=${theme.clip} stroke-width=${lineWidth} />`
      : svg``;
  return html`<svg class="gradient-flow-marks" aria-hidden="true" width=${axis.width} height=${height}>
    ${truncation}${lines}
  </svg>`;
}

/** The colours of the matrix, and its marks. */
export function flowLegend(shown: FlowPicture, drawing: SequenceDrawing): TemplateResult {
  const { inspection, theme } = drawing;
  const scale = new MagnitudeScale(shown.decades, theme);
  const truncation =
    inspection.gradientFrom > 0
      ? [{ label: translate`truncation: no gradient before step ${inspection.gradientFrom}`, color: theme.clip }]
      : [];
  const lines = [...truncation, ...lagLines(shown, drawing)].map((line) => ({ ...line, width: lineWidth }));
  return html`${magnitudeLegend(scale, `‖∂L_t/∂${shown.state}_k‖`, shown.matrix.includes(Infinity))}${lineLegend(lines)}`;
}

function lagLines(
  { flow: { steps, h, c }, state }: FlowPicture,
  { model: { run }, theme }: SequenceDrawing,
): LagLine[] {
  const lag = run?.info.lag ?? null;
  return [
    // Both paths of an LSTM have their line; that of the state which is shown is the stronger one.
    ...(['h', 'c'] as const).flatMap((of) => {
      const horizon = (of === 'h' ? h : c)?.horizon ?? null;
      if (horizon === null) return [];
      const path = c === null ? '' : translate` of ${of}_k`;
      return [
        {
          label: translate`memory horizon${path}, ${formatCount(horizon, 'step')} back`,
          lag: horizon,
          color: of === state ? theme.foreground : theme.validation,
          dash: of === state ? [2, 3] : [6, 3],
        },
      ];
    }),
    ...(lag === null || lag >= steps
      ? []
      : [{ label: translate`lag of the task, ${formatCount(lag, 'step')}`, lag, color: theme.baseline, dash: [8, 4] }]),
  ];
}

/** The line `lag` steps before each loss: a staircase, or a diagonal where every step has a loss. */
function lagPath(lag: number, losses: readonly number[], height: number, axis: SequenceAxis): string {
  const tall = height / losses.length;
  const parts = losses.map((t, row) => {
    const top = (losses.length - row - 1) * tall;
    return t < lag ? '' : `M${middleOfStep(axis, t - lag)} ${top}V${top + tall}`;
  });
  return parts.join('');
}
