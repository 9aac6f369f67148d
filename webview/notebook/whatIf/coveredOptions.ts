import type { Inspection } from '../../../src/protocol/inspection';
import type { WhatIfSettings } from '../../store/model';
import { translate } from '../../../src/text/translate';

interface CoveredOption {
  readonly value: WhatIfSettings['covered'];
  readonly label: string;
}

/** The choices of how many steps the gradient of a what-if covers. */
export function coveredOptions({
  steps,
  gradientFrom,
  coverableSteps,
}: Pick<Inspection, 'steps' | 'gradientFrom' | 'coverableSteps'>): readonly CoveredOption[] {
  // Steps of earlier windows can be covered as far as their states are stored.
  const which = coverableSteps > steps ? translate`that are stored` : translate`of this window`;
  return [
    { value: 'trained', label: translate`as trained (${steps - gradientFrom} of ${coverableSteps} steps)` },
    { value: 'full', label: translate`all ${coverableSteps} steps ${which}` },
    { value: 'last', label: translate`the last` },
  ];
}
