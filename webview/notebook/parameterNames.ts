import type { Inspection } from '../../src/protocol/inspection';
import type { View } from '../store/model';

/** The selected parameter; until one is selected, W_hh of the selected layer. */
export function selectedParameter(names: readonly string[], { parameter, layer }: View): string {
  if (names.includes(parameter)) return parameter;
  return names.find((name) => name === `rnn.weight_hh_l${layer}`) ?? names[0] ?? '';
}

/** The gates whose rows a parameter of the recurrent layers consists of, in PyTorch's order; none for the head. */
export function gateBlocks({ layers }: Inspection, parameter: string): readonly string[] {
  return parameter.startsWith('rnn.') ? (layers[0]?.gates.map(({ name }) => name) ?? []) : [];
}
