import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import type { ChainRuleTerms, ChainRuleTermsRequest } from '../../../src/protocol/chainRuleTerms';
import type { Curve } from '../../plot/charts/datasets';
import { matrixFigure } from '../../plot/heatmap/matrixFigure';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import { deltaFormula, termFormula, termOf } from '../../net/termFormula';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import { RequestStatus } from '../cell/requestStatus';
import { displayFormula, notation } from '../../ui/notation';
import { memoKey } from '../memo';
import { gateBlocks, selectedParameter } from '../parameterNames';
import { sequenceParams, type SequenceDrawing } from '../sequenceCell';
import { translate } from '../../../src/text/translate';

/** The largest relative error that the rounding of the kernels explains. */
const roundingOfSum = 1e-4;

/** The chain-rule terms of one ∂L/∂W, accumulated step by step, and their sum compared with the trainer's gradient. */
export class TermsView {
  readonly element: HTMLElement;
  readonly #request: LatestRequest<ChainRuleTermsRequest, ChainRuleTerms>;
  readonly #picture: Picture<SequenceDrawing, ChainRuleTerms>;
  readonly #formula = element('div', { class: 'formula-block' });
  readonly #equation = element('div', { class: 'equation' });
  readonly #check = element('p', { class: 'sum-check' });
  readonly #status = new RequestStatus(translate`Adding up the terms…`, translate`Can’t show the terms`);
  readonly #shown: HTMLElement;
  #drawnTerm = '';

  constructor(context: CellContext) {
    const { store, request } = context;
    this.#request = new LatestRequest(
      (params) => request('chainRuleTerms', params),
      () => {
        store.redraw();
      },
    );
    this.#picture = stepCurves(context, {
      label: translate`Norm of each step’s term`,
      dependencies: ({ norm }) => [norm],
      content: (terms, { theme }) => ({
        curves: normCurves(terms, theme),
        yAxis: 'log',
        yTitle: '‖∂L/∂W‖',
        xTicks: false,
      }),
    });
    const { legend, plot, labels } = this.#picture;
    this.#shown = element('div', {}, this.#formula, this.#equation, this.#check, legend, plot, labels);
    this.element = element('div', { class: 'terms' }, this.#status.element, this.#shown);
  }

  update(t: number, drawing: SequenceDrawing): void {
    const { model, inspection, theme } = drawing;
    const names = inspection.parameters.map(({ name }) => name);
    const parameter = selectedParameter(names, model.view);
    const request = { ...sequenceParams(inspection), parameter, t };
    const answer = this.#request.request(request, model.run?.info.folder ?? '');
    const terms = latestValue(answer);
    this.#status.update(answer);
    this.#shown.hidden = terms === undefined;
    this.#picture.follow(terms, drawing);
    if (terms === undefined) return;
    this.#drawTerm(terms, inspection, theme);
    this.#picture.draw(terms, drawing);
  }

  #drawTerm(terms: ChainRuleTerms, inspection: Inspection, theme: Theme): void {
    const key = memoKey(terms, theme);
    if (key === this.#drawnTerm) return;
    this.#drawnTerm = key;
    const { parameter, t, delta, source, term, sum, rows, columns } = terms;
    const lines = [...deltaFormula(inspection, parameter, t), termFormula(parameter, t)];
    this.#formula.replaceChildren(...lines.map((line) => element('p', { class: 'formula' }, ...displayFormula(line))));
    const { symbol, source: sourceSymbol } = termOf(parameter, t);
    const whole = inspection.batch === 1 ? '' : translate` (all sequences)`;
    const blocks = gateBlocks(inspection, parameter);
    const parts: HTMLElement[] = [
      matrixFigure(
        { title: `δ_{${t}}`, values: delta, rows, columns: 1, limit: largestMagnitude(delta), blocks },
        theme,
      ),
    ];
    if (sourceSymbol !== undefined) {
      parts.push(
        element('span', { class: 'operator' }, '·'),
        matrixFigure(
          { title: `${sourceSymbol}ᵀ`, values: source, rows: 1, columns, limit: largestMagnitude(source) },
          theme,
        ),
      );
    }
    if (term.length > 0) {
      parts.push(
        element('span', { class: 'operator' }, inspection.batch === 1 ? '=' : '→'),
        matrixFigure(
          {
            title: translate`term of step ${t}${whole}`,
            values: term,
            rows,
            columns,
            limit: largestMagnitude(term),
            blocks,
          },
          theme,
        ),
        element('span', { class: 'operator' }, '…'),
        matrixFigure(
          {
            title: translate`Σ of steps ${inspection.steps - 1} … ${t}, of ∂L/∂${symbol}`,
            values: sum,
            rows,
            columns,
            limit: largestMagnitude(sum),
            blocks,
          },
          theme,
        ),
      );
    }
    this.#equation.replaceChildren(...parts);
    const { relativeError, gradientNorm } = terms;
    const agrees = relativeError < roundingOfSum;
    this.#check.classList.toggle('bad', !agrees);
    this.#check.replaceChildren(
      ...notation(
        translate`The sum of the terms of all ${inspection.steps} steps, compared with the gradient ${inspection.probe === null ? translate`that the trainer used` : translate`of the whole backward pass`} (‖∂L/∂${symbol}‖ = ${formatNumber(gradientNorm)}): relative error ${formatNumber(relativeError)}${agrees ? translate`, within rounding.` : translate`, more than rounding explains.`}`,
      ),
    );
  }
}

function normCurves(terms: ChainRuleTerms, theme: Theme): readonly Curve[] {
  const points = (values: Float64Array): Curve['points'] =>
    // A logarithmic axis can't show 0: the line breaks there.
    Array.from(values, (value, t) => ({ x: t + 0.5, y: value > 0 ? value : NaN }));
  return [
    { label: translate`norm of the step’s term`, points: points(terms.norm), color: theme.validation, dots: true },
    {
      label: translate`norm of the sum, from the last step down to here`,
      points: points(terms.sumNorm),
      color: theme.train,
      width: 2,
    },
  ];
}
