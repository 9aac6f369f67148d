import type { Inspection } from '../../src/protocol/inspection';
import type { View } from '../store/model';

/** The course's name of a parameter beside PyTorch's. */
export function courseName(name: string): string {
  const [, kind = '', layer = ''] = /^(?:rnn\.)?(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)$/.exec(name) ?? [];
  const course = { weight_ih: 'W_xh', weight_hh: 'W_hh', bias_ih: 'b_h (input)', bias_hh: 'b_h (recurrent)' }[kind];
  if (course !== undefined) return `${course}, layer ${layer} — ${name}`;
  return { 'head.weight': `W_hy — ${name}`, 'head.bias': `b_y — ${name}` }[name] ?? name;
}

/** The parameter that is looked at: the selected one, or W_hh of the looked-at layer until one is selected. */
export function shownParameter(names: readonly string[], { parameter, layer }: View): string {
  if (names.includes(parameter)) return parameter;
  return names.find((name) => name === `rnn.weight_hh_l${layer}`) ?? names[0] ?? '';
}

/** The gates whose rows a parameter of the recurrent layers consists of, in PyTorch's order; none for the head. */
export function gateBlocks({ layers }: Inspection, parameter: string): readonly string[] {
  return parameter.startsWith('rnn.') ? (layers[0]?.gates.map(({ name }) => name) ?? []) : [];
}
