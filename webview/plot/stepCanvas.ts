import type { SequenceAxis } from './sequenceAxis';
import { element } from '../ui/element';

/** A canvas for a plot of sequence time, sized in device pixels. */
export class StepCanvas {
  readonly element = element('canvas', { class: 'strip', 'aria-hidden': 'true' });

  constructor(readonly height: number) {}

  /** The cleared context, scaled to CSS pixels; undefined where the browser provides none. */
  begin({ width }: SequenceAxis): CanvasRenderingContext2D | undefined {
    this.element.width = Math.round(width * devicePixelRatio);
    this.element.height = Math.round(this.height * devicePixelRatio);
    this.element.style.width = `${width}px`;
    this.element.style.height = `${this.height}px`;
    const context = this.element.getContext('2d');
    context?.scale(devicePixelRatio, devicePixelRatio);
    return context ?? undefined;
  }
}
