import type { Inspection } from '../../../src/protocol/inspection';
import { formatShortNumber, roundToDigits } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import type { WhatIfChange } from '../../../src/protocol/whatIf';
import { button, choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, positiveNumbers, wholeNumbersTo } from '../../ui/numberField';

type Clipping = 'trained' | 'none' | 'norm' | 'value' | 'hidden';
type Covered = 'trained' | 'full' | 'last';

/** The settings of an update that can be changed: clipping, truncation, learning rate; by default as trained. */
export class WhatIfControls {
  readonly element: HTMLElement;
  readonly #clipping;
  readonly #threshold;
  readonly #covered;
  readonly #backward;
  readonly #rate;
  #clippingKind: Clipping = 'trained';
  #thresholdValue: number | undefined;
  #coveredKind: Covered = 'trained';
  #backwardSteps: number | undefined;
  #learningRate: number | undefined;
  #trained: { readonly info: RunInfo; readonly inspection: Inspection } | undefined;

  /** @param onChange called with all differences from the trained update; an empty object is no difference */
  constructor(readonly onChange: (change: WhatIfChange) => void) {
    this.#clipping = choice<Clipping>('Clipping', (kind) => {
      this.#clippingKind = kind;
      this.#notify();
    });
    this.#threshold = numberField(
      'threshold',
      positiveNumbers,
      (limit) => {
        this.#thresholdValue = limit;
        this.#notify();
      },
      formatShortNumber,
    );
    this.#covered = choice<Covered>('Gradient covers', (covered) => {
      this.#coveredKind = covered;
      this.#notify();
    });
    this.#backward = numberField(
      'steps',
      wholeNumbersTo(() => this.#trained?.inspection.steps ?? 1, 1),
      (back) => {
        this.#backwardSteps = back;
        this.#notify();
      },
    );
    this.#rate = numberField(
      'learning rate',
      positiveNumbers,
      (rate) => {
        this.#learningRate = rate;
        this.#notify();
      },
      formatShortNumber,
    );
    const reset = button({
      label: 'As trained',
      hint: 'Reset all changes',
      onPress: () => {
        this.#clippingKind = 'trained';
        this.#coveredKind = 'trained';
        this.#learningRate = undefined;
        this.#notify();
      },
    });
    this.element = element(
      'div',
      { class: 'what-if', role: 'group', 'aria-label': 'Changes' },
      this.#clipping.element,
      this.#threshold.element,
      this.#covered.element,
      this.#backward.element,
      this.#rate.element,
      reset,
    );
  }

  update(info: RunInfo, inspection: Inspection): void {
    this.#trained = { info, inspection };
    const { clip } = info;
    const trainedClip = clip === null ? 'none' : `${clip.kind} ${formatShortNumber(clip.threshold)}`;
    this.#clipping.setOptions(
      [
        { value: 'trained', label: `as trained (${trainedClip})` },
        { value: 'none', label: 'none' },
        { value: 'norm', label: 'global norm' },
        { value: 'value', label: 'every element' },
        { value: 'hidden', label: '∂L/∂h_t' },
      ],
      this.#clippingKind,
    );
    const hasThreshold = this.#clippingKind !== 'trained' && this.#clippingKind !== 'none';
    this.#threshold.element.hidden = !hasThreshold;
    this.#threshold.update(this.#thresholdOf(info, inspection), hasThreshold);
    const covered = inspection.steps - inspection.gradientFrom;
    this.#covered.setOptions(
      [
        { value: 'trained', label: `as trained (${covered} of ${inspection.steps} steps)` },
        { value: 'full', label: 'all steps' },
        { value: 'last', label: 'the last' },
      ],
      this.#coveredKind,
    );
    this.#backward.element.hidden = this.#coveredKind !== 'last';
    this.#backward.update(this.#stepsOf(inspection), this.#coveredKind === 'last');
    this.#rate.update(this.#learningRate ?? inspection.learningRate, true);
  }

  /** The default is half of the gradient's norm, a threshold with a visible effect. */
  #thresholdOf({ clip }: RunInfo, { gradNorm }: Inspection): number {
    return this.#thresholdValue ?? clip?.threshold ?? roundToDigits(gradNorm / 2, 2);
  }

  #stepsOf({ steps }: Inspection): number {
    return Math.min(steps, this.#backwardSteps ?? Math.max(1, Math.round(steps / 4)));
  }

  #notify(): void {
    const trained = this.#trained;
    if (trained === undefined) return;
    const { info, inspection } = trained;
    const change: WhatIfChange = {
      ...(this.#clippingKind === 'trained'
        ? {}
        : {
            clip:
              this.#clippingKind === 'none'
                ? null
                : { kind: this.#clippingKind, threshold: this.#thresholdOf(info, inspection) },
          }),
      ...(this.#coveredKind === 'trained'
        ? {}
        : { backward: this.#coveredKind === 'full' ? 'full' : this.#stepsOf(inspection) }),
      ...(this.#learningRate === undefined ? {} : { learningRate: this.#learningRate }),
    };
    this.onChange(change);
  }
}
