import type { CsvData } from '../../../experiment/schema/schema';

/** How a text writes a number that is not read, and what to do about it. */
export interface NumberNotation {
  readonly advice: string;
  /** Whether such a text may as well be a word: the name of a class, or the answer to a question. */
  readonly isWord: boolean;
}

const number = {
  '.': String.raw`(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`,
  ',': String.raw`(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?`,
} as const;

/** A number with decimals: a unit after it is no part of a name such as "1st". */
const decimals = { '.': String.raw`\d*\.\d+`, ',': String.raw`\d*,\d+` } as const;

const pointOrComma = { '.': String.raw`\.`, ',': ',' } as const;

const currency = String.raw`\p{Sc}`;
/** Thousands, millions and billions, as Excel and sites of stock prices write them. */
const scale = '(?:k|m|mn|mio|b|bn|mrd)';
const unit = String.raw`[\p{L}°µ/%²³·]{1,8}`;

/** The notations, as patterns of a whole cell; the first that fits counts. */
const notations: readonly (NumberNotation & { pattern(decimal: CsvData['decimal']): string })[] = [
  {
    // A blank, also a narrow or unbreakable one, an apostrophe or an underscore before each group of three digits.
    pattern: (decimal) => String.raw`[+-]?\d{1,3}(?:[\p{Zs}'’_]\d{3})+(?:${pointOrComma[decimal]}\d*)?`,
    advice: 'Remove the thousands separators.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${number[decimal]}\s*%`,
    advice: 'Remove "%" from the numbers.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${currency}\s*[+-]?${number[decimal]}|[+-]?${number[decimal]}\s*${currency}`,
    advice: 'Remove the signs of the currency.',
    isWord: false,
  },
  {
    // A minus sign, a hyphen or a dash of Unicode.
    pattern: (decimal) => String.raw`[−‐‑–—﹣－]${number[decimal]}`,
    advice: 'Write "-" (the hyphen-minus of the keyboard) before negative numbers.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`\(${number[decimal]}\)`,
    advice: 'Write "-" before negative numbers, without brackets.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?(?:\d+${pointOrComma[decimal]}?\d*)d[+-]?\d+`,
    advice: 'Write "e" before the exponent.',
    isWord: false,
  },
  {
    pattern: () => String.raw`[+-]?(?=.*[^\x00-\x7f])\p{Nd}+(?:[.,٫]\p{Nd}*)?`,
    advice: 'Write numbers with the digits 0 to 9.',
    isWord: false,
  },
  {
    // Of a delimiter at the end of each row.
    pattern: (decimal) => String.raw`[+-]?${number[decimal]},`,
    advice: 'Remove the "," after the numbers.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${number[decimal]};`,
    advice: 'Remove the ";" after the numbers.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${decimals[decimal]}\s*${scale}`,
    advice: 'Write the numbers in full, such as 1500000 for 1.5M. If the letter is a unit, remove it.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${number[decimal]}\s*${scale}`,
    advice: 'If the letter scales the number, write it in full, such as 2000000 for 2M. If it is a unit, remove it.',
    isWord: true,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${decimals[decimal]}\s*${unit}`,
    advice: 'Write all numbers in the same unit, and remove it.',
    isWord: false,
  },
  {
    pattern: (decimal) => String.raw`[+-]?${number[decimal]}\s*${unit}`,
    advice: 'If it is a number with a unit, remove the unit.',
    isWord: true,
  },
  {
    // "temp: 20.5", or "12:00:01 -> 20.5" as a serial monitor writes it.
    pattern: (decimal) => String.raw`(?:\p{L}[^:=]*[:=]|.*[=-]>)\s*[+-]?${number[decimal]}\s*(?:${unit})?`,
    advice: 'Write the number alone, without the text before it.',
    isWord: true,
  },
  {
    pattern: () => String.raw`[+-]?\d{1,3}(?:\.\d{3}){2,}`,
    advice: 'If the points separate thousands, remove them.',
    isWord: true,
  },
  { pattern: () => '0x[0-9a-f]+', advice: 'Write hexadecimal numbers as decimal ones.', isWord: true },
];

const patterns = new Map(
  (['.', ','] as const).map((decimal) => [
    decimal,
    notations.map((notation) => ({ ...notation, fits: new RegExp(`^(?:${notation.pattern(decimal)})$`, 'iu') })),
  ]),
);

/** Characters of the longest text that is looked at: numbers are short, and a cell may have millions. */
const maxLength = 100;

/** How a cell writes a number that is not read; undefined for any other text. */
export function numberNotation(cell: string, decimal: CsvData['decimal']): NumberNotation | undefined {
  if (cell.length > maxLength) return undefined;
  return patterns.get(decimal)?.find(({ fits }) => fits.test(cell));
}

/** Whether a cell is one of two answers. */
export function isTruthValue(cell: string): boolean {
  return /^(?:true|false|yes|no)$/i.test(cell);
}
