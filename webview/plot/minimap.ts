import { startDrawing } from './canvas';
import { fewestSteps, showsAll, widthOfStep, withRange, type SequenceAxis } from './sequenceAxis';
import { zoomedRange } from './zoomedRange';
import type { Store } from '../store/store';
import { withOpacity } from '../theme/theme';
import { element, setAttribute } from '../ui/element';
import { memoKey } from '../notebook/memo';
import type { SequenceDrawing } from '../notebook/sequenceCell';
import { translate } from '../../src/text/translate';
import './minimap.css';

const height = 22;
/** Steps narrower than this (px) show the minimap even before zooming. */
const narrowStep = 12;

/** The whole sequence with its losses, and a frame around the visible steps. */
export class Minimap {
  readonly element: HTMLElement;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #frame = element('div', { class: 'minimap-frame' });
  readonly #track: HTMLElement;
  #drawnAxis: SequenceAxis | undefined;
  #drawn = '';

  constructor(readonly store: Store) {
    this.#track = element(
      'div',
      { class: 'minimap-track', tabindex: '0', role: 'scrollbar', 'aria-orientation': 'horizontal' },
      this.#canvas,
      this.#frame,
    );
    this.#track.title = translate`All steps; the frame marks the visible ones. Drag it, or use Ctrl+wheel over a picture.`;
    this.element = element('div', { class: 'minimap' }, this.#track);
    this.element.style.paddingLeft = 'var(--gutter-left)';
    this.element.style.paddingRight = 'var(--gutter-right)';
    this.#track.addEventListener('pointerdown', (event) => {
      this.#track.setPointerCapture(event.pointerId);
      this.#centre(event);
    });
    this.#track.addEventListener('pointermove', (event) => {
      if (this.#track.hasPointerCapture(event.pointerId)) this.#centre(event);
    });
    this.#track.addEventListener('keydown', (event) => {
      if (this.#handleKey(event.key)) event.preventDefault();
    });
  }

  update({ inspection, axis, theme }: SequenceDrawing): void {
    this.#drawnAxis = axis;
    const { domain, steps, width } = axis;
    this.element.hidden = showsAll(axis) && widthOfStep(axis) >= narrowStep;
    const [first, last] = [Math.floor(domain[0]), Math.ceil(domain[1]) - 1];
    setAttribute(this.#track, 'aria-label', translate`Steps ${first} to ${last} of ${steps} are visible`);
    setAttribute(this.#track, 'aria-valuemin', '0');
    setAttribute(this.#track, 'aria-valuemax', String(steps - 1));
    setAttribute(this.#track, 'aria-valuenow', String(first));
    this.#frame.style.left = `${(domain[0] / steps) * width}px`;
    this.#frame.style.width = `${((domain[1] - domain[0]) / steps) * width}px`;
    const key = memoKey(inspection, width, theme, this.element.hidden);
    if (key === this.#drawn || this.element.hidden) return;
    this.#drawn = key;
    const context = startDrawing(this.#canvas, width, height);
    const largest = inspection.lossPerStep.reduce((most, value) => Math.max(most, value), 0);
    if (context === undefined || largest === 0) return;
    context.fillStyle = withOpacity(theme.train, 0.7);
    const wide = width / steps;
    inspection.lossPerStep.forEach((loss, t) => {
      const tall = (loss / largest) * (height - 2);
      context.fillRect(t * wide, height - tall, Math.max(1, wide * 0.8), tall);
    });
  }

  /** The axis of the current view: keys may arrive before it is drawn. */
  get #axis(): SequenceAxis | undefined {
    return this.#drawnAxis === undefined ? undefined : withRange(this.#drawnAxis, this.store.model.view.stepRange);
  }

  #centre(event: PointerEvent): void {
    const axis = this.#axis;
    if (axis === undefined) return;
    const middle = ((event.clientX - this.#track.getBoundingClientRect().left) / axis.width) * axis.steps;
    this.#moveTo(axis, middle - (axis.domain[1] - axis.domain[0]) / 2);
  }

  #moveTo({ domain }: SequenceAxis, from: number): void {
    const span = domain[1] - domain[0];
    const start = Math.max(0, from);
    this.store.dispatch({ kind: 'viewChanged', view: { stepRange: [start, start + span] } });
  }

  #handleKey(key: string): boolean {
    const axis = this.#axis;
    if (axis === undefined) return false;
    const { domain, steps } = axis;
    const span = domain[1] - domain[0];
    const middle = Math.floor((domain[0] + domain[1]) / 2);
    const to = { ArrowLeft: domain[0] - span / 4, ArrowRight: domain[0] + span / 4, Home: 0, End: steps - span }[key];
    if (to !== undefined) {
      this.#moveTo(axis, Math.min(steps - span, to));
      return true;
    }
    const factor = { '+': 0.5, '=': 0.5, '-': 2, '0': Infinity }[key];
    if (factor === undefined) return false;
    this.store.dispatch({ kind: 'viewChanged', view: { stepRange: zoomedRange(axis, middle, factor, fewestSteps) } });
    return true;
  }
}
