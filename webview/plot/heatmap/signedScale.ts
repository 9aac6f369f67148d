import { interpolateLab, piecewise } from 'd3-interpolate';
import type { Theme } from '../../theme/theme';
import { packed } from './magnitudeScale';

const shades = 511;

/** Signed values as colours: one hue for each sign, the theme's background at 0, symmetric about it. */
export class SignedScale {
  readonly #shades: Uint32Array;

  /** @param limit the magnitude with the strongest colour, which larger ones share */
  constructor(
    readonly limit: number,
    theme: Theme,
  ) {
    this.#shades = shadesOf(theme);
  }

  /** The packed colour of a finite value. */
  shade(value: number): number {
    const share = this.limit === 0 ? 0.5 : 0.5 + value / this.limit / 2;
    return this.#shades[Math.max(0, Math.min(shades - 1, Math.round(share * (shades - 1))))] ?? 0;
  }

  /** The CSS colour of a value, for legends. */
  css(value: number): string {
    const colour = this.shade(value);
    return `rgb(${colour & 255}, ${(colour >> 8) & 255}, ${(colour >> 16) & 255})`;
  }
}

const known = new WeakMap<Theme, Uint32Array>();

/** The shades of a theme, the same for every limit. */
function shadesOf(theme: Theme): Uint32Array {
  const made = known.get(theme);
  if (made !== undefined) return made;
  const isDark = theme.kind === 'dark' || theme.kind === 'highContrast';
  const [negative, positive] = isDark ? ['#5aa9ff', '#ff8a5a'] : ['#0b5cad', '#b3400a'];
  const ramp = piecewise<string>(interpolateLab, [negative, theme.background, positive]);
  const fresh = Uint32Array.from({ length: shades }, (_, i) => packed(String(ramp(i / (shades - 1)))));
  known.set(theme, fresh);
  return fresh;
}

/** The largest magnitude of finite values; 0 where there are none. */
export function largestMagnitude(...parts: readonly Float64Array[]): number {
  let largest = 0;
  for (const values of parts) {
    for (const value of values) {
      const magnitude = Math.abs(value);
      if (magnitude > largest && magnitude < Infinity) largest = magnitude;
    }
  }
  return largest;
}
