import { drawPixels, resizeCanvas } from '../canvas';
import { element } from '../../ui/element';
import { packed } from './magnitudeScale';
import type { SignedScale } from './signedScale';

const hatchPeriod = 6;
/** Pixels from dot to dot where there are no numbers. */
const dotPeriod = 4;

/** Numbers over time steps: a row per unit, a column per step. */
export interface StripValues {
  /** (T, rows), or (rows, T) with `byRow`. */
  readonly values: Float64Array;
  /** Whether values are row-major, as in a matrix. */
  readonly byRow?: boolean;
  readonly steps: number;
  readonly rows: number;
  /** Visible steps, from the start of the first to the end of the last; all by default. */
  readonly domain?: readonly [number, number];
  /** The step from which on there are no numbers, and the CSS colour of the dots in their place. */
  readonly absent?: { readonly from: number; readonly color: string };
}

/** A canvas that shows numbers over time steps as colours; the first row is on top. */
export class Strip {
  readonly element = element('canvas', { class: 'strip', 'aria-hidden': 'true' });

  /** @param notFinite CSS colour of the hatching of non-finite numbers */
  draw(
    { values, steps, rows, byRow = false, domain = [0, steps], absent }: StripValues,
    width: number,
    height: number,
    scale: SignedScale,
    notFinite: string,
  ): void {
    const hatch = packed(notFinite);
    const dot = absent === undefined ? 0 : packed(absent.color);
    resizeCanvas(this.element, width, height);
    drawPixels(this.element, (pixels, pixelWidth, pixelHeight) => {
      for (let y = 0; y < pixelHeight; y++) {
        const row = Math.min(rows - 1, Math.floor((y / pixelHeight) * rows));
        for (let x = 0; x < pixelWidth; x++) {
          const t = Math.min(steps - 1, Math.floor(domain[0] + (x / pixelWidth) * (domain[1] - domain[0])));
          if (absent !== undefined && t >= absent.from) {
            pixels[y * pixelWidth + x] = x % dotPeriod === 0 && y % dotPeriod === 0 ? dot : 0;
            continue;
          }
          const value = values[byRow ? row * steps + t : t * rows + row] ?? NaN;
          const isHatched = (x + y) % hatchPeriod < hatchPeriod / 2;
          pixels[y * pixelWidth + x] = Number.isFinite(value) ? scale.shade(value) : isHatched ? hatch : 0;
        }
      }
    });
  }
}
