import { roundToDigits } from '../text/numbers';

/** A number of an answer: JSON has none for values that are not finite, which are what a diagnosis looks for. */
export type AnswerNumber = number | 'NaN' | 'Infinity' | '-Infinity';

const digits = 6;

/** A number with six significant digits. */
export function answerNumber(value: number): AnswerNumber {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isSafeInteger(value) ? value : roundToDigits(value, digits);
}

/** As `answerNumber`; null stays null. */
export function numberOrNull(value: number | null | undefined): AnswerNumber | null {
  return value === null || value === undefined ? null : answerNumber(value);
}

/** The ratio of two numbers; null where it is not defined. */
export function answerRatio(value: number, of: number): AnswerNumber | null {
  const ratio = value / of;
  return Number.isNaN(ratio) ? null : answerNumber(ratio);
}

/** At most `count` of the indices from 0 to `length` − 1, evenly spaced, with the first and the last. */
export function spacedIndices(length: number, count: number): readonly number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)));
}
