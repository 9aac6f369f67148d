import type { Inspection } from '../../src/protocol/inspection';
import type { DeltaSymbols } from './cells/notation';
import { translate } from '../../src/text/translate';

/** The symbols of step t of a layer: `h_{2}` at it, `h_{1}` before it, `h_{3}` after it. */
export function stepSymbols(
  { activation, steps }: Pick<Inspection, 'activation' | 'steps'>,
  layer: number,
  t: number,
): Omit<DeltaSymbols, 'isRecurrent'> {
  const indexed = (index: number) => (symbol: string) => `${symbol}_{${String(index).replace('-', '−')}}`;
  return {
    at: indexed(t),
    before: indexed(t - 1),
    after: t === steps - 1 ? undefined : indexed(t + 1),
    input: layer === 0 ? indexed(t)('x') : translate`${indexed(t)('h')} (layer ${layer - 1})`,
    activation,
  };
}
