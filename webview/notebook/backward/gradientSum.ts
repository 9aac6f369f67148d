import type { InspectedLayer } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { vectorStrip } from '../../plot/heatmap/matrixFigure';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { notation } from '../../ui/notation';

/** ∂L/∂h_t as a sum: the part of the step itself and the part from the next step, a line each. */
export class SplitView {
  readonly element = element('div', { class: 'split' });

  /** @param isTop whether the layer is the top one, where the local part is the gradient of the step's own loss */
  update({ dh, dhLocal, hidden }: InspectedLayer, t: number, steps: number, isTop: boolean, theme: Theme): void {
    const total = dh.subarray(t * hidden, (t + 1) * hidden);
    const local = dhLocal.subarray(t * hidden, (t + 1) * hidden);
    const later = total.map((value, i) => value - (local[i] ?? NaN));
    // One scale for all three, so that they can be compared.
    const limit = largestMagnitude(total, local, later);
    const line = (sign: string, title: string, values: Float64Array): readonly HTMLElement[] => [
      element('span', { class: 'operator' }, sign),
      element('span', { class: 'split-name' }, ...notation(title)),
      vectorStrip(title, values, limit, theme),
      element('span', { class: 'split-norm' }, `‖·‖ = ${formatNumber(Math.hypot(...values))}`),
    ];
    this.element.replaceChildren(
      ...line('', `∂L/∂h_{${t}}`, total),
      ...line('=', isTop ? `∂L_{${t}}/∂h_{${t}}` : 'from the layer above', local),
      ...line('+', t === steps - 1 ? 'no later step' : `from h_{${t + 1}}`, later),
      element(
        'span',
        { class: 'split-scale' },
        `one box per unit, from −${formatNumber(limit)} to ${formatNumber(limit)}`,
      ),
    );
  }
}
