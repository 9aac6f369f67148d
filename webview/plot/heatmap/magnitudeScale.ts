import { rgb } from 'd3-color';
import { interpolateLab, piecewise } from 'd3-interpolate';
import { interpolateInferno } from 'd3-scale-chromatic';
import type { Theme } from '../../theme/theme';

const shades = 256;
const mostDecadesBelow = 12;

/** The kinds of numbers on a logarithmic scale; each kind is drawn differently. */
export type MagnitudeKind = 'nothing' | 'zero' | 'below' | 'within' | 'above' | 'notFinite';

/** The decades a logarithmic colour scale covers: 10^from … 10^to. */
export interface Decades {
  readonly from: number;
  readonly to: number;
}

/**
 * The lowest decade that a scale may reach: twelve below the maximum of the first column of `rows` numbers that has a
 * positive finite one. Relative to the beginning of a run, a vanishing gradient leaves the scale, and a gradient that
 * explodes later does not push the beginning out of it. -Infinity where there is no such number.
 */
export function lowestDecade(values: Float64Array, rows: number): number {
  for (let start = 0; start < values.length; start += rows) {
    const column = values.subarray(start, start + rows).filter((value) => value > 0 && value < Infinity);
    if (column.length > 0) return Math.ceil(Math.log10(column.reduce((a, b) => Math.max(a, b)))) - mostDecadesBelow;
  }
  return -Infinity;
}

/** The decades that contain all positive finite numbers of `values`, from the decade `lowest`; at least one. */
export function decadesOf(values: Float64Array, lowest = -Infinity): Decades | undefined {
  let smallest = Infinity;
  let largest = 0;
  for (const value of values) {
    if (value > 0 && value < Infinity) {
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  if (largest === 0) return undefined;
  const to = Math.max(Math.ceil(Math.log10(largest)), lowest + 1);
  return { from: Math.max(Math.min(Math.floor(Math.log10(smallest)), to - 1), lowest), to };
}

/** The decades of both, so that the scale of a run only grows. */
export function unionOf(a: Decades | undefined, b: Decades | undefined): Decades | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/**
 * Magnitudes as colours on a logarithmic axis. The low end is the theme's background, so that small values fade out in
 * dark and light themes; lightness changes evenly from there.
 */
export class MagnitudeScale {
  /** 0xAABBGGRR as ImageData stores it on little-endian machines. */
  readonly #shades: Uint32Array;
  /** Exactly zero: neither the background nor a shade. */
  readonly zero: string;
  readonly notFinite: string;

  constructor(
    readonly decades: Decades,
    theme: Theme,
  ) {
    this.#shades = shadesOf(theme);
    this.zero = mixed(theme.background, theme.foreground, 0.17);
    this.notFinite = theme.clip;
  }

  /** The kind of a number on this scale. */
  kindOf(value: number): MagnitudeKind {
    if (Number.isNaN(value)) return 'nothing';
    if (value === Infinity) return 'notFinite';
    if (value === 0) return 'zero';
    const exponent = Math.log10(value);
    if (exponent < this.decades.from) return 'below';
    return exponent > this.decades.to ? 'above' : 'within';
  }

  /** The packed colour of a positive finite magnitude; values outside the scale have the colour of its end. */
  shade(value: number): number {
    const { from, to } = this.decades;
    const share = (Math.log10(value) - from) / (to - from);
    return this.#shades[Math.max(0, Math.min(shades - 1, Math.round(share * (shades - 1))))] ?? 0;
  }

  /** The CSS colour at a position of the scale, 0 low, 1 high; for the legend. */
  cssAt(share: number): string {
    const value = this.#shades[Math.round(share * (shades - 1))] ?? 0;
    return `rgb(${value & 255}, ${(value >> 8) & 255}, ${(value >> 16) & 255})`;
  }
}

const known = new WeakMap<Theme, Uint32Array>();

/** The shades of a theme, the same for every scale. */
function shadesOf(theme: Theme): Uint32Array {
  const made = known.get(theme);
  if (made !== undefined) return made;
  const isDark = theme.kind === 'dark' || theme.kind === 'highContrast';
  const stops = isDark ? [0.35, 0.55, 0.75, 0.9, 1] : [0.8, 0.65, 0.5, 0.32, 0.12];
  const colours: readonly string[] = [theme.background, ...stops.map(interpolateInferno)];
  const ramp = piecewise<string>(interpolateLab, [...colours]);
  const fresh = Uint32Array.from({ length: shades }, (_, i) => packed(String(ramp(i / (shades - 1)))));
  known.set(theme, fresh);
  return fresh;
}

/** A CSS colour packed as ImageData stores it. */
export function packed(css: string): number {
  const { r, g, b } = rgb(css);
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

function mixed(a: string, b: string, share: number): string {
  return interpolateLab(a, b)(share);
}
