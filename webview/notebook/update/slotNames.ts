import type { ParameterUpdate } from '../../../src/protocol/inspection';
import { translate } from '../../../src/text/translate';

const adamMoments = {
  mean: translate`first moment m, running mean of g`,
  squares: translate`second moment v, running mean of g²`,
};

/** What each optimizer remembers of a parameter, by slot: torch.optim's definitions. */
const slotNames: Readonly<Record<ParameterUpdate['optimizer'], Readonly<Record<string, string>>>> = {
  sgd: { momentum: translate`momentum, decayed sum of g` },
  adagrad: { squares: translate`sum of g²` },
  rmsprop: { squares: translate`v, running mean of g²`, momentum: translate`momentum, decayed sum of g / √v` },
  adam: adamMoments,
  adamw: adamMoments,
};

/** The name of a slot of an optimizer. */
export function slotName({ optimizer }: Pick<ParameterUpdate, 'optimizer'>, slot: string): string {
  return slotNames[optimizer][slot] ?? slot;
}
