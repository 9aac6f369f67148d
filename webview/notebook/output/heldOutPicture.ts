import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Predictions } from '../../../src/protocol/predictions';
import { formatCount } from '../../../src/text/numbers';
import { truncate } from '../../../src/text/quoting';
import { CurveChart } from '../../plot/charts/curves';
import { colourEntry, legendRow, lineEntry } from '../../plot/legend';
import { nameColours } from '../../plot/scatter/colouring';
import { withOpacity, type Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { visibleSymbol } from '../formatStep';
import { classLanes, drawClassLanes, heightOfLanes, middleOfLane } from './classLanes';
import { startOfRow, type RowAxis } from './heldOutAxis';
import { earlySpans, heldOutCurves, type RowSpan } from './heldOutCurves';
import { translate } from '../../../src/text/translate';

/** Fewest pixels between two lines that separate sequences: closer ones would hide the curves. */
const roomBetweenSequences = 5;

/** The share of the foreground in the shading of rows, lighter where rows are early than where they are no prediction. */
const shading = { lead: 0.16, early: 0.08 } as const;

/** What a picture of held-out rows needs besides its numbers. */
export interface PictureTexts {
  /** The name of the target column. */
  readonly name: string;
  readonly classNames: readonly string[];
  readonly theme: Theme;
}

/** The plot of the held-out rows: curves for numbers, lanes of colours for classes. */
export class HeldOutPicture {
  readonly element = element('div', { class: 'plot' });
  readonly #chart = new CurveChart();
  readonly #canvas = element('canvas', { class: 'class-lanes', 'aria-hidden': 'true' });
  readonly #marks = element('div', { class: 'row-marks', 'aria-hidden': 'true' });
  readonly #lanes = element('div', { class: 'step-axis', 'aria-hidden': 'true' });

  constructor() {
    this.#canvas.style.marginLeft = 'var(--gutter-left)';
    this.#marks.style.left = 'var(--gutter-left)';
    this.#marks.style.right = 'var(--gutter-right)';
    this.element.append(this.#marks, this.#lanes, this.#canvas, this.#chart.canvas);
  }

  draw(predictions: Predictions, axis: RowAxis, { name, classNames, theme }: PictureTexts): void {
    const isClasses = predictions.errors.kind === 'classes';
    const lanes = classLanes(predictions);
    this.element.classList.toggle('step-plot', !isClasses);
    this.element.classList.toggle('held-out-plot', !isClasses);
    this.element.style.height = isClasses ? `${heightOfLanes(lanes)}px` : '';
    this.#canvas.hidden = !isClasses;
    this.#lanes.hidden = !isClasses;
    this.#chart.canvas.hidden = isClasses;
    if (isClasses) {
      drawClassLanes(this.#canvas, predictions, axis, nameColours(classNames).colourOf, theme);
      render(
        lanes.map(
          (one, index) => html`<span class="step-label" .style=${`top: ${middleOfLane(index)}px`}>${one.name}</span>`,
        ),
        this.#lanes,
      );
    } else {
      const visible = (axis.domain[1] - axis.domain[0]) / predictions.rowsPerPoint;
      const curves = heldOutCurves(predictions, visible, theme);
      this.#chart.update({ curves, yAxis: 'linear', yTitle: name, xTicks: false, xGrid: false }, axis.domain, theme);
    }
    render(marksTemplate(predictions, axis, theme), this.#marks);
  }
}

function marksTemplate(predictions: Predictions, axis: RowAxis, theme: Theme): TemplateResult {
  const { lead } = predictions;
  const shade = ([from, to]: RowSpan, opacity: number): TemplateResult | typeof nothing => {
    const [left, right] = [Math.max(0, startOfRow(axis, from)), Math.min(axis.width, startOfRow(axis, to))];
    if (right <= left) return nothing;
    const color = withOpacity(theme.foreground, opacity);
    return html`<i class="row-shade" .style=${`left: ${left}px; width: ${right - left}px; background: ${color}`}></i>`;
  };
  return html`${shade([0, lead], shading.lead)}${earlySpans(predictions).map((span) =>
    shade(span, shading.early),
  )}${separators(predictions, axis).map((x) => html`<i class="sequence-line" .style=${`left: ${x}px`}></i>`)}`;
}

/** Pixels at which sequences begin, but the first one; none where they are too close to tell apart. */
function separators({ sequences, rows, sequenceCount }: Predictions, axis: RowAxis): readonly number[] {
  const wide = (startOfRow(axis, rows) - startOfRow(axis, 0)) / Math.max(1, sequenceCount);
  if (sequenceCount < 2 || wide < roomBetweenSequences) return [];
  return sequences.map(({ row }) => startOfRow(axis, row)).filter((x) => x > 0 && x < axis.width);
}

/** The legend: lines or classes, and what is shaded. */
export function heldOutLegend(
  predictions: Predictions,
  classNames: readonly string[],
  axis: RowAxis,
  theme: Theme,
): TemplateResult {
  const { lead, warmUp, isEarly, errors, sequenceCount } = predictions;
  const shown =
    errors.kind === 'classes'
      ? nameColours(classNames).legend.map(({ color, words }) => colourEntry(color, visibleSymbol(truncate(words))))
      : heldOutCurves(predictions, Infinity, theme).map(lineEntry);
  const isSeparated = separators(predictions, axis).length > 0;
  return legendRow([
    ...shown,
    ...(startOfRow(axis, lead) > 0
      ? [
          colourEntry(
            withOpacity(theme.foreground, shading.lead),
            translate`warm-up: the last ${formatCount(lead, 'training row')}, read before the first prediction`,
          ),
        ]
      : []),
    ...(isEarly.includes(1)
      ? [
          colourEntry(
            withOpacity(theme.foreground, shading.early),
            translate`warm-up: the sequence has begun at most ${formatCount(warmUp, 'row')} earlier`,
          ),
        ]
      : []),
    ...(sequenceCount > 1 && !isSeparated
      ? [html`<span>${translate`zoom in to see where sequences begin`}</span>`]
      : []),
    ...(isSeparated ? [html`<span>${translate`│ a sequence begins`}</span>`] : []),
  ]);
}
