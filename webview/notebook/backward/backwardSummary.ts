import type { Inspection } from '../../../src/protocol/inspection';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import type { StateNorms } from '../../net/stateNorms';
import { translate } from '../../../src/text/translate';

/** How the gradient of the states of a layer develops from the last step to the first, in one sentence. */
export function backwardSummary(
  { total, local }: Pick<StateNorms, 'total' | 'local'>,
  layer: number,
  { layers, gradientFrom }: { readonly layers: readonly unknown[] } & Pick<Inspection, 'gradientFrom'>,
): string {
  const last = total.length - 1;
  const where = layers.length > 1 ? translate` of layer ${layer}` : '';
  const [first, end] = [total[gradientFrom] ?? 0, total[last] ?? 0];
  if (total.every((norm) => norm === 0))
    return translate`The gradient${where} is exactly 0 at every step: predictions match exactly, or no step has a target.`;
  const truncation =
    gradientFrom === 0
      ? ''
      : translate` Truncation ends it there: it is exactly 0 at the steps before, and their losses are not learned from.`;
  const at = translate`step ${formatExact(gradientFrom)}`;
  if (first === 0)
    return translate`The gradient${where} is exactly 0 at ${at}: no loss of this sequence reaches it.${truncation}`;
  const ends = translate`From right to left: this sequence’s ‖∂L/∂h_t‖${where} is ${formatNumber(end)} at step ${formatExact(last)} and ${formatNumber(first)} at ${at}`;
  const several = local.filter((norm) => norm > 0).length > 1;
  // Where several steps have a loss, the ratio of the two norms does not describe how the gradient decays.
  return several || end === 0
    ? translate`${ends}; every step with a loss adds to it on the way.${truncation}`
    : translate`${ends}, ${formatNumber(first / end)} times as much.${truncation}`;
}
