import type { CsvData } from '../../experiment/schema/schema';
import { numberNotation, type NumberNotation } from './notation/numberNotation';
import type { Remedy } from './tableFixes';

/** Texts that stand for a missing value in any table. */
export const missingTexts: readonly string[] = ['', 'NA', 'NaN', 'nan', 'null', '?'];

const numbers = {
  '.': /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  ',': /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i,
} as const;
const grouped = {
  '.': /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/,
  ',': /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$/,
} as const;
const groupedWithDecimals = {
  '.': /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/,
  ',': /^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/,
} as const;

/** Parses cells of numeric columns. */
export class CellParser {
  readonly #missingTexts: ReadonlySet<string>;
  readonly #missingNumbers: ReadonlySet<number>;

  /** @param missing texts and numbers that stand for a missing value, beside the usual ones */
  constructor(
    readonly decimal: CsvData['decimal'],
    missing: CsvData['missing'],
  ) {
    this.#missingTexts = new Set([...missingTexts, ...missing.filter((value) => typeof value === 'string')]);
    this.#missingNumbers = new Set(missing.filter((value) => typeof value === 'number'));
  }

  /**
   * The value of a cell; NaN for a missing value, undefined for a text that is not a number.
   *
   * @param cell without leading and trailing white space
   */
  parse(cell: string): number | undefined {
    if (this.#missingTexts.has(cell)) return NaN;
    if (!numbers[this.decimal].test(cell)) return undefined;
    const value = Number(this.decimal === ',' ? cell.replace(',', '.') : cell);
    return this.#missingNumbers.has(value) ? NaN : value;
  }

  /** Whether a cell is a number in a notation that is not read, such as with the other decimal separator or a unit. */
  isNumberInOtherNotation(cell: string): boolean {
    return this.#isInOtherLocale(cell) || this.notation(cell)?.isWord === false;
  }

  /** The notation of a number that is read with no settings; undefined for other texts. */
  notation(cell: string): NumberNotation | undefined {
    return this.#isInOtherLocale(cell) ? undefined : numberNotation(cell, this.decimal);
  }

  /** Whether a cell would be a number with the other decimal separator or without thousands separators. */
  #isInOtherLocale(cell: string): boolean {
    const other = this.decimal === '.' ? ',' : '.';
    return numbers[other].test(cell) || grouped[this.decimal].test(cell) || groupedWithDecimals[other].test(cell);
  }

  /** Changes of the experiment with which a cell that is no number can be read. */
  remedies(cell: string): readonly Remedy[] {
    const other = this.decimal === '.' ? ',' : '.';
    if (numbers[other].test(cell)) return [{ kind: 'decimal', decimal: other }];
    return this.isNumberInOtherNotation(cell) ? [] : [{ kind: 'missing', value: cell }];
  }

  /** What to do about a cell that is no number. */
  advice(cell: string): string {
    const other = this.decimal === '.' ? ',' : '.';
    const [isGrouped, hasOtherDecimal] = [grouped[this.decimal].test(cell), numbers[other].test(cell)];
    if (isGrouped && hasOtherDecimal) {
      return `If "${other}" stands before the decimals, set "decimal" to "${other}"; if it separates thousands, remove it.`;
    }
    if (isGrouped) return 'Remove the thousands separators.';
    if (hasOtherDecimal) return `Set "decimal" to "${other}", or write "${this.decimal}" before the decimals.`;
    if (groupedWithDecimals[other].test(cell)) {
      return `Set "decimal" to "${other}", and remove the thousands separators.`;
    }
    const notation = this.notation(cell);
    if (notation?.isWord === false) return notation.advice;
    return `${notation === undefined ? 'Write a number' : notation.advice.slice(0, -1)}, or list it in "missing" if it stands for a missing value.`;
  }
}
