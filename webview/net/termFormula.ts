import type { Inspection } from '../../src/protocol/inspection';
import { notations } from './cells/registry';
import { stepSymbols } from './stepSymbols';

/** The term that step t adds to ∂L/∂W, as the course writes it, in the notation of `notation`. */
export function termFormula(parameter: string, t: number): string {
  const { symbol, source } = termOf(parameter, t);
  return source === undefined ? `∂L/∂${symbol} += δ_{${t}}` : `∂L/∂${symbol} += δ_{${t}} ${source}ᵀ`;
}

/** What δ_t is of that parameter, gate by gate. */
export function deltaFormula(inspection: Inspection, parameter: string, t: number): readonly string[] {
  if (parameter.startsWith('head.')) {
    const slope = inspection.outputKind === 'sigmoid' ? ` ∘ ŷ_{${t}} ∘ (1 − ŷ_{${t}})` : '';
    return [`δ_{${t}} = ∂L/∂ŷ_{${t}}${slope}`];
  }
  const isRecurrent = parameter.includes('_hh_');
  return notations[inspection.cell].delta({ ...stepSymbols(inspection, 0, t), isRecurrent });
}

/** The course's symbol of a parameter's gradient and of what δ_t is multiplied with; nothing for a bias. */
export function termOf(parameter: string, t: number): { readonly symbol: string; readonly source: string | undefined } {
  const [, kind = '', layer = '0'] = /^rnn\.(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)$/.exec(parameter) ?? [];
  switch (kind) {
    case 'weight_ih':
      return { symbol: 'W_{xh}', source: layer === '0' ? `x_{${t}}` : `h_{${t}}` };
    case 'weight_hh':
      return { symbol: 'W_{hh}', source: `h_{${String(t - 1).replace('-', '−')}}` };
    case 'bias_ih':
    case 'bias_hh':
      return { symbol: 'b_{h}', source: undefined };
    default:
      return parameter === 'head.weight'
        ? { symbol: 'W_{hy}', source: `h_{${t}}` }
        : { symbol: 'b_{y}', source: undefined };
  }
}
