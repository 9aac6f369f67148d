import { html, nothing, render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { startOfStep, middleOfStep, visibleSteps, widthOfStep, type SequenceAxis } from '../../plot/sequenceAxis';
import { gutters } from '../../plot/trainingAxis';
import type { Curve } from '../../plot/charts/datasets';
import { targetClass, targetProbabilities, topClass, rankedClasses } from './ranking';
import type { Theme } from '../../theme/theme';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { inDataUnit } from '../dataUnit';
import { memoKey } from '../memo';
import { SequenceSurface } from '../../plot/sequenceSurface';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { StepCanvas } from '../../plot/stepCanvas';
import { visibleSymbol } from '../formatStep';
import { translate } from '../../../src/text/translate';

const barsHeight = 44;
const mostClasses = 5;
const widestBar = 18;
const roomForLetter = 9;
/** Space between symbols of several letters. */
const roomBetweenWords = 6;

/** Predictions and targets: probabilities of classes, or curves of values. */
export class PredictionView {
  readonly element = element('div', { class: 'prediction' });
  readonly #classes: ClassPrediction;
  readonly #values: ValuePrediction;

  constructor(context: CellContext) {
    this.#classes = new ClassPrediction(context);
    this.#values = new ValuePrediction(context);
    this.element.append(this.#classes.element, this.#values.element);
  }

  update(drawing: SequenceDrawing): void {
    const isClasses = drawing.inspection.lossKind === 'crossEntropy';
    this.#classes.element.hidden = !isClasses;
    this.#values.element.hidden = isClasses;
    if (isClasses) this.#classes.update(drawing);
    else this.#values.update(drawing);
  }
}

/** p(target) at every step, target and top prediction as symbols, and the ranked classes of the step in focus. */
class ClassPrediction {
  readonly element = element('div');
  readonly #canvas = new StepCanvas(barsHeight);
  readonly #surface: SequenceSurface;
  readonly #symbols = element('div', { 'aria-hidden': 'true' });
  readonly #ranking = element('table', { class: 'parameters ranking' });
  #drawn = '';
  #ranked = '';

  constructor({ store, zoom }: CellContext) {
    this.#surface = new SequenceSurface(store, zoom, translate`Probability of the target at each time step`);
    const scale = element(
      'div',
      { class: 'bar-scale', 'aria-hidden': 'true' },
      element('span', {}, '1'),
      element('span', {}, '0'),
    );
    this.element.append(
      element(
        'div',
        { class: 'curve-legend' },
        translate`probability of the target; filled = it was the top prediction`,
      ),
      element('div', { class: 'plot probability-bars' }, scale, this.#canvas.element, this.#surface.element),
      this.#symbols,
      element('div', { class: 'ranking-table' }, this.#ranking),
    );
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#surface.update(drawing);
    this.#rank(inspection, stepInFocus(model, inspection.steps) ?? lastTargetStep(inspection));
    const key = memoKey(inspection, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#paint(inspection, axis, theme);
    const longest = inspection.outputNames.reduce((most, symbol) => Math.max(most, visibleSymbol(symbol).length), 1);
    const isRoomy = widthOfStep(axis) >= roomForLetter * longest + (longest > 1 ? roomBetweenWords : 0);
    this.#symbols.hidden = !isRoomy;
    if (!isRoomy) return;
    const name = (index: number | undefined): string =>
      index === undefined ? '' : visibleSymbol(inspection.outputNames[index] ?? '');
    this.#symbols.replaceChildren(
      symbolRow(translate`target`, axis, (t) => name(targetClass(inspection, t))),
      symbolRow(translate`predicted`, axis, (t) => name(t < inspection.end ? topClass(inspection, t) : undefined)),
    );
  }

  #paint(inspection: Inspection, axis: SequenceAxis, theme: Theme): void {
    const context = this.#canvas.begin(axis);
    if (context === undefined) return;
    const probabilities = targetProbabilities(inspection);
    const wide = Math.max(1, Math.min(widestBar, widthOfStep(axis) * 0.7));
    context.fillStyle = theme.baseline;
    context.strokeStyle = theme.validation;
    for (const t of visibleSteps(axis)) {
      const tall = (probabilities[t] ?? NaN) * (barsHeight - 1);
      if (Number.isNaN(tall)) continue;
      const left = middleOfStep(axis, t) - wide / 2;
      if (topClass(inspection, t) === targetClass(inspection, t)) {
        context.fillRect(left, barsHeight - tall, wide, tall);
      } else {
        context.strokeRect(left + 0.5, barsHeight - tall - 0.5, Math.max(0.5, wide - 1), tall);
      }
    }
  }

  #rank(inspection: Inspection, t: number): void {
    const key = memoKey(inspection, t);
    if (key === this.#ranked) return;
    this.#ranked = key;
    const isPadding = t >= inspection.end;
    const rows = (isPadding ? [] : rankedClasses(inspection, t, mostClasses)).map(
      ({ name, probability, rank, isTarget }) =>
        html`<tr class=${isTarget ? translate`target` : nothing}>
          <td>${rank}.</td>
          <th scope="row">${visibleSymbol(name)}</th>
          <td>${formatNumber(probability)}</td>
          <td>
            <i class=${isTarget ? 'probability target' : 'probability'} .style=${`width: ${probability * 120}px`}></i
            >${isTarget ? ' target' : ''}
          </td>
        </tr>`,
    );
    const note = isPadding
      ? translate` (padding)`
      : targetClass(inspection, t) === undefined
        ? translate` (no target)`
        : '';
    render(
      html`<caption>
          ${translate`Top predictions at step`} ${t}${note}
        </caption>
        <tbody>
          ${rows}
        </tbody>`,
      this.#ranking,
    );
  }
}

/** ŷ_t and its target as curves over the steps; one output at a time. */
class ValuePrediction {
  readonly element = element('div');
  readonly #picture: Picture<SequenceDrawing, ValueOfOutput>;
  readonly #output;

  constructor(context: CellContext) {
    this.#picture = stepCurves(context, {
      label: translate`Predicted and target values over time steps`,
      dependencies: ({ inspection, output }) => [inspection, output],
      content: ({ inspection, output }, { theme }) => ({
        curves: valueCurves(inspection, output, theme),
        yAxis: 'linear',
        yTitle: visibleSymbol(inspection.outputNames[output] ?? 'y'),
        xTicks: false,
      }),
    });
    this.#output = choice<string>(translate`Output`, (output) => {
      context.store.dispatch({ kind: 'viewChanged', view: { output: Number(output) } });
    });
    const { legend, plot, labels } = this.#picture;
    this.element.append(element('div', { class: 'plot-head' }, legend, this.#output.element), plot, labels);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection } = drawing;
    const { outputNames } = inspection;
    const output = Math.min(model.view.output, outputNames.length - 1);
    this.#output.element.hidden = outputNames.length === 1;
    this.#output.setOptions(
      outputNames.map((label, index) => ({ value: String(index), label })),
      String(output),
    );
    this.#picture.follow(undefined, drawing);
    this.#picture.draw({ inspection, output }, drawing);
  }
}

