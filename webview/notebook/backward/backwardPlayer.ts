import type { SequenceAxis } from '../../plot/sequenceAxis';
import { gutters } from '../../plot/trainingAxis';
import { button, setEnabled } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import { icon } from '../../ui/icon';
import { isMotionReduced } from '../unrolled/unfoldingMotion';

/** Time for a whole pass, and the longest for one step. */
const pace = { wholeMilliseconds: 9000, mostPerStep: 700, leastPerStep: 40 } as const;

/** Pixels that the browser's own slider gives its thumb. */
const thumb = 16;

/** Goes through the steps from the last to the first: played, step by step, or by the slider under the steps themselves. */
export class BackwardPlayer {
  readonly element = element('div', { class: 'player', role: 'group', 'aria-label': 'Backward through time' });
  readonly slider = element('input', {
    type: 'range',
    class: 'step-slider',
    'aria-label': 'Step t',
    min: '0',
    step: '1',
  });
  readonly #play: HTMLElement;
  readonly #stepBack: HTMLElement;
  readonly #toLastStep: HTMLElement;
  #timer: number | undefined;
  #steps = 1;
  #t = 0;

  /** @param onStep called with the step to be looked at */
  constructor(readonly onStep: (t: number) => void) {
    this.#toLastStep = button({
      label: 'To the last step',
      hint: 'Start from the last step, where backpropagation begins',
      onPress: () => {
        this.stop();
        onStep(this.#steps - 1);
      },
    });
    this.#stepBack = button({
      label: 'One step back',
      hint: 'From t to t − 1',
      onPress: () => {
        this.stop();
        onStep(Math.max(0, this.#t - 1));
      },
    });
    this.#play = button({
      label: 'Play backward',
      icon: 'play',
      onPress: () => {
        if (this.#timer === undefined) this.#start();
        else this.stop();
      },
    });
    this.slider.addEventListener('input', () => {
      this.stop();
      onStep(Number(this.slider.value));
    });
    // The slider's own arrows are no shortcut of the notebook, but [ and ] still are.
    this.slider.addEventListener('keydown', (event) => {
      if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') event.stopPropagation();
    });
    this.element.append(this.#toLastStep, this.#stepBack, this.#play);
  }

  /** The slider lies under all steps; while the pictures show all of them, its thumb stands under the step it means. */
  update(axis: SequenceAxis, t: number): void {
    const { steps, width } = axis;
    this.#steps = steps;
    const half = width / steps / 2;
    this.slider.style.marginLeft = `${gutters.left + half - thumb / 2}px`;
    this.slider.style.width = `${width - 2 * half + thumb}px`;
    this.#t = t;
    this.slider.max = String(steps - 1);
    if (this.slider.value !== String(t)) this.slider.value = String(t);
    setAttribute(this.slider, 'aria-valuetext', `step ${t} of 0 to ${steps - 1}`);
    setEnabled(this.#stepBack, t > 0);
    // Where motion is not wanted there is the step and the slider.
    this.#play.hidden = isMotionReduced();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#updateButton();
  }

  #start(): void {
    if (this.#t === 0) this.onStep(this.#steps - 1);
    const each = Math.max(pace.leastPerStep, Math.min(pace.mostPerStep, pace.wholeMilliseconds / this.#steps));
    this.#timer = window.setInterval(() => {
      if (this.#t === 0) this.stop();
      else this.onStep(this.#t - 1);
    }, each);
    this.#updateButton();
  }

  #updateButton(): void {
    const isPlaying = this.#timer !== undefined;
    const label = isPlaying ? 'Stop' : 'Play backward';
    this.#play.replaceChildren(icon(isPlaying ? 'pause' : 'play'), label);
    setAttribute(this.#play, 'aria-label', label);
  }
}
