import type { SequenceAxis } from '../../plot/sequenceAxis';
import { gutters } from '../../plot/trainingAxis';
import { button, setEnabled } from '../../ui/controls';
import { element, setAttribute } from '../../ui/element';
import { icon } from '../../ui/icon';
import { isMotionReduced } from '../unrolled/unfoldingAnimation';

/** Milliseconds for a whole pass, and limits for one step. */
const pace = { wholeMilliseconds: 9000, mostPerStep: 700, leastPerStep: 40 } as const;

/** Width of the browser's slider thumb in pixels. */
const thumb = 16;

/** Moves through the steps from the last to the first: as an animation, step by step, or with the slider below the steps. */
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

  /** @param onStep called with the step to show */
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
    // The slider handles arrow keys itself; [ and ] still reach the notebook.
    this.slider.addEventListener('keydown', (event) => {
      if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') event.stopPropagation();
    });
    this.element.append(this.#toLastStep, this.#stepBack, this.#play);
  }

  /** The slider spans all steps; unless the pictures are zoomed, its thumb is below the step that it selects. */
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
    // With reduced motion, the step button and the slider remain.
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
