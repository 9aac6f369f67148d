import { formatNumber } from '../../../src/text/numbers';
import type { GradientFlow } from '../../../src/protocol/gradientFlow';
import type { FlowPicture } from './flowPicture';
import type { SharedZoom } from '../../plot/zoom';
import { CurveChart } from '../../plot/charts/curves';
import type { Curve } from '../../plot/charts/datasets';
import type { Store } from '../../store/store';
import { element, setText } from '../../ui/element';
import { drawLegend } from '../../plot/legend';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';

/** The gain of each step back, the factor from ‖∂L/∂h_k‖ to ‖∂L/∂h_{k−1}‖ of the last loss, with its upper bound. */
export class GainView {
  readonly element: HTMLElement;
  readonly #surface: SequenceSurface;
  readonly #chart = new CurveChart();
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #readout = element('div', { class: 'readout' });
  readonly #labels = element('div');
  readonly #weights = element('p', { class: 'cell-summary' });
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom) {
    this.#surface = new SequenceSurface(store, zoom, 'Gain of each step back');
    this.element = element(
      'div',
      { class: 'gain' },
      this.#weights,
      this.#legend,
      this.#readout,
      element('div', { class: 'plot step-plot' }, this.#chart.canvas, this.#surface.element),
      this.#labels,
    );
  }

  update({ flow, state, ofState: { gain } }: FlowPicture, drawing: SequenceDrawing): void {
    const { axis, theme, model } = drawing;
    this.#surface.update(drawing);
    setText(this.#weights, formatWeights(flow));
    const k = stepInFocus(model, flow.steps);
    setText(this.#readout, k === undefined ? 'Point at a step to see its gain.' : formatGain(gain[k] ?? NaN, k, state));
    const key = memoKey(gain, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const across = (y: number): Curve['points'] => [
      { x: 0, y },
      { x: flow.steps, y },
    ];
    const curves: readonly Curve[] = [
      {
        label: `gain of step k: ‖∂L/∂${state}_{k−1}‖ / ‖∂L/∂${state}_k‖ of the last loss`,
        points: Array.from(gain, (y, k) => ({ x: k + 0.5, y: y > 0 && y < Infinity ? y : NaN })),
        color: theme.train,
        dots: flow.steps <= 60,
        width: 2,
      },
      { label: '1: neither vanishing nor exploding', points: across(1), color: theme.baseline, dash: [6, 4], width: 1 },
      ...(flow.bound === null || state !== 'h'
        ? []
        : [
            {
              label: `bound σ_max·γ = ${formatNumber(flow.bound)}`,
              points: across(flow.bound),
              color: theme.clip,
              dash: [2, 3],
              width: 1,
            },
          ]),
    ];
    drawLegend(this.#legend, curves);
    this.#labels.replaceChildren(stepLabels(axis));
    this.#chart.update({ curves, yAxis: 'log', yTitle: 'gain', xTicks: false }, axis.domain, theme);
  }
}

function formatGain(gain: number, k: number, state: 'h' | 'c'): string {
  if (Number.isNaN(gain)) return `The gradient of the last loss is 0 before step ${k}.`;
  return `From ${state}_${k} to ${state}_${k - 1} the gradient of the last loss is multiplied by ${formatNumber(gain)}.`;
}

function formatWeights({ recurrent, bound }: GradientFlow): string {
  const blocks = recurrent.map(({ gate, spectralRadius, largestSingularValue }) => {
    const name = recurrent.length === 1 ? 'W_hh' : `W_h${gate}`;
    const radius = spectralRadius === null ? '' : `spectral radius ${formatNumber(spectralRadius)}, `;
    return `${name}: ${radius}σ_max ${formatNumber(largestSingularValue)}`;
  });
  const vanishing =
    bound !== null && bound < 1
      ? ' The bound is below 1: the gradient of the last loss can only shrink on its way back, whatever the inputs.'
      : '';
  return `${blocks.join(' · ')}.${vanishing}`;
}
