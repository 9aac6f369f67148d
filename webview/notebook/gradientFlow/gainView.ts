import { formatNumber } from '../../../src/text/numbers';
import type { GradientFlow } from '../../../src/protocol/gradientFlow';
import type { FlowPicture } from './flowPicture';
import type { Curve } from '../../plot/charts/datasets';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { translate } from '../../../src/text/translate';

/** The gain of each step back, the factor from ‖∂L/∂h_k‖ to ‖∂L/∂h_{k−1}‖ of the last loss, with its upper bound. */
export class GainView {
  readonly element: HTMLElement;
  readonly #picture: Picture<SequenceDrawing, FlowPicture>;
  readonly #readout = element('div', { class: 'readout' });
  readonly #weights = element('p', { class: 'cell-summary' });

  constructor(context: CellContext) {
    this.#picture = stepCurves(context, {
      label: translate`Gain of each step back`,
      dependencies: ({ ofState: { gain } }) => [gain],
      content: (shown, { theme }) => ({
        curves: gainCurves(shown, theme),
        yAxis: 'log',
        yTitle: translate`gain`,
        xTicks: false,
      }),
    });
    const { legend, plot, labels } = this.#picture;
    this.element = element('div', { class: 'gain' }, this.#weights, legend, this.#readout, plot, labels);
  }

  update(shown: FlowPicture, drawing: SequenceDrawing): void {
    const { flow, state, ofState } = shown;
    this.#picture.follow(shown, drawing);
    setNotation(this.#weights, formatWeights(flow));
    const k = stepInFocus(drawing.model, flow.steps);
    const text =
      k === undefined ? translate`Point at a step to see its gain.` : formatGain(ofState.gain[k] ?? NaN, k, state);
    setNotation(this.#readout, text);
    this.#picture.draw(shown, drawing);
  }
}

function gainCurves({ flow, state, ofState: { gain } }: FlowPicture, theme: Theme): readonly Curve[] {
  const across = (y: number): Curve['points'] => [
    { x: 0, y },
    { x: flow.steps, y },
  ];
  return [
    {
      label: translate`gain of step k: ‖∂L/∂${state}_{k−1}‖ / ‖∂L/∂${state}_k‖ of the last loss`,
      points: Array.from(gain, (y, k) => ({ x: k + 0.5, y: y > 0 && y < Infinity ? y : NaN })),
      color: theme.train,
      dots: flow.steps <= 60,
      width: 2,
    },
    {
      label: translate`1: neither vanishing nor exploding`,
      points: across(1),
      color: theme.baseline,
      dash: [6, 4],
      width: 1,
    },
    ...(flow.bound === null || state !== 'h'
      ? []
      : [
          {
            label: translate`bound σ_max·γ = ${formatNumber(flow.bound)}`,
            points: across(flow.bound),
            color: theme.clip,
            dash: [2, 3],
            width: 1,
          },
        ]),
  ];
}

function formatGain(gain: number, k: number, state: 'h' | 'c'): string {
  if (Number.isNaN(gain)) return translate`The gradient of the last loss is 0 before step ${k}.`;
  return translate`From ${state}_${k} to ${state}_${k - 1} the gradient of the last loss is multiplied by ${formatNumber(gain)}.`;
}

function formatWeights({ recurrent, bound }: GradientFlow): string {
  const blocks = recurrent.map(({ gate, spectralRadius, largestSingularValue }) => {
    const name = recurrent.length === 1 ? 'W_hh' : `W_h${gate}`;
    const radius = spectralRadius === null ? '' : translate`spectral radius ${formatNumber(spectralRadius)}, `;
    return `${name}: ${radius}σ_max ${formatNumber(largestSingularValue)}`;
  });
  const vanishing =
    bound !== null && bound < 1
      ? translate` The bound is below 1: the gradient of the last loss can only shrink on its way back, whatever the inputs.`
      : '';
  return `${blocks.join(' · ')}.${vanishing}`;
}
