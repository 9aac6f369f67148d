import type { SequenceAxis } from './sequenceAxis';
import { element } from '../ui/element';

/** A canvas over the plot of sequence time, sharp on every screen. */
export class StepCanvas {
  readonly element = element('canvas', { class: 'strip', 'aria-hidden': 'true' });

  constructor(readonly height: number) {}

  /** Cleared and ready to be drawn on in CSS pixels; undefined where there is no canvas to be had. */
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
