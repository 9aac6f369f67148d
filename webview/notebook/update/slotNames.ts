import type { ParameterUpdate } from '../../../src/protocol/inspection';

const adamMoments = { mean: 'first moment m, running mean of g', squares: 'second moment v, running mean of g²' };

/** What each optimizer remembers of a parameter, by slot: torch.optim's definitions. */
const slotNames: Readonly<Record<ParameterUpdate['optimizer'], Readonly<Record<string, string>>>> = {
  sgd: { momentum: 'momentum, decayed sum of g' },
  adagrad: { squares: 'sum of g²' },
  rmsprop: { squares: 'v, running mean of g²', momentum: 'momentum, decayed sum of g / √v' },
  adam: adamMoments,
  adamw: adamMoments,
};

/** The name of a slot of an optimizer. */
export function slotName({ optimizer }: Pick<ParameterUpdate, 'optimizer'>, slot: string): string {
  return slotNames[optimizer][slot] ?? slot;
}
