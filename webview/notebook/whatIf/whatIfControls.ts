import type { Inspection } from '../../../src/protocol/inspection';
import { formatShortNumber } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import type { WhatIfChange } from '../../../src/protocol/whatIf';
import { button, choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, positiveNumbers, wholeNumbersTo } from '../../ui/numberField';

type Clipping = 'trained' | 'none' | 'norm' | 'value' | 'hidden';
type Covered = 'trained' | 'full' | 'last';

/** What can be changed about an update: clipping, truncation, learning rate; each as it was trained until it is changed. */
export class WhatIfControls {
  readonly element: HTMLElement;
  readonly #clipping;
  readonly #threshold;
  readonly #covered;
  readonly #backward;
  readonly #rate;
  #kind: Clipping = 'trained';
  #limit: number | undefined;
  #reach: Covered = 'trained';
  #back: number | undefined;
  #learningRate: number | undefined;
  #trained: { readonly facts: RunInfo; readonly inspection: Inspection } | undefined;

  /** @param onChange told everything that differs from the trained update; an empty object is nothing */
  constructor(readonly onChange: (change: WhatIfChange) => void) {
    this.#clipping = choice<Clipping>('Clipping', (kind) => {
      this.#kind = kind;
      this.#tell();
    });
    this.#threshold = numberField(
      'threshold',
      positiveNumbers,
      (limit) => {
        this.#limit = limit;
        this.#tell();
      },
      formatShortNumber,
    );
    this.#covered = choice<Covered>('Gradient covers', (covered) => {
      this.#reach = covered;
      this.#tell();
    });
    this.#backward = numberField(
      'steps',
      wholeNumbersTo(() => this.#trained?.inspection.steps ?? 1, 1),
      (back) => {
        this.#back = back;
        this.#tell();
      },
    );
    this.#rate = numberField(
      'learning rate',
      positiveNumbers,
      (rate) => {
        this.#learningRate = rate;
        this.#tell();
      },
      formatShortNumber,
    );
    const reset = button({
      label: 'As trained',
      hint: 'Take back every change',
      onPress: () => {
        this.#kind = 'trained';
        this.#reach = 'trained';
        this.#learningRate = undefined;
        this.#tell();
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

  update(facts: RunInfo, inspection: Inspection): void {
    this.#trained = { facts, inspection };
    const { clip } = facts;
    const trainedClip = clip === null ? 'none' : `${clip.kind} ${formatShortNumber(clip.threshold)}`;
    this.#clipping.update(
      [
        { value: 'trained', label: `as trained (${trainedClip})` },
        { value: 'none', label: 'none' },
        { value: 'norm', label: 'global norm' },
        { value: 'value', label: 'every element' },
        { value: 'hidden', label: '∂L/∂h_t' },
      ],
      this.#kind,
    );
    const hasThreshold = this.#kind !== 'trained' && this.#kind !== 'none';
    this.#threshold.element.hidden = !hasThreshold;
    this.#threshold.update(this.#thresholdOf(facts, inspection), hasThreshold);
    const covered = inspection.steps - inspection.gradientFrom;
    this.#covered.update(
      [
        { value: 'trained', label: `as trained (${covered} of ${inspection.steps} steps)` },
        { value: 'full', label: 'all steps' },
        { value: 'last', label: 'the last' },
      ],
      this.#reach,
    );
    this.#backward.element.hidden = this.#reach !== 'last';
    this.#backward.update(this.#stepsOf(inspection), this.#reach === 'last');
    this.#rate.update(this.#learningRate ?? inspection.learningRate, true);
  }

  /** Half of the gradient's norm is a threshold that shows something, until the person names one. */
  #thresholdOf({ clip }: RunInfo, { gradNorm }: Inspection): number {
    return this.#limit ?? clip?.threshold ?? Number((gradNorm / 2).toPrecision(2));
  }

  #stepsOf({ steps }: Inspection): number {
    return Math.min(steps, this.#back ?? Math.max(1, Math.round(steps / 4)));
  }

  #tell(): void {
    const trained = this.#trained;
    if (trained === undefined) return;
    const { facts, inspection } = trained;
    const change: WhatIfChange = {
      ...(this.#kind === 'trained'
        ? {}
        : {
            clip: this.#kind === 'none' ? null : { kind: this.#kind, threshold: this.#thresholdOf(facts, inspection) },
          }),
      ...(this.#reach === 'trained' ? {} : { backward: this.#reach === 'full' ? 'full' : this.#stepsOf(inspection) }),
      ...(this.#learningRate === undefined ? {} : { learningRate: this.#learningRate }),
    };
    this.onChange(change);
  }
}
