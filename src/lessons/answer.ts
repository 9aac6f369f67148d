import { formatNumber, formatShortNumber, formatShortPercentage } from '../text/numbers';
import { quote } from '../text/quoting';
import type { Tolerance } from './lesson';

/** Most characters of a typed answer. */
const maxAnswerLength = 40;

/** A decimal number, with an exponent as in 1e-3. */
const decimal = String.raw`\d+\.?\d*(?:e[-+]?\d{1,3})?|\.\d+(?:e[-+]?\d{1,3})?`;
/** A power of ten as people write it: 10^-3, 10^{-3}. */
const power = String.raw`10\^(?:([-+]?\d{1,3})|\{([-+]?\d{1,3})\})`;
const notations = {
  decimal: new RegExp(`^(${decimal})$`, 'i'),
  percentage: new RegExp(`^(${decimal}) ?%$`, 'i'),
  fraction: new RegExp(`^(${decimal}) ?/ ?(${decimal})$`, 'i'),
  power: new RegExp(`^(?:(${decimal}) ?[·×*x] ?)?${power}$`, 'i'),
};

/**
 * The number that was typed: with a point or a comma, an exponent, a percent sign, as a fraction or with a power of ten.
 *
 * @returns undefined if it is none
 */
export function parseNumber(text: string): number | undefined {
  if (text.length > maxAnswerLength) return undefined;
  const [, sign, plain = ''] =
    /^([-+]?)(.*)$/.exec(
      text
        .trim()
        .replace(/[−–]/g, '-')
        .replace(/(\d*),(\d+)/g, '$1.$2'),
    ) ?? [];
  const value = parseUnsigned(plain);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return sign === '-' ? -value : value;
}

function parseUnsigned(text: string): number | undefined {
  const [, one] = notations.decimal.exec(text) ?? [];
  if (one !== undefined) return Number(one);
  const [, share] = notations.percentage.exec(text) ?? [];
  if (share !== undefined) return Number(share) / 100;
  const [, numerator, denominator] = notations.fraction.exec(text) ?? [];
  if (numerator !== undefined) return Number(numerator) / Number(denominator);
  const found = notations.power.exec(text);
  if (found === null) return undefined;
  const [, factor = '1', exponent, inBraces] = found;
  // As one literal: a product would be rounded twice.
  return Number(`${factor}e${exponent ?? inBraces ?? ''}`);
}

/** The message for a typed answer that is no number. */
export function formatNoNumber(text: string): string {
  return `${quote(text)} is not a number. Enter one such as 0.25, -3, 1e-3 or 1/3.`;
}

/** How a typed number compares with the engine's. */
export type Comparison = 'right' | 'tooSmall' | 'tooLarge' | 'otherSign';

/** Compares a typed number with the engine's. */
export function compareNumbers(typed: number, value: number, { kind, size }: Tolerance): Comparison {
  // A number that is typed in decimals has the last digits of its binary form wrong.
  const allowed = (kind === 'relative' ? Math.abs(value) * size : size) * (1 + 1e-12);
  if (Math.abs(typed - value) <= allowed) return 'right';
  if (typed * value < 0) return 'otherSign';
  return Math.abs(typed) < Math.abs(value) ? 'tooSmall' : 'tooLarge';
}

/** What is said of an answer before the engine's number is shown. */
export const comparisonTexts: Readonly<Record<Comparison, string>> = {
  right: 'Right.',
  tooSmall: 'Not yet: the magnitude is larger.',
  tooLarge: 'Not yet: the magnitude is smaller.',
  otherSign: 'Not yet: it has the other sign.',
};

/** The tolerance in words. */
export function formatTolerance({ kind, size }: Tolerance): string {
  if (size === 0) return 'The exact number counts.';
  const amount = kind === 'relative' ? formatShortPercentage(size) : formatShortNumber(size);
  return `An answer within ${amount} counts as right.`;
}

/** The number of the engine, as it is shown. */
export function formatQuantity(value: number): string {
  const text = Number.isInteger(value) && Math.abs(value) < 1e5 ? String(value) : formatNumber(value);
  // With the minus sign of the text around it.
  return text.replace(/^-/, '−');
}
