import { formatCount } from '../../../src/text/numbers';
import type { GradientFlow } from '../../../src/protocol/gradientFlow';
import type { RunInfo } from '../../../src/protocol/run';
import { startOfStep, middleOfStep, type SequenceAxis } from '../../plot/sequenceAxis';
import type { Theme } from '../../theme/theme';
import { drawLegend, type NamedLine } from '../../plot/legend';
import { element, setAttribute } from '../../ui/element';
import { svg } from '../../ui/svg';

/** The picture below the marks. */
export interface MarkedPicture {
  /** Steps that have a loss: the rows, from the bottom. */
  readonly losses: readonly number[];
  /** Pixels. */
  readonly height: number;
  /** First step that the trained gradient covers. */
  readonly gradientFrom: number;
  readonly axis: SequenceAxis;
  readonly theme: Theme;
}

/** The steps that truncation leaves out, and the memory horizon and the lag of the task as lines. */
export class GradientFlowMarks {
  readonly element = svg('svg', { class: 'gradient-flow-marks', 'aria-hidden': 'true' });
  /** The legend of the marks. */
  readonly legend = element('div', { class: 'curve-legend' });

  update({ steps, horizon }: GradientFlow, { lag }: RunInfo, picture: MarkedPicture): void {
    const { height, gradientFrom, axis, theme } = picture;
    setAttribute(this.element, 'width', String(axis.width));
    setAttribute(this.element, 'height', String(height));
    const entries: NamedLine[] = [];
    const marks: SVGElement[] = [];
    if (gradientFrom > 0) {
      const left = startOfStep(axis, gradientFrom);
      marks.push(
        svg('rect', { x: 0, y: 0, width: Math.max(0, left), height, fill: theme.background, opacity: 0.55 }),
        svg('line', { x1: left, y1: 0, x2: left, y2: height, stroke: theme.clip, 'stroke-width': 2 }),
      );
      entries.push({
        label: `truncation: no gradient before step ${gradientFrom}`,
        color: theme.clip,
        width: 2,
      });
    }
    if (horizon !== null) {
      marks.push(lagLine(horizon, theme.foreground, '2 3', picture));
      entries.push({
        label: `memory horizon, ${formatCount(horizon, 'step')} back`,
        color: theme.foreground,
        dash: [2, 3],
        width: 2,
      });
    }
    if (lag !== null && lag < steps) {
      marks.push(lagLine(lag, theme.baseline, '8 4', picture));
      entries.push({
        label: `lag of the task, ${formatCount(lag, 'step')}`,
        color: theme.baseline,
        dash: [8, 4],
        width: 2,
      });
    }
    this.element.replaceChildren(...marks);
    drawLegend(this.legend, entries);
  }
}

/** The line `lag` steps before each loss: a staircase, or a diagonal where every step has a loss. */
function lagLine(lag: number, color: string, dash: string, { losses, height, axis }: MarkedPicture): SVGElement {
  const tall = height / losses.length;
  const parts = losses.map((t, row) => {
    const top = (losses.length - row - 1) * tall;
    return t < lag ? '' : `M${middleOfStep(axis, t - lag)} ${top}V${top + tall}`;
  });
  return svg('path', {
    d: parts.join(''),
    stroke: color,
    'stroke-dasharray': losses.length < 12 ? '' : dash,
    'stroke-width': 2,
  });
}
