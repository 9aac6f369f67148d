import { render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { signedLegend } from '../../plot/heatmap/legend';
import { largestMagnitude, SignedScale } from '../../plot/heatmap/signedScale';
import { Strip } from '../../plot/heatmap/strip';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { rowAxis } from '../../plot/yAxis';
import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import { visibleSymbol } from '../formatStep';
import { memoKey } from '../memo';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import {
  formatInputGradient,
  formatInputGradientAt,
  inputGradientNorms,
  namedRows,
  shownInputs,
} from './inputGradient';
import { translate } from '../../../src/text/translate';

const height = { perRow: 14, least: 28, most: 200 } as const;
/** The characters of a name. */
const longestName = 6;

/** ∂L/∂x_t of the inspected sequence: its norm as a curve, and a row of signed colours for each input. */
export class InputGradientView {
  readonly element: HTMLElement;
  readonly #norms: Picture<SequenceDrawing, Inspection>;
  readonly #summary = element('p', { class: 'cell-summary' });
  readonly #readout = element('div', { class: 'readout' });
  readonly #legend = element('div');
  readonly #axis = element('div');
  readonly #strip = new Strip();
  readonly #surface: SequenceSurface;
  readonly #steps = element('div');
  readonly #pictures: HTMLElement;
  #drawn = '';

  constructor(context: CellContext) {
    this.#norms = stepCurves(context, {
      label: translate`Norm of the gradient of each input vector`,
      dependencies: (inspection) => [inspection],
      content: (inspection, { theme }) => ({
        curves: [
          {
            label: '‖∂L/∂x_t‖',
            // A logarithmic axis can't show 0: the line breaks there.
            points: Array.from(inputGradientNorms(inspection), (norm, t) => ({
              x: t + 0.5,
              y: norm > 0 && norm < Infinity ? norm : NaN,
            })),
            color: theme.train,
            width: 2,
            dots: inspection.steps <= 60,
          },
        ],
        yAxis: 'log',
        yTitle: '‖∂L/∂x_t‖',
        xTicks: false,
      }),
    });
    this.#surface = new SequenceSurface(context.store, context.zoom, translate`Gradient of each input over time steps`);
    const { legend, plot, labels } = this.#norms;
    this.#pictures = element(
      'div',
      {},
      legend,
      this.#readout,
      plot,
      labels,
      this.#legend,
      element('div', { class: 'plot input-gradient-plot' }, this.#axis, this.#strip.element, this.#surface.element),
      this.#steps,
    );
    this.#strip.element.style.marginLeft = 'var(--gutter-left)';
    this.element = element('div', { class: 'input-gradient' }, this.#summary, this.#pictures);
  }

  update(inspection: Inspection, drawing: SequenceDrawing): void {
    const { model } = drawing;
    setNotation(this.#summary, formatInputGradient(inspection));
    const isComputed = inspection.dInputs.length > 0;
    this.#pictures.hidden = !isComputed;
    if (!isComputed) return;
    this.#norms.follow(inspection, drawing);
    this.#surface.update(drawing);
    const t = stepInFocus(model, inspection.steps);
    setNotation(
      this.#readout,
      t === undefined
        ? translate`Point at a step to see the gradient of its input.`
        : formatInputGradientAt(inspection, t),
    );
    this.#norms.draw(inspection, drawing);
    this.#drawStrip(drawing);
  }

  #drawStrip({ inspection, axis, theme }: SequenceDrawing): void {
    const key = memoKey(inspection, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const { dInputs, inputNames, steps, end } = inspection;
    const shown = shownInputs(inspection);
    const values = Float64Array.from(
      { length: steps * shown.length },
      (_, n) => dInputs[Math.floor(n / shown.length) * inputNames.length + (shown[n % shown.length] ?? 0)] ?? NaN,
    );
    const tall = Math.max(height.least, Math.min(height.most, shown.length * height.perRow));
    const scale = new SignedScale(largestMagnitude(values), theme);
    this.#strip.draw(
      { values, steps, rows: shown.length, domain: axis.domain, absent: { from: end, color: theme.faint } },
      axis.width,
      tall,
      scale,
      theme.clip,
    );
    render(signedLegend(scale, translate`∂L/∂x_t, a row per input`), this.#legend);
    const labels = namedRows(shown.length, tall).map((i) => ({
      row: shown.length - 1 - i,
      text: shortName(inputNames[shown[i] ?? 0] ?? ''),
    }));
    render(rowAxis('', shown.length, labels), this.#axis);
    this.#steps.replaceChildren(stepLabels(axis));
  }
}

/** A name in the room left of a picture. */
function shortName(name: string): string {
  const symbols = Array.from(visibleSymbol(name));
  return symbols.length > longestName ? `${symbols.slice(0, longestName - 1).join('')}…` : symbols.join('');
}