interface ValueOfOutput {
  readonly inspection: Inspection;
  /** Index in `inspection.outputNames`. */
  readonly output: number;
}

function valueCurves(
  { outputs, targets, outputNames, mask, steps, scaling, end }: Inspection,
  output: number,
  theme: Theme,
): Curve[] {
  const width = outputNames.length;
  const rescaling = scaling?.targets[output];
  const points = (values: Float64Array, isThere: (t: number) => boolean): Curve['points'] =>
    Array.from({ length: steps }, (_, t) => ({
      x: t + 0.5,
      y: isThere(t) ? inDataUnit(values[t * width + output] ?? NaN, rescaling) : NaN,
    }));
  return [
    {
      label: translate`target, y_t`,
      points: points(targets, (t) => mask[t] === 1),
      color: theme.validation,
      dots: true,
    },
    {
      label: translate`predicted, ŷ_t`,
      points: points(outputs, (t) => t < end),
      color: theme.train,
      dash: [5, 3],
      dots: mask.length === 1,
    },
  ];
}

function symbolRow(name: string, axis: SequenceAxis, symbolAt: (t: number) => string): HTMLElement {
  const symbols = visibleSteps(axis).map((t) => {
    const symbol = element('span', {}, symbolAt(t));
    symbol.style.left = `${gutters.left + startOfStep(axis, t + 0.5)}px`;
    return symbol;
  });
  return element('div', { class: 'tokens' }, element('span', { class: 'token-name' }, name), ...symbols);
}

function lastTargetStep({ mask, steps }: Inspection): number {
  const last = mask.lastIndexOf(1);
  return last < 0 ? steps - 1 : last;
}
