import { html, render, type TemplateResult } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { gradientFormula, gradientNodes, type GradientNode } from '../../net/gradientFormula';
import { signed } from '../../net/pieces';
import { vectorStrip } from '../../plot/heatmap/matrixFigure';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { notation } from '../../ui/notation';
import type { CellContext } from '../cell/cellDeclaration';
import { FormulaView, lossWeightNote, type ShownFormula } from '../formula/formulaView';
import { visibleSymbol } from '../formatStep';
import { memoKey } from '../memo';
import type { SequenceDrawing } from '../sequenceCell';
import { translate } from '../../../src/text/translate';

/** The gradients of one step of the backward pass, a line each, and the formula of the selected one. */
export class GradientSum {
  readonly element: HTMLElement;
  readonly #lines = element('div', { class: 'split', role: 'group', 'aria-label': translate`Gradients of this step` });
  readonly #formula: FormulaView;
  #drawn = '';

  constructor(readonly context: CellContext) {
    const { store } = context;
    this.#formula = new FormulaView(translate`Formula of the selected gradient`, (unit) => {
      store.dispatch({ kind: 'viewChanged', view: { unit } });
    });
    this.element = element('div', {}, this.#lines, this.#formula.element);
  }

  /** @param layer index of the layer */
  update({ inspection, model: { view }, theme }: SequenceDrawing, layer: number, t: number): void {
    const nodes = gradientNodes(inspection, layer, t);
    const selected = nodes.find(({ node }) => node === view.gradientNode) ?? nodes.find(({ node }) => node === 'later');
    const node = selected?.node ?? 'later';
    const key = memoKey(inspection, layer, t, theme, node);
    if (key !== this.#drawn) {
      this.#drawn = key;
      render(this.#list(nodes, node, theme), this.#lines);
    }
    this.#formula.update(memoKey(inspection, layer, t, node), view.unit, () =>
      shownGradient(inspection, node, layer, t),
    );
  }

  #list(nodes: readonly GradientNode[], selected: string, theme: Theme): TemplateResult {
    // One scale for all, so that they can be compared; ∂L/∂ŷ_t has another unit, but the same loss.
    const limit = largestMagnitude(...nodes.map(({ values }) => values));
    const lines = nodes.map((one) => this.#line(one, one.node === selected, limit, theme));
    return html`${lines}<span class="split-scale"
        >${translate`one box per unit, ${limit === 0 ? translate`all 0` : translate`from −${formatNumber(limit)} to ${formatNumber(limit)}`}; select a line for its formula`}</span
      >`;
  }

  #line({ node, symbol, values }: GradientNode, isSelected: boolean, limit: number, theme: Theme): TemplateResult {
    const select = (): void => {
      this.context.store.dispatch({ kind: 'viewChanged', view: { gradientNode: node } });
    };
    return html`<span class="operator">${operators[node] ?? ''}</span>
      <button class="split-name" aria-pressed=${String(isSelected)} @click=${select}>${notation(symbol)}</button>
      ${vectorStrip(symbol, values, limit, theme)}
      <span class="split-norm">‖·‖ = ${formatNumber(Math.hypot(...values))}</span>`;
  }
}

/** The sum ∂L/∂h_t = ∂L_t/∂h_t + from h_{t+1}, read downwards. */
const operators: Readonly<Record<string, string>> = { later: '+', state: '=' };

function shownGradient(inspection: Inspection, node: string, layer: number, t: number): ShownFormula {
  const formula = gradientFormula(inspection, { node, layer, t }, (output) =>
    visibleSymbol(inspection.outputNames[output] ?? ''),
  );
  const hasWeight = node === 'output' && inspection.mask[t] === 1 && formula.problem === undefined;
  return { formula, note: notes(inspection, hasWeight), afterValue: () => '' };
}

function notes({ gradientWeight, lossWeight, hiddenClip }: Inspection, hasWeight: boolean): string {
  const weight =
    gradientWeight === lossWeight
      ? lossWeightNote(gradientWeight)
      : translate`w = ${signed(gradientWeight)}: the mean over the targets that the truncated gradient covers. `;
  const clip =
    hiddenClip === null
      ? ''
      : translate`Every element of ∂L/∂h is clipped to ±${formatNumber(hiddenClip)} before it goes on. `;
  return `${hasWeight ? weight : ''}${clip}`;
}
