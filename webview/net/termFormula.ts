import type { Inspection } from '../../src/protocol/inspection';

/** The term that step t adds to ∂L/∂W, as the course writes it, in the notation of `notation`. */
export function termFormula(parameter: string, t: number): string {
  const { symbol, source } = termOf(parameter, t);
  return source === undefined ? `∂L/∂${symbol} += δ_{${t}}` : `∂L/∂${symbol} += δ_{${t}} ${source}ᵀ`;
}

/** What δ_t is of that parameter, gate by gate. */
export function deltaFormula({ cell, activation, steps }: Inspection, parameter: string, t: number): readonly string[] {
  if (parameter.startsWith('head.')) return [`δ_{${t}} = ∂L/∂ŷ_{${t}}`];
  const isRecurrent = parameter.includes('_hh_');
  const at = (name: string): string => `${name}_{${t}}`;
  const before = (name: string): string => `${name}_{${t - 1}}`;
  const dh = `∂L/∂${at('h')}`;
  switch (cell) {
    case 'lstm': {
      const dc = `∂L/∂${at('c')}`;
      const later = t === steps - 1 ? '' : ` + ∂L/∂c_{${t + 1}} ∘ f_{${t + 1}}`;
      return [
        `${dc} = ${dh} ∘ ${at('o')} ∘ (1 − tanh²${at('c')})${later}`,
        `δ^{i} = ${dc} ∘ ${at('g')} ∘ ${at('i')} ∘ (1 − ${at('i')})`,
        `δ^{f} = ${dc} ∘ ${before('c')} ∘ ${at('f')} ∘ (1 − ${at('f')})`,
        `δ^{g} = ${dc} ∘ ${at('i')} ∘ (1 − ${at('g')}^{2})`,
        `δ^{o} = ${dh} ∘ tanh ${at('c')} ∘ ${at('o')} ∘ (1 − ${at('o')})`,
      ];
    }
    case 'gru': {
      const inner = `(W_{hn} ${before('h')} + b_{hn})`;
      return [
        `δ^{n} = ${dh} ∘ (1 − ${at('z')}) ∘ (1 − ${at('n')}^{2})${isRecurrent ? ` ∘ ${at('r')}` : ''}`,
        `δ^{z} = ${dh} ∘ (${before('h')} − ${at('n')}) ∘ ${at('z')} ∘ (1 − ${at('z')})`,
        `δ^{r} = ${dh} ∘ (1 − ${at('z')}) ∘ (1 − ${at('n')}^{2}) ∘ ${inner} ∘ ${at('r')} ∘ (1 − ${at('r')})`,
      ];
    }
    default: {
      const slope = {
        tanh: `∘ (1 − ${at('h')}^{2})`,
        sigmoid: `∘ ${at('h')} ∘ (1 − ${at('h')})`,
        relu: `∘ [${at('h')} > 0]`,
        identity: '',
      }[activation];
      return [`δ_{${t}} = ${dh} ${slope ?? ''}`.trim()];
    }
  }
}

/** The course's symbol of a parameter's gradient and of what δ_t is multiplied with; nothing for a bias. */
export function termOf(parameter: string, t: number): { readonly symbol: string; readonly source: string | undefined } {
  const [, kind = '', layer = '0'] = /^rnn\.(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)$/.exec(parameter) ?? [];
  switch (kind) {
    case 'weight_ih':
      return { symbol: 'W_{xh}', source: layer === '0' ? `x_{${t}}` : `h_{${t}}` };
    case 'weight_hh':
      return { symbol: 'W_{hh}', source: `h_{${t - 1}}` };
    case 'bias_ih':
    case 'bias_hh':
      return { symbol: 'b_{h}', source: undefined };
    default:
      return parameter === 'head.weight'
        ? { symbol: 'W_{hy}', source: `h_{${t}}` }
        : { symbol: 'b_{y}', source: undefined };
  }
}
