import { html, render } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatShortNumber, roundToDigits } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import type { WhatIfChange } from '../../../src/protocol/whatIf';
import type { WhatIfSettings } from '../../store/model';
import { buttonTemplate, choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, positiveNumbers, wholeNumbersTo } from '../../ui/numberField';
import { coveredOptions } from './coveredOptions';
import { translate } from '../../../src/text/translate';

/** The settings of an update that can be changed: clipping, truncation, learning rate; by default as trained. */
export class WhatIfControls {
  readonly element: HTMLElement;
  readonly #clipping;
  readonly #threshold;
  readonly #covered;
  readonly #backward;
  readonly #rate;
  #steps = 1;

  /** @param onChange called with the settings that have changed */
  constructor(onChange: (changed: Partial<WhatIfSettings>) => void) {
    this.#clipping = choice<WhatIfSettings['clipping']>(translate`Clipping`, (clipping) => {
      onChange({ clipping });
    });
    this.#threshold = numberField(
      translate`threshold`,
      positiveNumbers,
      (threshold) => {
        onChange({ threshold });
      },
      formatShortNumber,
    );
    this.#covered = choice<WhatIfSettings['covered']>(translate`Gradient covers`, (covered) => {
      onChange({ covered });
    });
    this.#backward = numberField(
      translate`steps`,
      wholeNumbersTo(() => this.#steps, 1),
      (backward) => {
        onChange({ backward });
      },
    );
    this.#rate = numberField(
      translate`learning rate`,
      positiveNumbers,
      (learningRate) => {
        onChange({ learningRate });
      },
      formatShortNumber,
    );
    const reset = buttonTemplate({
      label: translate`As trained`,
      hint: translate`Reset all changes`,
      onPress: () => {
        onChange({ clipping: 'trained', covered: 'trained', learningRate: undefined });
      },
    });
    const fields = [this.#clipping, this.#threshold, this.#covered, this.#backward, this.#rate];
    this.element = element('div', { class: 'what-if', role: 'group', 'aria-label': translate`Changes` });
    render(html`${fields.map((field) => field.element)}${reset}`, this.element);
  }

  update(settings: WhatIfSettings, info: RunInfo, inspection: Inspection): void {
    this.#steps = inspection.coverableSteps;
    const { clip } = info;
    const trainedClip = clip === null ? translate`none` : `${clip.kind} ${formatShortNumber(clip.threshold)}`;
    this.#clipping.setOptions(
      [
        { value: 'trained', label: translate`as trained (${trainedClip})` },
        { value: 'none', label: translate`none` },
        { value: 'norm', label: translate`global norm` },
        { value: 'value', label: translate`every element` },
        { value: 'hidden', label: '∂L/∂h_t' },
      ],
      settings.clipping,
    );
    const hasThreshold = settings.clipping !== 'trained' && settings.clipping !== 'none';
    this.#threshold.element.hidden = !hasThreshold;
    this.#threshold.update(thresholdOf(settings, info, inspection), hasThreshold);
    this.#covered.setOptions(coveredOptions(inspection), settings.covered);
    this.#backward.element.hidden = settings.covered !== 'last';
    this.#backward.update(backwardOf(settings, inspection), settings.covered === 'last');
    this.#rate.update(settings.learningRate ?? inspection.learningRate, true);
  }
}

/** All differences from the trained update; an empty object is no difference. */
export function whatIfChange(settings: WhatIfSettings, info: RunInfo, inspection: Inspection): WhatIfChange {
  const { clipping, covered, learningRate } = settings;
  return {
    ...(clipping === 'trained'
      ? {}
      : { clip: clipping === 'none' ? null : { kind: clipping, threshold: thresholdOf(settings, info, inspection) } }),
    ...(covered === 'trained' ? {} : { backward: covered === 'full' ? 'full' : backwardOf(settings, inspection) }),
    ...(learningRate === undefined ? {} : { learningRate }),
  };
}

/** The default is the run's threshold, or half of the gradient's norm, which has a visible effect. */
function thresholdOf({ threshold }: WhatIfSettings, { clip }: RunInfo, { gradNorm }: Inspection): number {
  return threshold ?? clip?.threshold ?? roundToDigits(gradNorm / 2, 2);
}

function backwardOf({ backward }: WhatIfSettings, { steps, coverableSteps }: Inspection): number {
  return Math.min(coverableSteps, backward ?? Math.max(1, Math.round(steps / 4)));
}
