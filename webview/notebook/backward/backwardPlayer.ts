import { html, render } from 'lit-html';
import type { SequenceAxis } from '../../plot/sequenceAxis';
import { gutters } from '../../plot/trainingAxis';
import type { Store } from '../../store/store';
import { buttonTemplate, choice, type ButtonSpec } from '../../ui/controls';
import { element } from '../../ui/element';
import { sliderTemplate } from '../../ui/slider';
import { isMotionReduced } from '../unrolled/unrollingAnimation';
import { translate } from '../../../src/text/translate';

/** Milliseconds for a whole pass, and limits for one step, at normal speed. */
const pace = { wholeMilliseconds: 9000, mostPerStep: 700, leastPerStep: 40 } as const;

/** How many times as fast as normal it plays. */
const speeds = { '0.25': '¼×', '0.5': '½×', '1': '1×', '2': '2×', '4': '4×' } as const;
type Speed = keyof typeof speeds;

/** Selects a step of the inspected update, in all cells. */
export function stepSelector(store: Store): (t: number) => void {
  return (t) => {
    const { inspection: state } = store.model;
    if (state.kind !== 'ready') return;
    store.dispatch({ kind: 'hoverChanged', point: undefined });
    store.dispatch({ kind: 'viewChanged', view: { selection: { update: state.inspection.update, t } } });
  };
}

/** Width of the browser's slider thumb in pixels. */
const thumb = 16;

/** Moves through the steps from the last to the first: as an animation, step by step, or with the slider below the steps. */
export class BackwardPlayer {
  readonly element = element('div');
  #timer: number | undefined;
  #speed: Speed = '1';
  readonly #speeds = choice<Speed>(translate`Speed`, (speed) => {
    this.#speed = speed;
    const isPlaying = this.#timer !== undefined;
    this.#stop();
    if (isPlaying && this.#shown !== undefined) this.#start(this.#shown.t, this.#shown.axis.steps);
  });
  #shown: { readonly axis: SequenceAxis; readonly t: number } | undefined;

  /** @param onStep called with the step to show */
  constructor(readonly onStep: (t: number) => void) {}

  update(axis: SequenceAxis, t: number): void {
    this.#shown = { axis, t };
    this.#draw();
  }

  /** Goes one step back in time; from step 0 to the last one. */
  back(): void {
    if (this.#shown === undefined) return;
    const { axis, t } = this.#shown;
    this.#moveTo(t === 0 ? axis.steps - 1 : t - 1);
  }

  #draw(): void {
    if (this.#shown === undefined) return;
    const { axis, t } = this.#shown;
    const { steps, width } = axis;
    this.#speeds.setOptions(
      Object.entries(speeds).map(([value, label]) => ({ value: value as Speed, label })),
      this.#speed,
    );
    this.#speeds.element.hidden = isMotionReduced();
    const half = width / steps / 2;
    // The slider spans all steps; unless the pictures are zoomed, its thumb is below the step that it selects.
    const slider = sliderTemplate({
      label: translate`Step t`,
      class: 'step-slider',
      most: steps - 1,
      value: t,
      text: translate`step ${t} of 0 to ${steps - 1}`,
      style: `margin-left: ${gutters.left + half - thumb / 2}px; width: ${width - 2 * half + thumb}px`,
      onMove: (step) => {
        this.#moveTo(step);
      },
    });
    render(
      html`${slider}
        <div class="player" role="group" aria-label=${translate`Backward through time`}>
          ${this.#buttons(t, steps).map(buttonTemplate)} ${this.#speeds.element}
        </div>`,
      this.element,
    );
  }

  #buttons(t: number, steps: number): readonly ButtonSpec[] {
    const isPlaying = this.#timer !== undefined;
    return [
      {
        label: translate`To the last step`,
        hint: translate`Start from the last step, where backpropagation begins`,
        onPress: () => {
          this.#moveTo(steps - 1);
        },
      },
      {
        label: translate`One step back`,
        hint: translate`From t to t − 1`,
        isEnabled: t > 0,
        onPress: () => {
          this.#moveTo(Math.max(0, t - 1));
        },
      },
      {
        label: isPlaying ? translate`Stop` : translate`Play backward`,
        icon: isPlaying ? 'pause' : 'play',
        // With reduced motion, the step button and the slider remain.
        isHidden: isMotionReduced(),
        onPress: () => {
          if (isPlaying) this.#stop();
          else this.#start(t, steps);
        },
      },
    ];
  }

  #moveTo(t: number): void {
    this.#stop();
    this.onStep(t);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw();
  }

  #start(t: number, steps: number): void {
    if (t === 0) this.onStep(steps - 1);
    const normal = Math.max(pace.leastPerStep, Math.min(pace.mostPerStep, pace.wholeMilliseconds / steps));
    const each = normal / Number(this.#speed);
    this.#timer = window.setInterval(() => {
      const now = this.#shown?.t ?? 0;
      if (now === 0) this.#stop();
      else this.onStep(now - 1);
    }, each);
    this.#draw();
  }
}
