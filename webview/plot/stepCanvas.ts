import { startDrawing } from './canvas';
import { element } from '../ui/element';

/** A canvas for a plot of sequence time, sized in device pixels. */
export class StepCanvas {
  readonly element = element('canvas', { class: 'strip', 'aria-hidden': 'true' });

  constructor(readonly height: number) {}

  /** The cleared context, scaled to CSS pixels; undefined where the browser provides none. */
  begin({ width }: { readonly width: number }): CanvasRenderingContext2D | undefined {
    return startDrawing(this.element, width, this.height);
  }
}
